"""The secrets of applications, of which several are active while they are rotated."""

# Annotations are evaluated at once here, as in documents.py.

from mock_server.rules import applications
from mock_server.scenarios.actions.action import Action, Outcome, application_of
from mock_server.scenarios.fields import Credential, Model
from mock_server.scenarios.problems import Invalid, Problem, Unknown
from mock_server.world.applications import Application
from mock_server.world.directory import Clash
from mock_server.world.masking import shortened
from mock_server.world.sandbox import Sandbox


class SecretToAdd(Model):
    """``client_secret`` is chosen here, or by the emulator."""

    client_secret: Credential | None = None


def remove_secret(
    sandbox: Sandbox, application: Application, secret: str, place: str
) -> Application:
    """The secret authenticates and signs no more; the last one stays."""
    if secret not in application.client_secrets:
        known = ", ".join(shortened(known) for known in application.client_secrets)
        raise Unknown(Problem(place, repr(shortened(secret)), f"one of {known}"))
    if len(application.client_secrets) == 1:
        expected = "one of several: without any, the application could do nothing"
        raise Invalid([Problem(place, "the last one", expected)])
    return applications.end_secret(sandbox, application, secret)


class AddSecret(SecretToAdd):
    """To the first application, if it names none."""

    application: Credential | None = None


class RemoveSecret(Model):
    """The oldest one, or this ``client_secret``."""

    application: Credential | None = None
    client_secret: Credential | None = None


def _add(sandbox: Sandbox, wanted: AddSecret) -> Outcome:
    application = application_of(sandbox, wanted.application)
    try:
        application = applications.add_secret(sandbox, application, wanted.client_secret)
    except Clash:
        expected = "a secret that nothing else holds"
        raise Invalid([Problem("client_secret", "one that is held already", expected)]) from None
    return {"client_id": application.client_id}


def _remove(sandbox: Sandbox, wanted: RemoveSecret) -> Outcome:
    application = application_of(sandbox, wanted.application)
    secret = wanted.client_secret or application.client_secrets[-1]
    remove_secret(sandbox, application, secret, "client_secret")
    return {"client_id": application.client_id}


ACTIONS = {
    "add_secret": Action(AddSecret, _add),
    "remove_secret": Action(RemoveSecret, _remove),
}
