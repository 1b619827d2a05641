"""Making a scenario true: a sandbox with its applications, people and connections.

Everything that a scenario says about Cronofy's side is made by the same rules that
answer requests; only the provider side is written down directly.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from mock_server.scenarios import connect, files
from mock_server.scenarios.documents import (
    ApplicationDocument,
    ConsentDocument,
    EventDocument,
    FixtureDocument,
    OrganizationDocument,
    PersonDocument,
    ScenarioDocument,
)
from mock_server.scenarios.problems import Invalid, Problem
from mock_server.world.applications import AdminKey, Application, Features
from mock_server.world.clock import as_text, from_datetime
from mock_server.world.people import (
    Decisions,
    InviteHabit,
    Organization,
    Person,
    ProviderCalendar,
    ProviderEvent,
    Resource,
)
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox, Sandboxes, Switches
from mock_server.world.tables import Clash


class Taken(Exception):
    """With ``exact``: a sandbox id or credential is held by a living sandbox."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(slots=True)
class Loading:
    """A sandbox under construction.

    ``exact`` refuses credentials that another sandbox holds instead of replacing them.
    ``client_ids`` maps the client ids of the document to those that hold.
    """

    sandbox: Sandbox
    exact: bool = False
    client_ids: dict[str, str] = field(default_factory=dict)


def open_sandbox(
    sandboxes: Sandboxes,
    document: ScenarioDocument,
    *,
    folder: Path | None = None,
    sandbox_id: str | None = None,
    seed: int | None = None,
    clock: datetime | None = None,
    exact: bool = False,
) -> Sandbox:
    """A living sandbox in the situation of ``document``.

    ``folder`` is where the document's own fixtures lie. Raises Invalid for a document
    that contradicts itself, Taken for a clash under ``exact`` or of the sandbox id; in
    both cases no sandbox is left behind.
    """
    if sandbox_id is not None and sandbox_id in sandboxes:
        expected = "an id that no living sandbox has"
        raise Taken(Problem("sandbox_id", repr(sandbox_id), expected))
    start = clock or document.clock
    sandbox = sandboxes.open(
        sandbox_id or sandboxes.new_id(),
        document.seed if seed is None else seed,
        start=from_datetime(start) if start else None,
    )
    try:
        _fill(Loading(sandbox, exact), document, folder)
    except BaseException:
        sandboxes.discard(sandbox)
        raise
    sandboxes.add(sandbox)
    return sandbox


def _fill(loading: Loading, document: ScenarioDocument, folder: Path | None) -> None:
    sandbox = loading.sandbox
    sandbox.scenario = document.name
    sandbox.switches = Switches(**document.switches.model_dump())
    _add_admin_key(loading, document.admin_api_key)
    pieces: list[FixtureDocument] = [
        *(files.read_fixture(name, folder) for name in document.include),
        document,
    ]
    for piece in pieces:
        for index, application in enumerate(piece.applications):
            add_application(loading, application, f"applications[{index}]")
    if not sandbox.applications:
        add_application(loading, DEFAULT_APPLICATION, "applications[0]")
    for piece in pieces:
        for person in piece.people:
            add_person(sandbox, person)
        for organization in piece.organizations:
            add_organization(sandbox, organization)
        if piece.generate:
            from mock_server.scenarios.generate import people

            seed = sandbox.seed if piece.generate.seed is None else piece.generate.seed
            for person in people(piece.generate.people, seed, piece.generate.domain):
                if person.email not in sandbox.people:
                    add_person(sandbox, person)
    for index, connected in enumerate(document.connected):
        if connected.application is not None:
            known = loading.client_ids.get(connected.application, connected.application)
            connected = connected.model_copy(update={"application": known})
        try:
            connect.connect(sandbox, connected, f"connected[{index}]", exact=loading.exact)
        except Clash as clash:
            raise _taken(f"connected[{index}]", clash) from None


# What a sandbox without applications gets: both access-mode features, any redirect URI.
DEFAULT_APPLICATION = ApplicationDocument.model_validate(
    {
        "name": "Example Application",
        "features": {
            "free_busy": True,
            "no_access": True,
            "explicit_linking": True,
            "business_connect": True,
        },
    }
)


def _taken(where: str, clash: Clash) -> Taken:
    expected = f"a {clash.namespace} that no other living sandbox holds"
    return Taken(Problem(where, repr(clash.value), expected))


def _add_admin_key(loading: Loading, key: str | None) -> None:
    sandbox = loading.sandbox
    derived = sandbox.ids.token("admin_api_key")
    try:
        sandbox.admin_keys.put(AdminKey(key or derived))
    except Clash as clash:
        if loading.exact:
            raise _taken("admin_api_key", clash) from None
        sandbox.admin_keys.put(AdminKey(derived))


def add_application(loading: Loading, document: ApplicationDocument, where: str) -> Application:
    """An application; its credentials are kept while no living sandbox holds them."""
    sandbox = loading.sandbox
    derived_id, derived_secret = sandbox.ids.token("client_id"), sandbox.ids.client_secret()
    wanted_id, wanted_secret = document.client_id or derived_id, document.client_secret
    if wanted_id in sandbox.applications:
        raise Invalid([Problem(f"{where}.client_id", repr(wanted_id), "each client_id once")])
    application = Application(
        client_id=wanted_id,
        client_secrets=(wanted_secret or derived_secret,),
        name=document.name,
        url=document.url,
        mode=document.mode,
        redirect_uris=tuple(document.redirect_uris),
        plan=document.plan,
        features=Features(**document.features.model_dump()),
        internal=document.internal,
    )
    if sandbox.applications.one("secret", application.client_secret):
        secret = repr(application.client_secret)
        raise Invalid([Problem(f"{where}.client_secret", secret, "each client_secret once")])
    try:
        sandbox.applications.put(application)
    except Clash as clash:
        if loading.exact:
            raise _taken(where, clash) from None
        application = sandbox.applications.put(
            replace(application, client_id=derived_id, client_secrets=(derived_secret,))
        )
    loading.client_ids[wanted_id] = application.client_id
    return application


def add_person(sandbox: Sandbox, document: PersonDocument) -> Person:
    """A person with their calendar account. The same e-mail again replaces the person.

    Missing name and time zone come from Faker, seeded by the sandbox.
    """
    name, zoneinfo = document.name, document.zoneinfo
    if name is None or zoneinfo is None:
        from mock_server.scenarios.generate import identity

        made_up = identity(sandbox.ids.number("person"), document.locale)
        name, zoneinfo = name or made_up.name, zoneinfo or made_up.zoneinfo
    for calendar in sandbox.provider_calendars.by("email", document.email):
        for event in sandbox.provider_events.by("calendar", calendar.provider_calendar_id):
            sandbox.provider_events.remove(event.provider_event_id)
        sandbox.provider_calendars.remove(calendar.provider_calendar_id)
    person = sandbox.people.put(
        Person(
            email=document.email,
            name=name,
            zoneinfo=zoneinfo,
            locale=document.locale,
            provider=document.provider,
            decisions=_decisions(document.consent),
            invites=InviteHabit(document.invites.reply, document.invites.after.total)
            if document.invites
            else None,
            initial_sync=document.initial_sync,
        )
    )
    if person.provider != "none":
        _add_calendars(sandbox, person, document)
    return person


def _decisions(consent: ConsentDocument) -> Decisions:
    return Decisions(**consent.model_dump())


def _add_calendars(sandbox: Sandbox, person: Person, document: PersonDocument) -> None:
    described = document.calendars or []
    if not any(calendar.primary for calendar in described):
        # Every calendar account has a primary calendar.
        _add_calendar(sandbox, person, person.email, primary=True)
    for calendar in described:
        made = _add_calendar(
            sandbox,
            person,
            calendar.name,
            primary=calendar.primary,
            readonly=calendar.readonly,
            color=calendar.color,
        )
        for event in calendar.events:
            add_event(sandbox, made, event)
    if document.generate:
        from mock_server.scenarios.generate import events

        primary = next(c for c in sandbox.provider_calendars.by("email", person.email) if c.primary)
        seed = sandbox.ids.number("events")
        wanted = document.generate
        for event in events(wanted.events, wanted.days, seed, sandbox.now(), person.zoneinfo):
            add_event(sandbox, primary, event)


def _add_calendar(
    sandbox: Sandbox,
    person: Person,
    name: str,
    *,
    primary: bool,
    readonly: bool = False,
    color: str | None = None,
) -> ProviderCalendar:
    return sandbox.provider_calendars.put(
        ProviderCalendar(
            provider_calendar_id=sandbox.ids.hex("pcal"),
            email=person.email,
            name=name,
            primary=primary,
            readonly=readonly,
            color=color,
        )
    )


def add_event(
    sandbox: Sandbox, calendar: ProviderCalendar, document: EventDocument
) -> ProviderEvent:
    """An event in a provider calendar."""
    all_day = not isinstance(document.start, datetime)
    return sandbox.provider_events.put(
        ProviderEvent(
            provider_event_id=sandbox.ids.hex("evt_external"),
            provider_calendar_id=calendar.provider_calendar_id,
            summary=document.summary,
            start=_event_time(document.start),
            end=_event_time(document.end),
            all_day=all_day,
            description=document.description,
            location=document.location,
            transparency=document.transparency,
            private=document.private,
        )
    )


def _event_time(value: object) -> str:
    return as_text(from_datetime(value)) if isinstance(value, datetime) else str(value)


def add_organization(sandbox: Sandbox, document: OrganizationDocument) -> Organization:
    """A domain; whoever of it is not described under ``people`` is made up."""
    administrator = document.administrator or f"admin@{document.domain}"
    organization = sandbox.organizations.put(
        Organization(
            domain=document.domain,
            provider=document.provider,
            administrator=administrator,
            members=tuple(dict.fromkeys(document.members)),
            resources=tuple(
                Resource(item.email, item.name, item.capacity, item.location)
                for item in document.resources
            ),
            availability_only=tuple(document.availability_only),
        )
    )
    for email in dict.fromkeys((administrator, *organization.members)):
        if email not in sandbox.people:
            add_person(sandbox, PersonDocument(email=email, provider=document.provider))
    for resource in organization.resources:
        if resource.email not in sandbox.people:
            add_person(
                sandbox,
                PersonDocument(
                    email=resource.email,
                    name=resource.name,
                    zoneinfo=_zone_of(sandbox, administrator),
                    provider=document.provider,
                ),
            )
    return organization


def _zone_of(sandbox: Sandbox, email: str) -> str:
    return sandbox.people[email].zoneinfo or "Etc/UTC"
