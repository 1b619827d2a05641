"""Who says what on an authorize page that nobody looks at.

Queued consents come first, then what the scenario says people decide, then automatic
consent. A decision that the request does not allow leaves the page to whoever looks.
"""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from mock_server.rules import authorize, consents, enterprise_connect
from mock_server.rules.access_modes import AccessMode
from mock_server.rules.authorize import Offer
from mock_server.rules.consents import Decision
from mock_server.rules.providers import by_request_name
from mock_server.world.applications import Application
from mock_server.world.people import Organization, Person
from mock_server.world.sandbox import Sandbox


class Unfit(Exception):
    """Why a decision cannot be carried out on this request."""


class Signer(msgspec.Struct, frozen=True):
    """Somebody who may sign in: a person, or the administrator of ``organization``."""

    person: Person
    provider: str
    organization: Organization | None = None


class Verdict(msgspec.Struct, frozen=True):
    """What is decided. Who refuses needs no mode."""

    signer: Signer | None
    mode: AccessMode | None


REFUSED = Verdict(None, None)


def decide(
    sandbox: Sandbox, application: Application, made: Offer, *, enterprise: bool, auto: bool
) -> Verdict | None:
    """The decision on an authorize page; None leaves it to a person.

    Why a queued or scripted one cannot be carried out is added to ``made.findings``.
    """
    page = "enterprise" if enterprise else "authorize"
    signers = administrators(sandbox, made) if enterprise else people(sandbox, made)
    deciding = {
        signer.person.email: decision
        for signer in signers
        if (decision := consents.scripted(signer.person, page))
    }
    queued = consents.take_queued(sandbox, page, application)
    try:
        if queued is not None:
            if not queued.allow:
                return REFUSED
            return _settle(sandbox, application, made, queued, signers, deciding)
        if deciding:
            return _scripted(sandbox, application, made, signers, deciding)
    except Unfit as unfit:
        kind = "queued" if queued else "scripted"
        text = f"the {kind} consent cannot be carried out here: {unfit}"
        made.remark("consent_not_possible", text)
        return None
    if auto and signers:
        return _settle(sandbox, application, made, Decision(allow=True), signers, ())
    return None


def people(sandbox: Sandbox, made: Offer) -> list[Signer]:
    """Everybody who can sign in to what ``made`` offers."""
    return [Signer(person, person.provider) for person in authorize.people_for(sandbox, made)]


def administrators(sandbox: Sandbox, made: Offer) -> list[Signer]:
    """The administrators of all organizations that ``made`` reaches."""
    return [
        Signer(sandbox.people[organization.administrator], organization.provider, organization)
        for organization in authorize.organizations_for(sandbox, made)
    ]


def _settle(
    sandbox: Sandbox,
    application: Application,
    made: Offer,
    decision: Decision,
    signers: list[Signer],
    preferred: Collection[str],
) -> Verdict:
    """Agreement as ``decision`` words it: with its person, else with one whose turn it is.

    Those whose e-mail addresses are ``preferred`` come first. Raises Unfit.
    """
    wanted = decision.access_mode
    if decision.provider_name and (named := by_request_name(decision.provider_name)):
        mode_name, provider = named
        wanted = wanted or mode_name
        signers = [s for s in signers if provider is None or s.provider == provider.key]
    if decision.email is not None:
        signers = [s for s in signers if s.person.email == decision.email]
        if not signers:
            raise Unfit(f"{decision.email} cannot sign in with what this request asks for")
    fitting = [s for s in signers if _reached(made, s, wanted)]
    if not fitting:
        # Says why, for the first of them.
        if signers:
            mode_for(made, signers[0].provider, wanted)
        raise Unfit("nobody in the sandbox can sign in with what it asks for")
    first = [signer for signer in fitting if signer.person.email in preferred]
    signer = _whose_turn(sandbox, application, first or fitting)
    return Verdict(signer, mode_for(made, signer.provider, wanted))


def _scripted(
    sandbox: Sandbox,
    application: Application,
    made: Offer,
    signers: list[Signer],
    deciding: dict[str, Decision],
) -> Verdict:
    """What the scripted person decides whose turn it is. Raises Unfit if none of them can."""
    able = [
        signer
        for signer in signers
        if (decision := deciding.get(signer.person.email))
        and (not decision.allow or _reached(made, signer, decision.access_mode))
    ]
    if not able:
        unable = next(s for s in signers if s.person.email in deciding)
        mode_for(made, unable.provider, deciding[unable.person.email].access_mode)
    signer = _whose_turn(sandbox, application, able)
    decision = deciding[signer.person.email]
    if not decision.allow:
        return REFUSED
    return Verdict(signer, mode_for(made, signer.provider, decision.access_mode))


def _reached(made: Offer, signer: Signer, wanted: str | None) -> bool:
    try:
        mode_for(made, signer.provider, wanted)
    except Unfit:
        return False
    return True


def mode_for(made: Offer, provider: str, wanted: str | None) -> AccessMode:
    """The mode in which somebody of ``provider`` connects: ``wanted``, else the first that can.

    Modes stand in the order of their reach, so the first is Read-Write wherever that is on
    offer. Raises Unfit.
    """
    on_offer = [made.mode] if made.mode else made.modes
    for mode in on_offer:
        if wanted in (None, mode.name) and mode.reaches(provider):
            return mode
    names = ", ".join(mode.name for mode in on_offer)
    raise Unfit(
        f"access_mode {wanted or '(any)'} is not on offer to somebody whose provider is "
        f"{provider}; the request offers: {names}"
    )


def _whose_turn(sandbox: Sandbox, application: Application, signers: list[Signer]) -> Signer:
    """The first whom the application has not connected yet, else the first."""
    if signers[0].organization is None:
        person = consents.whose_turn(sandbox, application, [s.person for s in signers])
        return next(s for s in signers if s.person == person)
    return next(
        (
            signer
            for signer in signers
            if signer.organization
            and not enterprise_connect.service_account_of(
                sandbox, application, signer.organization.domain
            )
        ),
        signers[0],
    )
