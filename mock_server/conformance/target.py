"""The server that is examined, as the account whose token was given sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from mock_server.api.catalogue import ENDPOINTS
from mock_server.api.endpoint import Credential, Endpoint
from mock_server.conformance.checks import Skip, Unsound
from mock_server.conformance.server import Exchange, NoAnswer, Server
from mock_server.conformance.shapes import compare
from mock_server.rules import scopes
from mock_server.world.clock import Clock
from mock_server.world.records import Record

BY_OPERATION: dict[str, Endpoint] = {endpoint.operation: endpoint for endpoint in ENDPOINTS}

# Nobody has been given these.
UNKNOWN_TOKEN = "mock-cronofy-conformance-unknown"


class Options(Record, frozen=True):
    """``writes``: may something be made? In ``calendar_id``, else the first that takes it."""

    writes: bool = False
    calendar_id: str | None = None
    callback_url: str = "https://callback.invalid/mock-cronofy-conformance"


# What each call is asked plainly, with nothing but what it needs.
Readings = Mapping[str, Callable[["Target"], dict[str, Any]]]


class Target:
    """The server with the account whose token was given. Plain ``readings`` are made once."""

    def __init__(self, server: Server, options: Options, readings: Readings) -> None:
        self.server = server
        self.options = options
        self.now = Clock().now()
        self._readings = readings
        self._read: dict[str, Exchange] = {}

    def bearer(self, endpoint: Endpoint) -> str:
        """What may call ``endpoint``; raises Skip where it was not given."""
        accepted, credentials = endpoint.credentials, self.server.credentials
        if Credential.API_KEY in accepted:
            if credentials.client_secret is None:
                raise Skip("needs --client-secret")
            return credentials.client_secret
        if self.kind == "service_account":
            if Credential.SERVICE_ACCOUNT_TOKEN not in accepted:
                raise Skip("the access token is a service account's")
        elif Credential.ACCESS_TOKEN not in accepted:
            raise Skip("needs the access token of a service account")
        if endpoint.scope and not self.covers(*endpoint.scope):
            wanted = " or ".join(endpoint.scope)
            raise Skip(f"needs the scope {wanted}; granted is: {self.scope}")
        return credentials.access_token

    def plain(self, operation: str) -> Exchange:
        """The answer to a reading with nothing but what it needs; raises Skip or NoAnswer."""
        if operation not in self._read:
            endpoint = BY_OPERATION[operation]
            bearer = self.bearer(endpoint)
            asked = self._readings[operation](self)
            self._read[operation] = self.server.send(
                endpoint.method, endpoint.path, bearer=bearer, **asked
            )
        return self._read[operation]

    def document(self, operation: str) -> Any:
        """What ``operation`` answers; raises Skip where that is not as it should be."""
        try:
            exchange = self.plain(operation)
            document = exchange.document() if exchange.status == 200 else None
        except (NoAnswer, ValueError):
            document = None
        misfits = compare(document, BY_OPERATION[operation].answer)
        if any(misfit.level == "difference" for misfit in misfits):
            raise Unsound(operation)
        return document

    def sound(self, operation: str) -> bool:
        """Whether nothing is known to be wrong with the answers of ``operation``."""
        if operation not in self._readings:
            return True
        try:
            refused = self.plain(operation).status in (402, 403)
            if not refused:
                self.document(operation)
        except (Unsound, NoAnswer):
            return False
        except Skip:
            return True
        return True

    def _userinfo(self) -> Any:
        """Whatever it says, read without a claim to be right."""
        operation = "GET /v1/userinfo"
        with suppress(NoAnswer, ValueError):
            if operation not in self._read:
                token = self.server.credentials.access_token
                self._read[operation] = self.server.send("GET", "/v1/userinfo", bearer=token)
            document = self._read[operation].document()
            return document if isinstance(document, dict) else {}
        return {}

    @property
    def kind(self) -> str:
        """``account``, ``service_account`` or ``application_calendar``."""
        return str(self._userinfo().get("cronofy.type", "account"))

    @property
    def scope(self) -> str:
        """What was granted; empty where userinfo does not say."""
        data = self._userinfo().get("cronofy.data")
        authorization = data.get("authorization") if isinstance(data, dict) else None
        return str(authorization.get("scope", "")) if isinstance(authorization, dict) else ""

    def covers(self, *wanted: str) -> bool:
        """Whether one of these is granted; where the server does not say what is, it may be.

        Without any, nothing is wanted.
        """
        return not wanted or not self.scope or not scopes.expand(self.scope).isdisjoint(wanted)
