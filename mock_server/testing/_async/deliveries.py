"""The deliveries: callbacks to the application, and mails to a relay."""

from __future__ import annotations

from typing import Literal

from mock_server.testing._async.control import AsyncControl
from mock_server.testing.records import Delivery, Failure, read
from mock_server.testing.terms import Document, given
from mock_server.testing.unused import Unused

# Of pytest: what fails is shown where the test has asked for it.
__tracebackhide__ = True

State = Literal["held", "pending", "delivered", "failed", "refused"]

# Inside the class, `list` is a method.
Listed = list[Delivery]
Failures = list[Failure]


class AsyncDeliveries:
    """What left the sandbox, oldest first."""

    def __init__(self, control: AsyncControl, unused: Unused) -> None:
        self._control = control
        self._unused = unused

    async def list(
        self,
        *,
        kind: str | None = None,
        state: State | None = None,
        channel_id: str | None = None,
        url: str | None = None,
    ) -> Listed:
        """Those of a ``kind`` (a notification's type), in a ``state``, of a channel, to
        addresses that begin with ``url``.
        """
        query = {"kind": kind, "state": state, "channel_id": channel_id, "url": url}
        return _read(await self._control.get("deliveries", **query))

    async def read(self, delivery: Delivery | str) -> Delivery:
        """A delivery as it stands now."""
        return read(Delivery, await self._control.get("deliveries", _id(delivery)))

    async def wait(
        self,
        kind: str | Delivery,
        *,
        count: int = 1,
        state: State | Literal["attempted"] = "attempted",
        timeout: float = 5,
    ) -> Listed:
        """All deliveries of ``kind``, or the one given, once ``count`` have come to ``state``.

        Within ``timeout`` real seconds, or NotInTime is raised. A clock that stands still lets
        nothing fall due: advance it first.
        """
        wanted = {"delivery": _id(kind), "state": state, "count": count}
        return _read(await self._control.wait(timeout, **wanted))

    async def replay(self, delivery: Delivery | str) -> Delivery:
        """Make one more attempt."""
        return read(Delivery, await self._control.post("deliveries", _id(delivery), "replay"))

    async def fail(
        self,
        outcome: Literal["timeout", "connection_refused"] | int = "timeout",
        *,
        delivery: Delivery | str | None = None,
        times: int = 1,
        kind: str | None = None,
        url: str | None = None,
    ) -> Failure:
        """Let the next ``times`` attempts fail without being sent.

        Those of one ``delivery`` (its next alone), of a ``kind``, or to what begins with
        ``url``; ``outcome`` is a status from 300 to 599, or how there is no answer.
        """
        if delivery is not None:
            path = ("deliveries", _id(delivery), "fail")
            answer = await self._control.post(*path, json={"with": outcome})
        else:
            wanted = {"with": outcome, **given(times=times, kind=kind, url=url)}
            answer = await self._control.post("deliveries", "failures", json=wanted)
        failure = read(Failure, answer)
        self._unused.asked(failure)
        return failure

    async def failures(self) -> Failures:
        """Those not yet used up."""
        answer = await self._control.get("deliveries", "failures")
        return [read(Failure, document) for document in answer["failures"]]

    async def clear_failures(self) -> None:
        """Take them back. Those that no attempt has met are remembered."""
        await self.look()
        await self._control.delete("deliveries", "failures")
        self._unused.took_failures_back()

    async def look(self) -> None:
        """Remember which of the failures that were asked for have happened by now."""
        if self._unused.awaits_failures:
            self._unused.saw_failures(await self.failures())


def _id(delivery: Delivery | str) -> str:
    return delivery if isinstance(delivery, str) else delivery.delivery_id


def _read(answer: Document) -> Listed:
    return [read(Delivery, document) for document in answer["deliveries"]]
