"""The secrets of applications, of which several are active while they are rotated."""

from __future__ import annotations

from starlette.responses import Response

from mock_server.control.app import Control, answer, no_content
from mock_server.control.requests import AddSecret
from mock_server.rules import applications
from mock_server.scenarios.problems import Invalid, Problem, Unknown, validate
from mock_server.world.applications import Application


async def add_secret(control: Control) -> Response:
    """A new secret, beside those that are active."""
    application = _application(control)
    wanted = validate(AddSecret, await control.document())
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
    if secret not in application.client_secrets:
        known = ", ".join(application.client_secrets)
        raise Unknown(Problem("secret", repr(secret), f"one of {known}"))
    if len(application.client_secrets) == 1:
        expected = "one of several: without any, the application could do nothing"
        raise Invalid([Problem("secret", "the last one", expected)])
    applications.end_secret(control.sandbox, application, secret)
    return no_content()


def _application(control: Control) -> Application:
    """The application that the path names. Raises Unknown."""
    client_id = control.request.path_params["client_id"]
    application = control.sandbox.applications.get(client_id)
    if application is None:
        known = ", ".join(other.client_id for other in list(control.sandbox.applications)[:10])
        raise Unknown(Problem("client_id", repr(client_id), f"one of {known}"))
    return application


ROUTES = (
    ("POST", "/sandboxes/{sandbox_id}/applications/{client_id}/secrets", add_secret),
    (
        "DELETE",
        "/sandboxes/{sandbox_id}/applications/{client_id}/secrets/{secret:path}",
        end_secret,
    ),
)
