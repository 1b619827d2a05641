"""Letting go wrong what a test has asked for: calls and pages that a fault meets.

Whoever answers a request looks for a ``Hit`` once the sandbox can be told, and lets that do the
answering. What is carried out is carried out at once, and so recorded; delays and the like
concern its answer alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from mock_server.api import asking
from mock_server.api.answered import HINT, JSON, TEXT, Answered, Headers, header_text, refusal
from mock_server.api.asking import Found
from mock_server.rules import faults, outages
from mock_server.rules.faults import Asked
from mock_server.world.faults import Fault, Response
from mock_server.world.held import MOST_HELD
from mock_server.world.outages import Outage
from mock_server.world.sandbox import Sandbox
from mock_server.world.sandboxes import Sandboxes

Send = Callable[[Any], Awaitable[None]]
Receive = Callable[[], Awaitable[Any]]
Wake = Callable[[], None]
Work = Callable[[], Answered | Awaitable[Answered]]

# The pieces in which a slow body comes.
_PIECES = 20

# Of these the server itself says what is true.
_FRAMING = {b"content-length", b"status"}

# The status in the journal of what got no answer.
NO_ANSWER = 0

_OUT_OF_ORDER = Response(error="unavailable")


class Hit:
    """A request that has met a fault, or an outage."""

    def __init__(self, sandbox: Sandbox, asked: Asked, met: Fault | Outage, wake: Wake) -> None:
        self.sandbox = sandbox
        self._asked = asked
        self._wake = wake
        self.fault_id: str | None = None
        self.outage_id: str | None = None
        if isinstance(met, Outage):
            self.outage_id, self._response = met.outage_id, _OUT_OF_ORDER
            self._reason = f"outage {met.outage_id} of data center {met.data_center}"
        else:
            self.fault_id, self._response = met.fault_id, met.response
            self._reason = f"fault {met.fault_id} of this sandbox"
        # Whether the world in which it was held is no more: nothing there was asked.
        self.abandoned = False
        # Whether it is to wait, and does not as too many do already.
        self._crowded = self._response.hold is not None and len(sandbox.held) >= MOST_HELD

    @property
    def caller(self) -> Asked | None:
        """Who asks, where nothing is carried out that would tell."""
        is_work_done = self._response.is_work_done and not self._crowded
        return None if is_work_done else self._asked

    async def answered(self, work: Work) -> Answered:
        """Its answer, where ``work`` carries it out; of status NO_ANSWER, if it gets none."""
        wanted = self._response
        if self._crowded:
            hint = f"{MOST_HELD} calls of this sandbox are held already: release some"
            return self._hinted(Answered(503, [], b"", hint))
        if wanted.reset:
            return self._unanswered("the connection was reset")
        if wanted.status is not None:
            return self._hinted(self._as_written(wanted, wanted.status))
        if wanted.error is not None:
            return self._refusal(wanted, wanted.error)
        if wanted.hold == "request" and not await self._released():
            self.abandoned = True
            return self._unanswered("the sandbox in which it was held has ended or begun anew")
        found = work()
        if not isinstance(found, Answered):
            found = await found
        headers = [line for line in found.headers if line[0] not in _FRAMING]
        answered = self._hinted(found._replace(headers=headers))
        if wanted.malformed_json:
            answered = _cut_off(answered)
        if wanted.lost:
            answered = answered._replace(hint=f"{answered.hint}: its answer was lost")
        return answered

    async def send(self, answered: Answered, scope: Any, receive: Receive, send: Send) -> None:
        """Answer in the end, or do not."""
        wanted = self._response
        # What the request has let happen does not wait for its answer.
        self._wake()
        if wanted.delay:
            await asyncio.sleep(wanted.delay / 1000)
        if wanted.hold == "answer" and not self._crowded:
            await self._released()
        if wanted.lost or answered.status == NO_ANSWER:
            await _reset(scope, receive, self._reason)
            return
        status, headers, content, _ = answered
        await send({"type": "http.response.start", "status": status, "headers": headers})
        pieces = _in_pieces(content) if wanted.slow_body else [content]
        for index, piece in enumerate(pieces):
            if wanted.slow_body:
                await asyncio.sleep(wanted.slow_body / 1000 / len(pieces))
            more = index < len(pieces) - 1
            await send({"type": "http.response.body", "body": piece, "more_body": more})

    async def _released(self) -> bool:
        """Wait until it is let go; says whether it may go on its way."""
        fault_id, held = self.fault_id, self.sandbox.held
        if fault_id is None or fault_id not in self.sandbox.faults:
            return True  # taken back in the meantime
        released: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def go(on_its_way: bool) -> None:
            if not released.done():
                released.set_result(on_its_way)

        held.add(fault_id, go)
        self._wake()
        try:
            return await released
        finally:
            held.forget(fault_id, go)

    def _unanswered(self, why: str) -> Answered:
        return Answered(NO_ANSWER, [], b"", f"{self._reason}: {why}")

    def _hinted(self, answered: Answered) -> Answered:
        """With the reason in front of whatever hint there is."""
        hint = f"{self._reason}; {answered.hint}" if answered.hint else self._reason
        headers = [line for line in answered.headers if line[0] != HINT]
        return answered._replace(headers=[*headers, (HINT, header_text(hint))], hint=hint)

    def _as_written(self, wanted: Response, status: int) -> Answered:
        headers = _encoded(wanted)
        content = b"" if wanted.body is None else wanted.body.encode()
        if content and not any(name == b"content-type" for name, _ in headers):
            headers.append(JSON if wanted.is_json else TEXT)
        return Answered(status, headers, content, None)

    def _refusal(self, wanted: Response, name: str) -> Answered:
        headers = _encoded(wanted)
        if name in faults.SERVER_ERRORS:
            return self._hinted(Answered(faults.SERVER_ERRORS[name], headers, b"", None))
        refused = refusal(faults.ERRORS[name](self._reason))
        own = {name for name, _ in headers}
        headers += [line for line in refused.headers if line[0] not in own]
        return self._hinted(refused._replace(headers=headers, hint=None))


def of_call(scope: Any, content: bytes, sandboxes: Sandboxes, wake: Wake) -> Hit | None:
    """What meets a call of the API, if anything does; it has been counted then."""
    return _meet(asking.of_call(scope, content, sandboxes.directory), scope, wake)


def of_page(scope: Any, sandboxes: Sandboxes, wake: Wake) -> Hit | None:
    """What meets a request for a page."""
    return _meet(asking.of_page(scope, sandboxes.directory), scope, wake)


def _meet(found: Found | None, scope: Any, wake: Wake) -> Hit | None:
    if found is None or not (found.sandbox.faults or found.sandbox.outages):
        return None
    sandbox, asked = found.sandbox, found.asked(scope)
    met = outages.of_data_center(sandbox, asked.client_id) or faults.meet(sandbox, asked)
    return None if met is None else Hit(sandbox, asked, met, wake)


def _encoded(wanted: Response) -> Headers:
    return [(name.lower().encode(), value.encode("latin-1")) for name, value in wanted.headers]


def _cut_off(answered: Answered) -> Answered:
    """Half of its body; of an empty one, what cannot be JSON either."""
    if answered.status in {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}:
        return answered
    content = answered.content[: len(answered.content) // 2] or b"{"
    headers = answered.headers if answered.content else [*answered.headers, JSON]
    return answered._replace(headers=headers, content=content)


def _in_pieces(content: bytes) -> list[bytes]:
    size = max(1, -(-len(content) // _PIECES))
    return [content[i : i + size] for i in range(0, len(content), size)] or [b""]


async def _reset(scope: Any, receive: Receive, reason: str) -> None:
    """Break off the connection. Raises ConnectionResetError where there is none to break off."""
    reset = scope.get("extensions", {}).get("reset")
    if reset is None:
        raise ConnectionResetError(reason)
    reset()
    while (await receive())["type"] != "http.disconnect":
        pass
