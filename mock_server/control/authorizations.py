"""What people have granted, and take back."""

from __future__ import annotations

from starlette.responses import Response

from mock_server.control.app import Control, answer
from mock_server.scenarios.actions.authorizations import RevokeAccess, revoke_access
from mock_server.scenarios.fields import Credential, Model
from mock_server.scenarios.problems import validate


class Revoke(Model):
    """``client_id`` is the application whose access ends; that of all if it is left out."""

    client_id: Credential | None = None


async def revoke(control: Control) -> Response:
    sandbox = control.sandbox
    wanted = validate(Revoke, await control.document())
    email = control.request.path_params["email"]
    choice = validate(RevokeAccess, {"person": email, "application": wanted.client_id})
    ended = revoke_access(sandbox, choice)
    return answer({"revoked": [{"client_id": a.client_id, "sub": a.sub} for a in ended]})


ROUTES = (("POST", "/sandboxes/{sandbox_id}/people/{email}/revoke", revoke),)
