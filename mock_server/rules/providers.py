"""Calendar providers, and the three vocabularies in which they are named.

A person's ``provider`` (scenario files), the ``provider_name`` values that an authorize
URL takes, and the ``provider_name``/``provider_service`` that Cronofy reports are not
the same sets (identity §3.1, §8.3).
"""

from __future__ import annotations

from mock_server.world.accounts import Profile
from mock_server.world.records import Record
from mock_server.world.sandbox import Sandbox


class Provider(Record, frozen=True):
    """``request_names`` go straight to its read-write sign-in on the authorize page.

    ``free_busy_name`` is both requested and reported in Free/Busy mode; None where that
    mode does not reach. ``organization_service`` takes the place of ``provider_service`` in
    an organization. ``integrated_conferencing`` is the service whose meetings its writable
    calendars offer, ``attachments`` whether they take any; ``unique_names`` refuses two
    calendars of one name.
    Of what is written, the provider keeps: the first ``reminders``; ``urls``, on Google
    for good; ``colors`` of events and ``calendar_colors`` (events §1.2; Outlook.com's
    nearest of a palette is left as asked); ``extended_transparency``; and conferencing in a
    field of its own (events §§2.1, 2.4). ``drops_declined``: what somebody declines leaves
    their calendar (docs: participation-status).
    """

    key: str
    label: str
    request_names: tuple[str, ...]
    provider_name: str
    provider_service: str
    provider_protocol: str | None = None
    free_busy_name: str | None = None
    organization_service: str | None = None
    integrated_conferencing: str | None = None
    attachments: bool = False
    unique_names: bool = False
    reminders: int = 1
    urls: bool = False
    keeps_urls: bool = False
    colors: bool = False
    calendar_colors: bool = True
    extended_transparency: bool = False
    conferencing_field: bool = False
    drops_declined: bool = False


GOOGLE = Provider(
    key="google",
    label="Google",
    request_names=("google",),
    provider_name="google",
    provider_service="google",
    free_busy_name="google_free_busy",
    organization_service="gsuite",
    integrated_conferencing="google_meet",
    reminders=5,
    urls=True,
    keeps_urls=True,
    colors=True,
    conferencing_field=True,
)
OFFICE365 = Provider(
    key="office365",
    label="Microsoft 365",
    request_names=("office365",),
    provider_name="exchange",
    provider_service="office365",
    provider_protocol="graph_api",
    free_busy_name="ms_graph_free_busy",
    integrated_conferencing="ms_teams",
    unique_names=True,
    calendar_colors=False,
    extended_transparency=True,
    conferencing_field=True,
    drops_declined=True,
)
EXCHANGE = Provider(
    key="exchange",
    label="Microsoft Exchange",
    request_names=("exchange",),
    provider_name="exchange",
    provider_service="exchange",
    unique_names=True,
    calendar_colors=False,
    extended_transparency=True,
    drops_declined=True,
)
APPLE = Provider(
    key="apple",
    label="Apple iCloud",
    request_names=("apple",),
    provider_name="apple",
    provider_service="icloud",
    attachments=True,
    reminders=5,
    urls=True,
)
OUTLOOK_COM = Provider(
    key="outlook_com",
    label="Outlook.com",
    request_names=("live_connect", "outlook_com"),
    provider_name="live_connect",
    provider_service="outlook_com",
    unique_names=True,
    extended_transparency=True,
)

PROVIDERS = {p.key: p for p in (GOOGLE, OFFICE365, EXCHANGE, APPLE, OUTLOOK_COM)}

# A person without a calendar account: only No Calendar Access can connect them.
NO_PROVIDER = "none"

# Reported for every calendar that Cronofy hosts itself.
CRONOFY = "cronofy"


def of(sandbox: Sandbox, profile: Profile) -> Provider:
    """The provider of whoever's calendars ``profile`` shows."""
    return PROVIDERS[sandbox.people[profile.email].provider]


def key_behind(sandbox: Sandbox, profile: Profile) -> str | None:
    """The key of that provider; None for calendars that Cronofy hosts itself."""
    if profile.hosted or profile.email is None:
        return None
    return of(sandbox, profile).key


def by_request_name(provider_name: str) -> tuple[str, Provider | None] | None:
    """``(access mode, provider)`` that an authorize URL's ``provider_name`` leads to.

    None for a name nobody knows; the provider is None for ``cronofy``, where an e-mail
    address takes its place.
    """
    if provider_name == CRONOFY:
        return "no_calendar", None
    for provider in PROVIDERS.values():
        if provider_name in provider.request_names:
            return "read_write", provider
        if provider_name == provider.free_busy_name:
            return "free_busy", provider
    return None


def request_names() -> list[str]:
    """Every value that ``provider_name`` takes on an authorize URL."""
    names = [name for p in PROVIDERS.values() for name in p.request_names]
    names += [p.free_busy_name for p in PROVIDERS.values() if p.free_busy_name]
    return [*names, CRONOFY]
