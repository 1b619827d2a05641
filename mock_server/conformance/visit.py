"""One check on its way, and what the checks of a run know of the server together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from mock_server.api.catalogue import ENDPOINTS
from mock_server.api.endpoint import Credential, Endpoint
from mock_server.conformance.answers import Answer
from mock_server.conformance.checks import Difference, Halt, Skip
from mock_server.conformance.server import Exchange, NoAnswer, Server
from mock_server.conformance.shapes import compare
from mock_server.rules import scopes
from mock_server.world.clock import Clock
from mock_server.world.records import Record

BY_OPERATION: dict[str, Endpoint] = {endpoint.operation: endpoint for endpoint in ENDPOINTS}

# Nobody has been given these.
UNKNOWN_TOKEN = "mock-cronofy-conformance-unknown"

_MOST_DIFFERENCES = 40


class Options(Record, frozen=True):
    """``writes``: may something be made? In ``calendar_id``, else the first that takes it."""

    writes: bool = False
    calendar_id: str | None = None
    callback_url: str = "https://callback.invalid/mock-cronofy-conformance"


class Target:
    """The server with the account whose token was given. Plain readings are made once."""

    def __init__(self, server: Server, options: Options) -> None:
        self.server = server
        self.options = options
        self.now = Clock().now()
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
        from mock_server.conformance.readings import READINGS

        if operation not in self._read:
            endpoint = BY_OPERATION[operation]
            bearer = self.bearer(endpoint)
            asked = READINGS[operation](self)
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
            raise Skip(f"needs {operation}, which does not answer as expected: see its own check")
        return document

    def sound(self, operation: str) -> bool:
        """Whether nothing is known to be wrong with the answers of ``operation``."""
        from mock_server.conformance.readings import READINGS

        if operation not in READINGS:
            return True
        try:
            refused = self.plain(operation).status in (402, 403)
            if not refused:
                self.document(operation)
        except Skip as skip:
            return "does not answer" not in str(skip)
        except NoAnswer:
            return False
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


class Visit:
    """One check: what it asks, what it has found, and what it still has to clear away."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.differences: list[Difference] = []
        self._to_do: list[Callable[[], None]] = []

    @property
    def now(self) -> int:
        """When the run began, in seconds since the epoch."""
        return self.target.now

    def call(self, operation: str, path: str = "", **asked: Any) -> Answer:
        """Call an endpoint with the credential it takes; ``path`` in place of its template."""
        endpoint = BY_OPERATION[operation]
        bearer = self.target.bearer(endpoint)
        return self.send(endpoint.method, path or endpoint.path, bearer=bearer, **asked)

    def send(self, method: str, path: str, **asked: Any) -> Answer:
        """Any request; see Server.send."""
        return self.answer(self.target.server.send(method, path, **asked))

    def plain(self, operation: str) -> Answer:
        return self.answer(self.target.plain(operation))

    def answer(self, exchange: Exchange) -> Answer:
        return Answer(exchange, self.record, self.target.server.shown)

    def read(self, operation: str) -> Any:
        """The document of a plain reading; raises Skip where it is not as it should be."""
        return self.target.document(operation)

    def record(self, difference: Difference) -> None:
        if len(self.differences) < _MOST_DIFFERENCES:
            self.differences.append(difference)

    def pages(self, answer: Answer, operation: str, member: str) -> list[Any]:
        """Every entry of the reading that began with ``answer``, page by page.

        Raises Skip where there is more than anybody waits for.
        """
        entries: list[Any] = []
        for _ in range(20):
            answer.status(200)
            document = answer.document(BY_OPERATION[operation].answer)
            entries += document[member]
            following = document["pages"].get("next_page")
            if following is None:
                return entries
            token = self.target.server.credentials.access_token
            answer = self.send("GET", following, bearer=token)
        raise Skip("there is more to read than 20 pages")

    def until(self, ready: Callable[[], Any]) -> Any:
        """What ``ready`` answers once it answers something; writes take effect later."""
        for pause in (0, 1, 2, 4, 8, 8):
            if pause:
                self.target.server.wait(pause)
            found = ready()
            if found:
                return found
        return None

    def later(self, clear: Callable[[], Answer], what: str) -> None:
        """However the check ends, ``clear`` deletes what it has made (``what``)."""

        def run() -> None:
            try:
                exchange = clear().exchange
            except NoAnswer as error:
                line, found = error.line, error.why
            else:
                line, found = exchange.line, f"status {exchange.status}"
                if exchange.status in (200, 202, 404):
                    return
            self.record(Difference("difference", line, "", f"{what} deleted again", found))

        self._to_do.append(run)

    def make(self, make: Callable[[], Answer], clear: Callable[[], Answer], what: str) -> Answer:
        """The answer to ``make``. Unless it refuses, ``clear`` is for later, as above."""
        self.later(clear, what)
        try:
            answer = make()
        except Skip:
            self._to_do.pop()
            raise
        if 400 <= answer.exchange.status < 500:
            self._to_do.pop()
        if answer.exchange.status == 402:
            raise Skip("402: the application's plan does not include it")
        return answer

    def clear_up(self) -> None:
        for run in reversed(self._to_do):
            with suppress(Halt):
                run()


def first(entries: Iterable[Any], why: str) -> Any:
    """The first of ``entries``; raises Skip, for this reason, where there is none."""
    for entry in entries:
        return entry
    raise Skip(why)
