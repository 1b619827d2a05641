"""Answering invitations: in a mailbox, or to a Smart Invite."""

# Annotations are evaluated at once here, as in documents.py.

from datetime import date, datetime
from typing import Literal, Self

from pydantic import model_validator

from mock_server.rules import inbox, replies
from mock_server.scenarios.actions.action import Action, Outcome, listed
from mock_server.scenarios.fields import Credential, Email, EventTime, Model, Text, TimeZone
from mock_server.scenarios.problems import Invalid, Problem, Unknown, one_of, shown
from mock_server.world.clock import from_datetime
from mock_server.world.events import LAST_YEAR
from mock_server.world.outbox import Message
from mock_server.world.sandbox import Sandbox
from mock_server.world.smart_invites import Proposal, SmartInvite


class ReplyToInvitation(Model):
    """The button that the recipient of an invitation presses."""

    status: Literal["accepted", "tentative", "declined"]


def reply(sandbox: Sandbox, message: Message, wanted: ReplyToInvitation) -> str:
    """Whoever got ``message`` answers it; what came of it, in words."""
    outcome = replies.reply(sandbox, message, wanted.status)
    if not outcome.applied:
        found = f"{message.message_id}: {outcome.reason}"
        raise Invalid([Problem("message_id", found, "the latest invitation to a planned event")])
    return outcome.reason


class ProposedTime(Model):
    """When somebody would like it better; ``tzid`` is by whose clocks they say so."""

    start: EventTime
    end: EventTime
    tzid: TimeZone | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        start, end = self.start, self.end
        if isinstance(start, datetime) != isinstance(end, datetime):
            raise ValueError("start and end to be both times, or both dates")
        if max(start.year, end.year) > LAST_YEAR or end < start:
            raise ValueError(f"an end that is not before start, and until the year {LAST_YEAR}")
        return self


class ReplyToSmartInvite(ReplyToInvitation):
    """Who answers; ``recipient_email`` and ``client_id`` say which invite, where its id does
    not.
    """

    email: Email
    comment: Text | None = None
    proposal: ProposedTime | None = None
    recipient_email: Email | None = None
    client_id: Credential | None = None


def reply_to_smart_invite(
    sandbox: Sandbox, smart_invite_id: str, wanted: ReplyToSmartInvite
) -> tuple[SmartInvite, str]:
    """Somebody answers, invited or not, as their mail would say it: the invite after it, and
    what came of it in words.
    """
    invite = _smart_invite(sandbox, smart_invite_id, wanted)
    outcome = replies.answer(
        sandbox,
        invite.uid,
        wanted.email,
        wanted.status,
        comment=wanted.comment,
        proposal=_proposal(wanted.proposal) if wanted.proposal else None,
    )
    if not outcome.applied:
        found = f"{invite.smart_invite_id}: {outcome.reason}"
        raise Invalid([Problem("smart_invite_id", found, "an invite that has not been cancelled")])
    return sandbox.smart_invites[invite.key], outcome.reason


def _smart_invite(
    sandbox: Sandbox, smart_invite_id: str, wanted: ReplyToSmartInvite
) -> SmartInvite:
    """The invite of this id; of several, the one for whoever answers."""
    found = [
        invite
        for invite in sandbox.smart_invites.by("smart_invite_id", smart_invite_id)
        if wanted.client_id in (None, invite.client_id)
    ]
    if not found:
        known = list(dict.fromkeys(invite.smart_invite_id for invite in sandbox.smart_invites))
        expected = one_of(smart_invite_id, known)
        raise Unknown(Problem("smart_invite_id", shown(smart_invite_id), expected))
    email = wanted.recipient_email or wanted.email
    meant = [invite for invite in found if invite.recipient(email) is not None]
    if wanted.recipient_email is None and not meant:
        meant = found
    if len(meant) != 1:
        found_text = f"{len(meant)} invites of {smart_invite_id!r} for {email}"
        expected = "one: recipient_email says for whom, client_id by which application"
        raise Invalid([Problem("smart_invite_id", found_text, expected)])
    return meant[0]


def _proposal(wanted: ProposedTime) -> Proposal:
    start, end = _seconds(wanted.start), _seconds(wanted.end)
    return Proposal(start, end, wanted.tzid, not isinstance(wanted.start, datetime))


def _seconds(value: date | datetime) -> int:
    """Of a date, its midnight in UTC."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    return from_datetime(value)


class AnswerMail(ReplyToInvitation):
    """The invitation that lies in the mailbox of ``to``; the rest says which, if it is several."""

    to: Email
    summary: str | None = None
    event_id: Text | None = None
    uid: Text | None = None


def _answer_mail(sandbox: Sandbox, wanted: AnswerMail) -> Outcome:
    there = {
        # Of each event, the latest.
        message.invite.uid: message
        for message in inbox.mails(sandbox, to=wanted.to, method="REQUEST")
        if message.invite is not None and inbox.standing(sandbox, message) == "current"
    }
    found = [
        message
        for uid, message in there.items()
        if wanted.uid in (None, uid)
        and (message.invite is None or wanted.summary in (None, message.invite.details.summary))
        and wanted.event_id in (None, _event_id(sandbox, uid))
    ]
    if len(found) != 1:
        many = f"{len(found)} such" if found else "no such"
        subjects = listed(shown(message.subject) for message in there.values())
        expected = (
            "one: summary, event_id or uid says which"
            if found
            else f"an invitation that still stands: {subjects or 'there is none'}"
        )
        raise Invalid([Problem("to", f"{many} invitations of {wanted.to}", expected)])
    outcome = reply(sandbox, found[0], wanted)
    return {"message_id": found[0].message_id, "outcome": outcome}


def _event_id(sandbox: Sandbox, uid: str) -> str | None:
    """What the application calls what it invites to."""
    smart_invite = sandbox.smart_invites.one("uid", uid)
    if smart_invite is not None:
        return smart_invite.smart_invite_id
    event = sandbox.events.one("uid", uid)
    return event.managed.event_id if event is not None and event.managed else None


class AnswerSmartInvite(ReplyToSmartInvite):
    """Without ``smart_invite_id``, the one invite that has not been cancelled."""

    smart_invite_id: Text | None = None


def _answer_smart_invite(sandbox: Sandbox, wanted: AnswerSmartInvite) -> Outcome:
    smart_invite_id = wanted.smart_invite_id
    if smart_invite_id is None:
        standing = [invite for invite in sandbox.smart_invites if not invite.cancelled]
        own = [i for i in standing if i.recipient(wanted.recipient_email or wanted.email)]
        names = list(dict.fromkeys(invite.smart_invite_id for invite in own or standing))
        if len(names) != 1:
            expected = f"the id of one: {listed(names) or 'there is none'}"
            raise Invalid([Problem("smart_invite_id", "nothing", expected)])
        smart_invite_id = names[0]
    _, outcome = reply_to_smart_invite(sandbox, smart_invite_id, wanted)
    return {"smart_invite_id": smart_invite_id, "outcome": outcome}


ACTIONS = {
    "reply_to_invitation": Action(AnswerMail, _answer_mail),
    "reply_to_smart_invite": Action(AnswerSmartInvite, _answer_smart_invite),
}
