"""What timers let happen, by their kind."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from inspect import signature
from typing import Any

from mock_server.rules import (
    attachments,
    channels,
    mailboxes,
    meeting_agents,
    meeting_timers,
    meetings,
    recovery,
    replies,
    subscriptions,
    synchronization,
    timeline,
)
from mock_server.world.sandbox import Sandbox
from mock_server.world.timers import Timer

KINDS: dict[str, Callable[..., None]] = {
    attachments.CHECK: attachments.check,
    channels.ANNOUNCE: channels.announce,
    meeting_agents.JOIN: meeting_agents.join,
    meeting_agents.LEAVE: meeting_agents.leave,
    meeting_timers.ASSIGN: meetings.arrange,
    mailboxes.ANSWER: replies.answer_by_habit,
    recovery.RECOVER: recovery.recover,
    subscriptions.TRIGGER: subscriptions.trigger,
    synchronization.SYNCHRONIZE: synchronization.synchronize_calendar,
    synchronization.SYNCHRONIZE_PROFILE: synchronization.synchronize_profile,
}


# Everything that may be a timer's kind.
NAMES = (*KINDS, timeline.TIMELINE)


def carry_out(sandbox: Sandbox, timer: Timer, act: timeline.Act | None) -> Sequence[dict[str, Any]]:
    """Let ``timer`` happen: its rule takes the sandbox and the parts of its subject.

    Returns a document for each thing that happened, of what there is to say beside the timer's
    kind and subject. ``act`` carries out actions of the timeline.
    """
    if timer.kind == timeline.TIMELINE:
        (entry_id,) = timer.subject
        return timeline.carry_out(sandbox, entry_id, act) if act else ()
    KINDS[timer.kind](sandbox, *timer.subject)
    return ({},)


def parts(kind: str) -> int:
    """How many parts the subject of such a timer has."""
    # A rule's other parameter is the sandbox.
    return 1 if kind == timeline.TIMELINE else len(signature(KINDS[kind]).parameters) - 1
