"""Events through the official SDKs, under one set of names; see clients.py.

A query has the names of the API's own parameters. Reads follow every page and return all
entries; what the API answers to writes is checked to be empty.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any, Protocol

from pycronofy.batch import BatchBuilder
from pycronofy.exceptions import PyCronofyPartialSuccessError
from pycronofy.pagination import Pages

from tests.sdk.clients import Client, Document, NodeClient, PythonClient, Refused

# A member of a batch: what it does, with which calendar, and with what.
Entry = tuple[str, str, Any]


class Events(Protocol):
    def upsert(self, calendar_id: str, event: Document) -> None: ...
    def edit_external(self, calendar_id: str, event: Document) -> None: ...
    def delete(self, calendar_id: str, event_id: str) -> None: ...
    def delete_external(self, calendar_id: str, event_uid: str) -> None: ...
    def delete_all(self, calendar_ids: list[str] | None = None) -> None: ...
    def read(self, **query: Any) -> list[Document]: ...
    def free_busy(self, **query: Any) -> list[Document]: ...
    def batch(self, *entries: Entry) -> list[Document]:
        """The entries of the answer. ``Entry``: ``upsert`` with an event, ``delete`` with an
        event_id, ``delete_external`` with an event_uid.
        """
        ...


def of(client: Client) -> Events:
    if isinstance(client, PythonClient):
        return PythonEvents(client)
    assert isinstance(client, NodeClient)
    return NodeEvents(client)


# pycronofy has names of its own for some, and defaults.
_PYTHON_NAMES = {"from": "from_date", "to": "to_date"}


class PythonEvents:
    def __init__(self, client: PythonClient) -> None:
        self._call = client.call
        self._sdk = client.client

    def _nothing(self, method: Callable[..., Any], *arguments: Any) -> None:
        # Its methods write into what they are given.
        assert self._call(method, *copy.deepcopy(arguments)) == (None, None)

    def upsert(self, calendar_id: str, event: Document) -> None:
        self._nothing(self._sdk.upsert_event, calendar_id, event)

    edit_external = upsert

    def delete(self, calendar_id: str, event_id: str) -> None:
        self._nothing(self._sdk.delete_event, calendar_id, event_id)

    def delete_external(self, calendar_id: str, event_uid: str) -> None:
        self._nothing(self._sdk.delete_external_event, calendar_id, event_uid)

    def delete_all(self, calendar_ids: list[str] | None = None) -> None:
        self._nothing(self._sdk.delete_all_events, *([calendar_ids] if calendar_ids else []))

    def _pages(self, method: Callable[..., Any], query: dict[str, Any]) -> list[Document]:
        named = {_PYTHON_NAMES.get(name, name): value for name, value in query.items()}
        pages, document = self._call(method, **{"include_managed": False, **named})
        assert isinstance(pages, Pages)
        assert pages.json() == document
        assert (pages.current, len(pages)) == (1, len(pages.current_page()))
        found: list[Document] = list(pages)
        return found

    def read(self, **query: Any) -> list[Document]:
        return self._pages(self._sdk.read_events, query)

    def free_busy(self, **query: Any) -> list[Document]:
        return self._pages(self._sdk.read_free_busy, query)

    def batch(self, *entries: Entry) -> list[Document]:
        builder = BatchBuilder()
        adders = {
            "upsert": builder.upsert_event,
            "delete": builder.delete_event,
            "delete_external": builder.delete_external_event,
        }
        for kind, calendar_id, what in entries:
            adders[kind](calendar_id, what)
        told = None
        try:
            result, _ = self._call(self._sdk.batch, builder)
        except PyCronofyPartialSuccessError as error:
            result, told = error.batch_response, error.message
        failed = [entry for entry in result.entries if entry.status() != 202]
        assert result.errors() == failed
        assert told == (f"Batch contains {len(failed)} errors" if failed else None)
        assert [entry.request for entry in result.entries] == builder.build()
        return [entry.response for entry in result.entries]


class NodeEvents:
    def __init__(self, client: NodeClient) -> None:
        self._call = client.call

    def _nothing(self, method: str, **options: Any) -> None:
        assert self._call(method, **options) is None

    def upsert(self, calendar_id: str, event: Document) -> None:
        self._nothing("createEvent", calendar_id=calendar_id, **event)

    def edit_external(self, calendar_id: str, event: Document) -> None:
        self._nothing("updateExternalEvent", calendar_id=calendar_id, **event)

    def delete(self, calendar_id: str, event_id: str) -> None:
        self._nothing("deleteEvent", calendar_id=calendar_id, event_id=event_id)

    def delete_external(self, calendar_id: str, event_uid: str) -> None:
        self._nothing("deleteExternalEvent", calendar_id=calendar_id, event_uid=event_uid)

    def delete_all(self, calendar_ids: list[str] | None = None) -> None:
        wanted = {"calendar_ids": calendar_ids} if calendar_ids else {"delete_all": True}
        self._nothing("bulkDeleteEvents", **wanted)

    def _pages(self, method: str, kind: str, query: dict[str, Any]) -> list[Document]:
        # What pycronofy sends unless told otherwise.
        query = {"tzid": "Etc/UTC", **query}
        page = self._call(method, **query)
        found = list(page[kind])
        while "next_page" in page["pages"]:
            # The SDK adds the other options to that address.
            page = self._call(method, next_page=page["pages"]["next_page"], **query)
            found += page[kind]
        assert page["pages"]["current"] == page["pages"]["total"]
        return found

    def read(self, **query: Any) -> list[Document]:
        return self._pages("readEvents", "events", query)

    def free_busy(self, **query: Any) -> list[Document]:
        return self._pages("freeBusy", "free_busy", query)

    def batch(self, *entries: Entry) -> list[Document]:
        document = self._call("batch", batch=[_entry(*entry) for entry in entries])
        assert list(document) == ["batch"]
        found: list[Document] = document["batch"]
        assert len(found) == len(entries)
        return found


def _entry(kind: str, calendar_id: str, what: Any) -> Document:
    members = {"delete": "event_id", "delete_external": "event_uid"}
    return {
        "method": "POST" if kind == "upsert" else "DELETE",
        "relative_url": f"/v1/calendars/{calendar_id}/events",
        "data": {members[kind]: what} if kind in members else what,
    }


def refusal(call: Callable[..., Any], *arguments: Any, **named: Any) -> tuple[int, Document]:
    """Status and body of the refusal that ``call`` meets."""
    try:
        call(*arguments, **named)
    except Refused as refused:
        return refused.status, refused.document
    raise AssertionError("the call was not refused")
