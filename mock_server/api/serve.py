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

from mock_server.api import credentials, faults, parsing, steps, strictness
from mock_server.api.answered import Answered, Headers, header_text
from mock_server.api.call import Call
from mock_server.api.catalogue import ENDPOINTS, UNBUILT, Unbuilt
from mock_server.api.endpoint import Answer, Credential, Endpoint
from mock_server.api.parsing import read_body
from mock_server.api.router import Router
from mock_server.api.steps import Members
from mock_server.errors import CronofyError, Forbidden, TooLarge
from mock_server.rules import contract, timeline
from mock_server.settings import Settings
from mock_server.world.findings import Finding
from mock_server.world.journal import Entry
from mock_server.world.sandboxes import Sandboxes

logger = logging.getLogger(__name__)

Send = Callable[[Any], Awaitable[None]]
Receive = Callable[[], Awaitable[Any]]

_JSON = (b"content-type", b"application/json; charset=utf-8")
_TEXT = (b"content-type", b"text/plain; charset=utf-8")
_NO_STORE = [(b"cache-control", b"no-store"), (b"pragma", b"no-cache")]
_STATUS_LINES = {s.value: (b"status", f"{s.value} {s.phrase}".encode()) for s in HTTPStatus}
_WITH_BODY = {"POST", "PUT", "PATCH", "DELETE"}


class Api:
    """Serves every endpoint of the catalogue."""

    def __init__(self, sandboxes: Sandboxes, settings: Settings, wake: Callable[[], None]) -> None:
        """``wake`` lets happen what is due."""
        self._sandboxes = sandboxes
        self._wake = wake
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
            call.hit(hit.sandbox, hit.fault_id, *hit.instead_of)
            answered = await hit.answered(lambda: self._answer(call, methods, found, unread))
        status, headers, content, _ = answered
        if status:
            self._requests += 1
            headers += (
                _STATUS_LINES.get(status) or (b"status", b"%d" % status),
                (b"x-request-id", b"%08x-0000-4000-8000-000000000000" % self._requests),
                (b"content-length", b"%d" % len(content)),
            )
        operation = found.operation if found else None
        if call.reached is not None:
            self._record(call, operation, answered, started)
            if timeline.requested(call.sandbox, method, scope["path"], status):
                self._wake()  # before anything else is asked
        else:
            self._sandboxes.ledger.add(operation, status, 0, call.findings)
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
        headers: Headers = []
        hint = refusal = None
        try:
            if unread is not None:
                raise unread
            outcome = self._carry_out(endpoint, call)
            if isinstance(outcome, Answer):
                status, document = outcome.status, outcome.document
                headers += [(name.encode(), value.encode()) for name, value in outcome.headers]
            else:
                status, document = endpoint.status, outcome
            content = b"" if document is None else orjson.dumps(document)
            if endpoint.no_store:
                headers += _NO_STORE
        except CronofyError as error:
            status, hint, refusal = error.status, error.hint, error
            document = error.document()
            content = b"" if document is None else orjson.dumps(document)
            headers += [(k.lower().encode(), v.encode()) for k, v in error.headers().items()]
            headers.append((b"mock-cronofy-hint", header_text(hint)))
            if isinstance(error, Forbidden) and error.text:
                headers.append(_TEXT)
                content = error.text.encode()
        except Exception:
            logger.exception("%s failed", endpoint.operation)
            status, content = 500, b""
            hint = "this is a bug of mock-cronofy: please report it with the server's log"
            headers.append((b"mock-cronofy-hint", header_text(hint)))
        if content and _TEXT not in headers:
            headers.append(_JSON)
        for finding in call.findings:
            headers.append((b"mock-cronofy-warning", header_text(finding.text)))
        if refusal is not None and not isinstance(refusal, strictness.TooOdd):
            call.findings.append(contract.of_refusal(refusal))
        return Answered(status, headers, content, hint)

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
                members = strictness.readable(call, members, self._sandboxes)
                if members.unreadable is not None:
                    raise steps.unreadable(endpoint, "body", error) from None
            return members
        return Members(parameters)

    def _record(self, call: Call, operation: str | None, answered: Answered, started: int) -> None:
        sandbox, scope = call.sandbox, call.scope
        if answered.status == HTTPStatus.TOO_MANY_REQUESTS:
            self._note_retry(call, answered)
        sandbox.journal.append(
            Entry(
                at=sandbox.now(),
                method=scope["method"],
                path=scope["path"],
                status=answered.status,
                duration=(perf_counter_ns() - started) // 1000,
                operation=operation,
                client_id=call.client_id,
                sub=call.sub,
                hint=answered.hint,
                findings=tuple(call.findings),
                fault_id=call.fault_id,
                query=scope["query_string"],
                request_headers=scope["headers"],
                request_body=call.content,
                response_headers=answered.headers,
                response_body=answered.content,
            )
        )

    def _note_retry(self, call: Call, answered: Answered) -> None:
        who = call.client_id or parsing.header(call.scope, b"authorization")
        scope = call.scope
        request = who, scope["method"], scope["path"], scope["query_string"], hash(call.content)
        for name, value in answered.headers:
            if name.lower() == b"retry-after":
                found = contract.retried_too_early(call.sandbox, request, value.decode("latin-1"))
                call.findings += [found] if found else ()

    def _no_endpoint(
        self, methods: dict[str, Endpoint | Unbuilt], found: Unbuilt | None, call: Call
    ) -> Answered:
        scope = call.scope
        credentials.find_sandbox(call, self._sandboxes)
        headers: Headers = []
        if found is not None:
            status, hint, finding = 501, found.hint, "not_built"
        elif methods:
            status, finding = 405, "refused"
            allowed = ", ".join(sorted(methods))
            hint = f"{scope['path']} takes {allowed}, found {scope['method']}"
            headers.append((b"allow", allowed.encode()))
        else:
            status, finding = 404, "unknown_path"
            hint = f"Cronofy has no path {scope['path']}; /openapi.json lists those that exist"
        headers.append((b"mock-cronofy-hint", header_text(hint)))
        call.findings.append(Finding.of(finding, contract.general(hint)))
        return Answered(status, headers, b"", hint)
