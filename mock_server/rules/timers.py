"""What is going to happen by itself, on the sandbox's clock."""

from __future__ import annotations

from mock_server.world.sandbox import Sandbox
from mock_server.world.timers import Timer


def schedule(sandbox: Sandbox, kind: str, subject: tuple[str, ...], after: int) -> None:
    """Let ``kind`` (of rules/due.py) happen to ``subject`` in ``after`` seconds, in place of
    what was scheduled of that kind for it before.
    """
    cancel(sandbox, kind, subject)
    sandbox.timers.put(Timer(sandbox.ids.hex("tmr"), sandbox.now() + after, kind, subject))


def cancel(sandbox: Sandbox, kind: str, subject: tuple[str, ...]) -> None:
    for timer in sandbox.timers.by("subject", (kind, subject)):
        sandbox.timers.remove(timer.timer_id)


def is_scheduled(sandbox: Sandbox, kind: str, subject: tuple[str, ...]) -> bool:
    return sandbox.timers.one("subject", (kind, subject)) is not None
