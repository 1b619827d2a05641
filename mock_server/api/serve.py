"""Carrying out API calls: from an ASGI request to its answer, checks in Cronofy's order.

Credential 401 → plan 402 → kind and scope 403 → ownership 404 → body 422 → profile
state 423 (identity §14). Each call is one atomic step: nothing is awaited between
reading the request and having its answer.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from time import perf_counter_ns
from typing import Any

import orjson

from mock_server.api import asking, credentials, faults, leniency, parsing, steps, strictness
from mock_server.api.answered import JSON, Answered, Header, Headers, failure, header_text, refusal
from mock_server.api.call import Call
from mock_server.api.catalogue import ENDPOINTS, UNBUILT, Unbuilt
from mock_server.api.endpoint import Answer, Credential, Endpoint
from mock_server.api.parsing import read_body
from mock_server.api.recording import Recorder, remark_retry
from mock_server.api.router import Router
from mock_server.api.steps import Members
from mock_server.errors import CronofyError, TooLarge, TooOdd
from mock_server.rules import contract
from mock_server.settings import Settings
from mock_server.world.findings import Finding
from mock_server.world.sandboxes import Sandboxes

logger = logging.getLogger(__name__)

Send = Callable[[Any], Awaitable[None]]
Receive = Callable[[], Awaitable[Any]]

_NO_STORE = [(b"cache-control", b"no-store"), (b"pragma", b"no-cache")]
_STATUS_LINES = {s.value: (b"status", f"{s.value} {s.phrase}".encode()) for s in HTTPStatus}
_WITH_BODY = {"POST", "PUT", "PATCH", "DELETE"}


class Api:
    """Serves every endpoint of the catalogue."""

    def __init__(self, sandboxes: Sandboxes, settings: Settings, wake: Callable[[], None]) -> None:
        """``wake`` lets happen what is due."""
        self._sandboxes = sandboxes
        self._wake = wake
        self._recorder = Recorder(sandboxes, wake)
        self._settings = settings
        self._requests = 0
        self._router: Router[Endpoint | Unbuilt] = Router()
        for endpoint in ENDPOINTS:
            self._router.add(endpoint.method, endpoint.path, endpoint)
        for unbuilt in UNBUILT:
            self._router.add(unbuilt.method, unbuilt.path, unbuilt)

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        started = perf_counter_ns()
        method = scope["method"]
        methods, path = self._router.find(scope["path"])
        found = methods.get("GET" if method == "HEAD" else method)
        call = Call(scope, path, self._settings.public_url)
        unread = None
        if isinstance(found, Endpoint) and method in _WITH_BODY:
            try:
                call.content = await read_body(scope, receive, self._settings.max_body)
            except TooLarge as error:
                unread = error
        hit = None
        if self._sandboxes.directory.fault:
            hit = faults.of_call(scope, call.content, self._sandboxes, self._wake)
        if hit is None:
            answered = self._answer(call, methods, found, unread)
        else:
            call.meet(hit)
            answered = await hit.answered(lambda: self._answer(call, methods, found, unread))
        status, headers, content, _ = answered
        if status:
            self._requests += 1
            headers += (
                _STATUS_LINES.get(status) or (b"status", b"%d" % status),
                (b"x-request-id", b"%08x-0000-4000-8000-000000000000" % self._requests),
                (b"content-length", b"%d" % len(content)),
            )
        sandbox = call.reached
        if sandbox is not None and status == HTTPStatus.TOO_MANY_REQUESTS:
            remark_retry(call, answered)
        operation = found.operation if found else None
        if hit is None or not hit.abandoned:
            self._recorder.record(sandbox, call, operation, answered, started)
        if method == "HEAD":
            content = b""
        if hit is not None:
            await hit.send(answered._replace(content=content), scope, receive, send)
            return
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _answer(
        self,
        call: Call,
        methods: dict[str, Endpoint | Unbuilt],
        found: Endpoint | Unbuilt | None,
        unread: TooLarge | None,
    ) -> Answered:
        """All at once; ``unread`` says why the body has not been read."""
        if isinstance(found, Endpoint):
            return self._answer_endpoint(found, call, unread)
        return self._no_endpoint(methods, found, call)

    def _answer_endpoint(self, endpoint: Endpoint, call: Call, unread: TooLarge | None) -> Answered:
        refused = None
        try:
            if unread is not None:
                raise unread
            answered = _success(endpoint, self._carry_out(endpoint, call))
        except CronofyError as error:
            refused, answered = error, refusal(error)
        except Exception:
            logger.exception("%s failed", endpoint.operation)
            hint = "this is a bug of mock-cronofy: please report it with the server's log"
            answered = failure(500, hint)
        for finding in call.findings:
            answered.headers.append((b"mock-cronofy-warning", header_text(finding.text)))
        if refused is not None and not isinstance(refused, TooOdd):
            call.findings.append(contract.of_refusal(refused))
        return answered

    def _carry_out(self, endpoint: Endpoint, call: Call) -> Any:
        members = self._members(endpoint, call)
        credentials.check(call, endpoint, self._sandboxes, members.parameters)
        return strictness.carry_out(endpoint, call, members)

    def _members(self, endpoint: Endpoint, call: Call) -> Members:
        """The body's members; one that cannot be read is refused after its credential."""
        try:
            parameters = parsing.parse_body(call.scope, call.content)
            if endpoint.oauth:
                # Two public applications send everything in the query (identity §1.2).
                query = parsing.parse_query(call.scope)
                if secrets := contract.secrets_in(query):
                    call.remark("secret_in_url", secrets)
                parameters = {**query, **parameters}
        except parsing.Unreadable as error:
            members = Members({}, error)
            if Credential.CLIENT_CREDENTIALS in endpoint.credentials:
                members = leniency.readable_by_credentials(call, members, self._sandboxes)
                if members.unreadable is not None:
                    raise steps.unreadable(endpoint, "body", error) from None
            return members
        return Members(parameters)

    def _no_endpoint(
        self, methods: dict[str, Endpoint | Unbuilt], found: Unbuilt | None, call: Call
    ) -> Answered:
        path, method = call.scope["path"], call.scope["method"]
        asked = asking.of_call(call.scope, call.content, self._sandboxes.directory)
        if asked is not None:
            call.reach(asked.sandbox)
        headers: list[Header] = []
        if found is not None:
            status, hint, finding = 501, found.hint, "not_built"
        elif methods:
            status, finding = 405, "refused"
            allowed = ", ".join(sorted(methods))
            hint = f"{path} takes {allowed}, found {method}"
            headers.append((b"allow", allowed.encode()))
        else:
            status, finding = 404, "unknown_path"
            hint = f"Cronofy has no path {path}; /openapi.json lists those that exist"
        call.findings.append(Finding.of(finding, contract.general(hint)))
        return failure(status, hint, *headers)


def _success(endpoint: Endpoint, outcome: Any) -> Answered:
    status, document = endpoint.status, outcome
    headers: Headers = []
    if isinstance(outcome, Answer):
        status, document = outcome.status, outcome.document
        headers += [(name.encode(), value.encode()) for name, value in outcome.headers]
    content = b""
    if document is not None:
        content = orjson.dumps(document)
        headers.append(JSON)
    if endpoint.no_store:
        headers += _NO_STORE
    return Answered(status, headers, content, None)
