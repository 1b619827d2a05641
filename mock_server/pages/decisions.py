"""Who says what, where nobody looks at the authorize page.

Queued consents come first, then what the scenario says people decide, then automatic
consent. A decision that the request does not allow leaves the page to whoever looks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from mock_server.rules import authorize, consents, enterprise_connect
from mock_server.rules.access_modes import ACCESS_MODES, AccessMode
from mock_server.rules.authorize import Offer
from mock_server.rules.consents import Decision
from mock_server.rules.providers import by_request_name
from mock_server.world.applications import Application
from mock_server.world.people import Organization, Person
from mock_server.world.sandbox import Sandbox


class Unfit(Exception):
    """Why a decision cannot be carried out on this request."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is decided: the person or the organization, and the mode; both None means no."""

    person: Person | None = None
    organization: Organization | None = None
    mode: AccessMode | None = None


REFUSAL = Verdict()


def mode_for(made: Offer, provider: str, wanted: str | None) -> AccessMode:
    """The mode in which somebody of ``provider`` connects: ``wanted``, else the first that can.

    Modes are in the order of their reach, so that is Read-Write wherever it is on offer.
    Raises Unfit.
    """
    open_to_choice = [made.mode] if made.mode else made.modes
    reaching = [mode for mode in open_to_choice if mode.reaches(provider)]
    for mode in reaching:
        if wanted in (None, mode.name):
            return mode
    names = ", ".join(mode.name for mode in reaching) or "none"
    raise Unfit(f"access_mode {wanted or 'of any kind'} is not on offer here to them; on offer: {names}")


def decide(
    sandbox: Sandbox, application: Application, made: Offer, *, enterprise: bool, auto: bool
) -> Verdict | None:
    """The decision on an authorize page; None leaves it to a person.

    Why a queued or scripted one could not be carried out is added to ``made.warnings``.
    """
    by = _Administrators(sandbox, application, made) if enterprise else _People(
        sandbox, application, made
    )
    queued = consents.take_queued(sandbox, by.page, application)
    if queued is not None:
        try:
            return by.queued(queued) if queued.allow else REFUSAL
        except Unfit as unfit:
            made.warnings.append(f"the queued consent is used up without effect: {unfit}")
            return None
    return by.scripted() or (by.automatic() if auto else None)
