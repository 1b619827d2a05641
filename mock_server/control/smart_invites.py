"""Smart Invites: all that there are, and answering them without any mail."""

from __future__ import annotations

from datetime import date, datetime

from starlette.responses import Response

from mock_server.api import smart_invites as api
from mock_server.control.app import Control, answer
from mock_server.control.documents import Document
from mock_server.control.requests import ProposedTime, ReplyToSmartInvite
from mock_server.rules import replies, smart_invite_replies
from mock_server.scenarios.problems import Invalid, Problem, Unknown, one_of, shown, validate
from mock_server.world.clock import from_datetime
from mock_server.world.sandbox import Sandbox
from mock_server.world.smart_invites import Proposal, SmartInvite


def document(invite: SmartInvite) -> Document:
    """What the API answers of it, and what only its file says."""
    organizer = invite.details.organizer
    assert organizer is not None
    return {
        "client_id": invite.client_id,
        **api.document(invite),
        "replies": [smart_invite_replies.document(reply) for reply in invite.replies],
        "uid": invite.uid,
        "sequence": invite.sequence,
        "organizer": {"email": organizer.email, "name": organizer.display_name},
    }


async def list_smart_invites(control: Control) -> Response:
    query = control.request.query_params
    found = [
        document(invite)
        for invite in control.sandbox.smart_invites
        if query.get("client_id") in (None, invite.client_id)
    ]
    return answer({"smart_invites": found})


async def reply(control: Control) -> Response:
    """Somebody answers, invited or not, as their mail would say it."""
    sandbox = control.sandbox
    wanted = validate(ReplyToSmartInvite, await control.document())
    invite = _named(sandbox, control.request.path_params["smart_invite_id"], wanted)
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
    return answer(
        {"outcome": outcome.reason, "smart_invite": document(sandbox.smart_invites[invite.key])}
    )


def _named(sandbox: Sandbox, smart_invite_id: str, wanted: ReplyToSmartInvite) -> SmartInvite:
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


ROUTES = (
    ("GET", "/sandboxes/{sandbox_id}/smart_invites", list_smart_invites),
    ("POST", "/sandboxes/{sandbox_id}/smart_invites/{smart_invite_id:path}/reply", reply),
)
