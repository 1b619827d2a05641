"""Answers to Smart Invites, and the callbacks that tell the application (notifications §§2.3,
3.3).
"""

from __future__ import annotations

from typing import NotRequired

from typing_extensions import TypedDict

from mock_server.errors import Document
from mock_server.rules import callbacks, mailboxes
from mock_server.rules.smart_invites import as_answer, invitation
from mock_server.rules.time_zones import local_text
from mock_server.world.clock import as_text
from mock_server.world.events import UTC, Answer
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox
from mock_server.world.smart_invites import (
    InviteReply,
    InviteStatus,
    Proposal,
    Recipient,
    SmartInvite,
)

# The kind of delivery.
CALLBACK = "smart_invite"

# Of each invite, so many answers are kept.
_MOST_REPLIES = 500


class Moment(TypedDict):
    time: str
    tzid: str


class ProposalDocument(TypedDict):
    start: Moment
    end: Moment


class ReplyDocument(TypedDict):
    """Somebody who is invited, or has answered; what they wrote and propose, if anything."""

    email: str
    status: InviteStatus
    comment: NotRequired[str]
    proposal: NotRequired[ProposalDocument]


def answer(
    sandbox: Sandbox, invite: SmartInvite, reply: InviteReply, sequence: int | None
) -> str | None:
    """``reply`` has come, to the version ``sequence``; None leaves out that check. Returns in
    words why it was ignored, None if it was taken.
    """
    ignored = refusal(invite, sequence) or _repeated(invite, reply)
    if ignored is None:
        take(sandbox, invite, reply)
        details = invitation(sandbox.smart_invites[invite.key]).details
        mailboxes.answered(sandbox, reply.email, invite.uid, details, reply.status)
    return ignored


def refusal(invite: SmartInvite, sequence: int | None) -> str | None:
    """Why the version ``sequence`` may not be answered any more."""
    if invite.cancelled:
        return "the invite has been cancelled"
    if sequence is not None and sequence < invite.sequence:
        return (
            f"this answers version {sequence} of the invite, and version {invite.sequence} has "
            "been made since"
        )
    return None


def standing(invite: SmartInvite, sequence: int) -> str:
    """Whether the version ``sequence`` may be answered: ``current``, ``superseded`` by a later
    one, or ``cancelled``.
    """
    if refusal(invite, sequence) is None:
        return "current"
    return "cancelled" if invite.cancelled else "superseded"


def take(sandbox: Sandbox, invite: SmartInvite, reply: InviteReply) -> None:
    """Keep ``reply``, and tell the application. Of somebody to whom the invite was forwarded,
    it is no recipient's answer.
    """
    reply = replace(reply, proposal=_in_a_zone(invite, reply.proposal))
    invite = sandbox.smart_invites.put(
        replace(
            invite,
            recipients=tuple(
                Recipient(r.email, reply.status, reply.comment, reply.proposal, answered=True)
                if r.email == reply.email
                else r
                for r in invite.recipients
            ),
            replies=(*invite.replies, reply)[-_MOST_REPLIES:],
        )
    )
    if invite.callback_url is not None:
        callbacks.record(
            sandbox,
            sandbox.applications[invite.client_id],
            kind=CALLBACK,
            url=invite.callback_url,
            body=_body(invite, invite.callback_url, reply),
            queue=invite.uid,
        )


def statuses(invite: SmartInvite) -> dict[str, Answer]:
    """What everybody has answered by now, in the words that events have for it."""
    answers = {reply.email: as_answer(reply.status) for reply in invite.replies}
    invited = {r.email: as_answer(r.status) for r in invite.recipients}
    return {**answers, **invited}


def document(answered: Recipient | InviteReply) -> ReplyDocument:
    """A recipient as things stand, or a reply."""
    found: ReplyDocument = {"email": answered.email, "status": answered.status}
    if answered.comment is not None:
        found["comment"] = answered.comment
    if answered.proposal is not None:
        found["proposal"] = _proposal(answered.proposal)
    return found


def _body(invite: SmartInvite, callback_url: str, reply: InviteReply) -> Document:
    told: Document = {
        "smart_invite_id": invite.smart_invite_id,
        "callback_url": callback_url,
    }
    recipients = [document(recipient) for recipient in invite.recipients]
    if invite.single:
        told["recipient"] = recipients[0]
    else:
        told["recipients"] = recipients
    told["reply"] = document(reply)
    return {"notification": {"type": CALLBACK}, "smart_invite": told}


def _in_a_zone(invite: SmartInvite, proposal: Proposal | None) -> Proposal | None:
    """Who names none means that of the event."""
    if proposal is None or proposal.tzid is not None:
        return proposal
    return replace(proposal, tzid=invite.details.start_tzid)


def _proposal(proposal: Proposal) -> ProposalDocument:
    tzid = proposal.tzid or UTC
    times = (proposal.start, proposal.end)
    if proposal.all_day:
        start, end = (as_text(seconds)[:10] for seconds in times)
    else:
        start, end = (local_text(seconds, tzid) for seconds in times)
    return {"start": {"time": start, "tzid": tzid}, "end": {"time": end, "tzid": tzid}}


def _repeated(invite: SmartInvite, reply: InviteReply) -> str | None:
    """Of two mails of one person the older is of no use, whichever comes first."""
    if reply.stamp is None:
        return None
    earlier = [r.stamp for r in invite.replies if r.email == reply.email and r.stamp is not None]
    if earlier and reply.stamp <= max(earlier):
        return f"an answer of {as_text(max(earlier))} or later has been taken already"
    return None
