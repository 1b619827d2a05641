"""How far somebody has come on the authorize page, by the choices in its address.

Individual Connect: mode → provider → person → consent; with No Calendar Access mode →
e-mail → code → consent. Enterprise Connect: mode → organization → consent. A choice that
the request has made already is no step.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from mock_server.pages.decisions import Signer, administrators, people
from mock_server.rules import authorize, verification
from mock_server.rules.access_modes import NO_CALENDAR, AccessMode
from mock_server.rules.authorize import AuthorizeRequest, Offer
from mock_server.rules.providers import NO_PROVIDER, Provider
from mock_server.world.applications import Application
from mock_server.world.grants import EmailVerification
from mock_server.world.people import Person
from mock_server.world.sandbox import Sandbox

# The parameters that carry the choices. Ours, so that they never meet one of Cronofy's.
MODE = "chosen_mode"
PROVIDER = "chosen_provider"
PERSON = "chosen_person"
ORGANIZATION = "chosen_organization"
VERIFICATION = "verification"
CHOICES = (MODE, PROVIDER, PERSON, ORGANIZATION, VERIFICATION)


class Progress(msgspec.Struct):
    """The open step, and what has been chosen before it.

    ``previous`` is the choice that the step before made, if a person made it. ``signers``
    are those among whom the steps person and organization choose; ``refused`` is a choice
    that cannot be.
    """

    sequence: list[str]
    step: str
    previous: str | None = None
    mode: AccessMode | None = None
    provider: Provider | None = None
    signers: list[Signer] = []
    signer: Signer | None = None
    verification: EmailVerification | None = None
    refused: str = ""

    @property
    def number(self) -> int:
        return self.sequence.index(self.step) + 1


def progress(
    sandbox: Sandbox,
    application: Application,
    request: AuthorizeRequest,
    made: Offer,
    choices: Mapping[str, str],
) -> Progress:
    """The step that is open, given the ``choices`` in the address; none of them is trusted."""
    mode = made.mode or _on_offer(made, choices.get(MODE, ""))
    first = [] if made.mode else ["mode"]
    if request.enterprise:
        return _organization(sandbox, made, mode, first, choices)
    if mode == NO_CALENDAR:
        return _verified(sandbox, application, mode, first, choices)
    return _person(sandbox, made, mode, first, choices)


def _on_offer(made: Offer, name: str) -> AccessMode | None:
    return next((mode for mode in made.modes if mode.name == name), None)


def _person(
    sandbox: Sandbox,
    made: Offer,
    mode: AccessMode | None,
    first: list[str],
    choices: Mapping[str, str],
) -> Progress:
    sequence = [*first, *([] if made.provider else ["provider"]), "person", "consent"]
    if mode is None:
        return Progress(sequence, "mode")
    previous = MODE if first else None
    provider = made.provider
    if provider is None:
        wanted = choices.get(PROVIDER, "")
        provider = next((p for p in authorize.providers_for(mode) if p.key == wanted), None)
        if provider is None:
            return Progress(sequence, "provider", previous, mode)
        previous = PROVIDER
    signers = people(sandbox, Offer(made.modes, mode, provider))
    wanted = choices.get(PERSON, "")
    signer = _named(signers, verification.address(wanted))
    if signer is None:
        return Progress(
            sequence, "person", previous, mode, provider, signers=signers, refused=wanted
        )
    return Progress(sequence, "consent", PERSON, mode, provider, signer=signer)


def _named(signers: list[Signer], email: str | None) -> Signer | None:
    return next((signer for signer in signers if signer.person.email == email), None)


def _verified(
    sandbox: Sandbox,
    application: Application,
    mode: AccessMode,
    first: list[str],
    choices: Mapping[str, str],
) -> Progress:
    sequence = [*first, "email", "code", "consent"]
    token = choices.get(VERIFICATION, "")
    found = verification.find(sandbox, application, token)
    if found is None:
        return Progress(sequence, "email", MODE if first else None, mode, refused=token)
    if not found.verified:
        return Progress(sequence, "code", VERIFICATION, mode, verification=found)
    # Nobody is added to the sandbox before they agree.
    person = sandbox.people.get(found.email) or Person(
        email=found.email, name=None, zoneinfo=None, locale=None, provider=NO_PROVIDER
    )
    signer = Signer(person, person.provider)
    return Progress(sequence, "consent", VERIFICATION, mode, signer=signer, verification=found)


def _organization(
    sandbox: Sandbox,
    made: Offer,
    mode: AccessMode | None,
    first: list[str],
    choices: Mapping[str, str],
) -> Progress:
    sequence = [*first, "organization", "consent"]
    if mode is None:
        return Progress(sequence, "mode")
    signers = administrators(sandbox, Offer(made.modes, mode))
    wanted = choices.get(ORGANIZATION, "")
    for signer in signers:
        if signer.organization and signer.organization.domain == wanted.strip().lower():
            return Progress(sequence, "consent", ORGANIZATION, mode, signer=signer)
    previous = MODE if first else None
    return Progress(sequence, "organization", previous, mode, signers=signers, refused=wanted)
