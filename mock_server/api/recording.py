"""Recording requests: in the journal of their sandbox, else in the ledger of the server."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter_ns
from typing import Any, Protocol

from mock_server.api import parsing
from mock_server.api.answered import Answered
from mock_server.api.call import Call
from mock_server.rules import contract, timeline
from mock_server.world.findings import Finding
from mock_server.world.journal import Entry, head
from mock_server.world.sandbox import Sandbox
from mock_server.world.sandboxes import Sandboxes


class Recorded(Protocol):
    """A call of the API, or a visit of a page."""

    content: bytes
    findings: list[Finding]
    fault_id: str | None
    outage_id: str | None

    @property
    def scope(self) -> Any: ...

    @property
    def client_id(self) -> str | None: ...

    @property
    def sub(self) -> str | None: ...


class Recorder:
    """Records what the server's sandboxes are asked; ``wake`` lets happen what is due."""

    def __init__(self, sandboxes: Sandboxes, wake: Callable[[], None]) -> None:
        self._sandboxes = sandboxes
        self._wake = wake

    def record(
        self,
        sandbox: Sandbox | None,
        request: Recorded,
        operation: str | None,
        answered: Answered,
        started: int,
    ) -> None:
        """A request to ``sandbox``, None if it has reached none; it was ``started`` at that
        nanosecond of ``perf_counter_ns``. What has waited for it happens.
        """
        status = answered.status
        if sandbox is None:
            self._sandboxes.ledger.add(operation, status, 0, request.findings)
            return
        scope = request.scope
        sandbox.journal.append(
            Entry(
                at=sandbox.now(),
                method=scope["method"],
                path=scope["path"],
                status=status,
                duration=(perf_counter_ns() - started) // 1000,
                operation=operation,
                client_id=request.client_id,
                sub=request.sub,
                hint=answered.hint,
                findings=tuple(request.findings),
                fault_id=request.fault_id,
                outage_id=request.outage_id,
                query=scope["query_string"],
                request_head=head(scope["headers"]),
                request_body=request.content,
                response_head=head(answered.headers),
                response_body=answered.content,
            )
        )
        if timeline.requested(sandbox, scope["method"], scope["path"], status):
            self._wake()  # before anything else is asked


def remark_retry(call: Call, answered: Answered) -> None:
    """Note if ``call``, which is told by a 429 to wait, has not waited before."""
    scope = call.scope
    who = call.client_id or parsing.header(scope, b"authorization")
    request = who, scope["method"], scope["path"], scope["query_string"], hash(call.content)
    for name, value in answered.headers:
        if name.lower() == b"retry-after":
            found = contract.retried_too_early(call.sandbox, request, value.decode("latin-1"))
            call.findings += [found] if found else ()
