"""The secrets of applications, of which several are active while they are rotated."""

from __future__ import annotations

from starlette.responses import Response

from mock_server.control.app import Control, answer, no_content
from mock_server.rules import applications
from mock_server.scenarios.actions.action import application_of
from mock_server.scenarios.actions.applications import SecretToAdd, remove_secret
from mock_server.scenarios.problems import validate
from mock_server.world.applications import Application


async def add_secret(control: Control) -> Response:
    """A new secret, beside those that are active."""
    application = _application(control)
    wanted = validate(SecretToAdd, await control.document())
    application = applications.add_secret(control.sandbox, application, wanted.client_secret)
    return answer(
        {
            "client_id": application.client_id,
            "client_secret": application.client_secret,
            "client_secrets": list(application.client_secrets),
        },
        201,
    )


async def end_secret(control: Control) -> Response:
    """The secret authenticates and signs no more; the last one stays."""
    application = _application(control)
    secret = control.request.path_params["secret"]
    remove_secret(control.sandbox, application, secret, "secret")
    return no_content()


def _application(control: Control) -> Application:
    """The application that the path names. Raises Unknown."""
    return application_of(control.sandbox, control.request.path_params["client_id"], "client_id")


ROUTES = (
    ("POST", "/sandboxes/{sandbox_id}/applications/{client_id}/secrets", add_secret),
    (
        "DELETE",
        "/sandboxes/{sandbox_id}/applications/{client_id}/secrets/{secret:path}",
        end_secret,
    ),
)
