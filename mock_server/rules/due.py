"""What timers let happen, by their kind."""

from __future__ import annotations

from collections.abc import Callable

from mock_server.rules import (
    attachments,
    channels,
    mailboxes,
    meeting_agents,
    meeting_timers,
    meetings,
    replies,
    subscriptions,
    synchronization,
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
    subscriptions.TRIGGER: subscriptions.trigger,
    synchronization.SYNCHRONIZE: synchronization.synchronize_calendar,
    synchronization.SYNCHRONIZE_PROFILE: synchronization.synchronize_profile,
}


def carry_out(sandbox: Sandbox, timer: Timer) -> None:
    """Let ``timer`` happen: its rule takes the sandbox and the parts of its subject."""
    KINDS[timer.kind](sandbox, *timer.subject)
