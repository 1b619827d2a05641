"""Availability through the official SDKs, under one set of names; see clients.py.

A query has the names of the API's own parameters. Calls answer the whole document.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, Protocol

from tests.sdk.clients import Client, Document, NodeClient, PythonClient


class Availability(Protocol):
    """``periods`` is what the SDK sends query_periods as."""

    periods: str

    def find(self, **query: Any) -> Document: ...
    def sequences(self, **query: Any) -> Document: ...
    def upsert_rule(self, rule: Document) -> Document: ...
    def rules(self) -> Document: ...
    def rule(self, availability_rule_id: str) -> Document: ...
    def delete_rule(self, availability_rule_id: str) -> None: ...


def of(client: Client) -> Availability:
    if isinstance(client, PythonClient):
        return PythonAvailability(client)
    assert isinstance(client, NodeClient)
    return NodeAvailability(client)


class PythonAvailability:
    # The only name that it has for them.
    periods = "available_periods"

    def __init__(self, client: PythonClient) -> None:
        self._call = client.call
        self._sdk = client.client

    def _member(self, method: Callable[..., Any], *arguments: Any, **query: Any) -> Document:
        """The SDK hands out the one member of the answer."""
        names = {"query_periods": self.periods}
        named = {names.get(name, name): value for name, value in query.items()}
        # Its methods write into what they are given.
        result, document = self._call(method, *copy.deepcopy(arguments), **copy.deepcopy(named))
        assert [result] == list(document.values())
        return document

    def find(self, **query: Any) -> Document:
        return self._member(self._sdk.availability, **query)

    def sequences(self, **query: Any) -> Document:
        return self._member(self._sdk.sequenced_availability, **query)

    def upsert_rule(self, rule: Document) -> Document:
        return self._member(self._sdk.upsert_availability_rule, rule)

    def rules(self) -> Document:
        return self._member(self._sdk.list_availability_rules)

    def rule(self, availability_rule_id: str) -> Document:
        return self._member(self._sdk.get_availability_rule, availability_rule_id)

    def delete_rule(self, availability_rule_id: str) -> None:
        delete = self._sdk.delete_availability_rule
        assert self._call(delete, availability_rule_id) == (None, None)


class NodeAvailability:
    periods = "query_periods"

    def __init__(self, client: NodeClient) -> None:
        self._call = client.call

    def find(self, **query: Any) -> Document:
        return self._call("availability", **query)

    def sequences(self, **query: Any) -> Document:
        return self._call("sequencedAvailability", **query)

    def upsert_rule(self, rule: Document) -> Document:
        return self._call("upsertAvailabilityRule", **rule)

    def rules(self) -> Document:
        return self._call("listAvailabilityRules")

    def rule(self, availability_rule_id: str) -> Document:
        return self._call("readAvailabilityRule", availability_rule_id=availability_rule_id)

    def delete_rule(self, availability_rule_id: str) -> None:
        asked = {"availability_rule_id": availability_rule_id}
        assert self._call("deleteAvailabilityRule", **asked) is None
