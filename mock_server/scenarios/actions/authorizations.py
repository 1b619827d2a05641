"""People take back what they have granted, as they can on Cronofy's own site."""

# Annotations are evaluated at once here, as in documents.py.

from mock_server.rules import authorizations
from mock_server.scenarios.actions.action import Action, Outcome, application_of, person_of
from mock_server.scenarios.fields import Credential, Email, Model
from mock_server.scenarios.problems import Invalid, Problem
from mock_server.world.accounts import Authorization
from mock_server.world.sandbox import Sandbox


class RevokeAccess(Model):
    """Whose access is taken back: one application's, or that of all."""

    person: Email
    application: Credential | None = None


def revoke_access(sandbox: Sandbox, wanted: RevokeAccess) -> list[Authorization]:
    """The authorizations that end. Raises Unknown, and Invalid where there are none."""
    person = person_of(sandbox, wanted.person)
    if wanted.application is not None:
        application_of(sandbox, wanted.application)
    subs = {account.sub for account in sandbox.accounts.by("email", person.email)}
    subs |= {profile.sub for profile in sandbox.profiles.by("email", person.email)}
    found = [
        authorization
        for sub in sorted(subs)
        for authorization in sandbox.authorizations.by("sub", sub)
        if wanted.application in (None, authorization.client_id)
    ]
    if not found:
        expected = "somebody who has authorized an application"
        raise Invalid([Problem("person", f"{person.email}, who has not", expected)])
    for authorization in found:
        # Ending one may have ended the next.
        if authorization.key in sandbox.authorizations:
            authorizations.revoke(sandbox, authorization, "person")
    return found


def _carry_out(sandbox: Sandbox, wanted: RevokeAccess) -> Outcome:
    return {"subs": [authorization.sub for authorization in revoke_access(sandbox, wanted)]}


ACTIONS = {"revoke_access": Action(RevokeAccess, _carry_out)}
