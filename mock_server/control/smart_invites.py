"""Smart Invites: all that there are, and answering them without any mail."""

from __future__ import annotations

from starlette.responses import Response

from mock_server.api import smart_invites as api
from mock_server.control.app import Control, answer
from mock_server.control.documents import Document
from mock_server.rules import smart_invite_replies
from mock_server.scenarios.actions.invitations import ReplyToSmartInvite, reply_to_smart_invite
from mock_server.scenarios.problems import validate
from mock_server.world.smart_invites import SmartInvite


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
    wanted = validate(ReplyToSmartInvite, await control.document())
    smart_invite_id = control.request.path_params["smart_invite_id"]
    invite, outcome = reply_to_smart_invite(control.sandbox, smart_invite_id, wanted)
    return answer({"outcome": outcome, "smart_invite": document(invite)})


ROUTES = (
    ("GET", "/sandboxes/{sandbox_id}/smart_invites", list_smart_invites),
    ("POST", "/sandboxes/{sandbox_id}/smart_invites/{smart_invite_id:path}/reply", reply),
)
