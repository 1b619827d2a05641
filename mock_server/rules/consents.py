"""Decisions made without anybody looking at a page: queued, scripted, or automatic.

A *queued* consent (control API) answers the next matching page; a *scripted* one is
what the scenario says a person decides; with automatic consent the server allows
everything. Queued goes before scripted, scripted before automatic.
"""

from __future__ import annotations

from mock_server.world.applications import Application
from mock_server.world.grants import Consent
from mock_server.world.people import Person
from mock_server.world.records import Record, replace
from mock_server.world.sandbox import Sandbox


class Decision(Record, frozen=True):
    """What to do on a page. ``email`` is who does it, where the page does not know."""

    allow: bool
    email: str | None = None
    access_mode: str | None = None
    provider_name: str | None = None


def take_queued(
    sandbox: Sandbox, page: str, application: Application, email: str | None = None
) -> Decision | None:
    """The first queued consent for ``page``, used up once; None if there is none.

    ``email`` is the person the page belongs to; None where a person is yet to sign in.
    """
    for consent in sandbox.consents:
        if consent.page != page:
            continue
        if consent.client_id not in (None, application.client_id):
            continue
        if email is not None and consent.email not in (None, email):
            continue
        _use(sandbox, consent)
        return Decision(
            consent.decision == "allow",
            consent.email,
            consent.access_mode,
            consent.provider_name,
        )
    return None


def _use(sandbox: Sandbox, consent: Consent) -> None:
    if consent.times > 1:
        sandbox.consents.put(replace(consent, times=consent.times - 1))
    else:
        sandbox.consents.remove(consent.consent_id)


def scripted(person: Person, page: str) -> Decision | None:
    """What the scenario says ``person`` decides on ``page``."""
    decision: str | None = getattr(person.decisions, page)
    if decision is None:
        return None
    return Decision(decision == "allow", person.email, person.decisions.access_mode)


def whose_turn(
    sandbox: Sandbox, application: Application, candidates: list[Person]
) -> Person | None:
    """The first candidate whom the application does not know yet, else the first.

    Opening an authorize URL several times so connects the scripted people one by one.
    """

    def known(person: Person) -> bool:
        return any(
            (application.client_id, profile.sub) in sandbox.authorizations
            for profile in sandbox.profiles.by("email", person.email)
        )

    return next((p for p in candidates if not known(p)), None) or next(iter(candidates), None)
