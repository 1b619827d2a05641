"""The provider side of a scenario, written down directly: people, calendars, organizations."""

from __future__ import annotations

from mock_server.rules import provider_events
from mock_server.rules.providers import NO_PROVIDER
from mock_server.scenarios.documents import (
    CalendarDocument,
    GenerateEventsDocument,
    OrganizationDocument,
    PersonDocument,
    ResourceDocument,
)
from mock_server.scenarios.event_documents import EventDocument, details
from mock_server.scenarios.fields import Model
from mock_server.world.people import (
    ConferencingService,
    Decisions,
    InviteHabit,
    Organization,
    Person,
    ProviderCalendar,
    ProviderEvent,
    Resource,
)
from mock_server.world.sandbox import Sandbox


def add_person(sandbox: Sandbox, document: PersonDocument) -> Person:
    """A person with their calendar account; nobody of that e-mail address is there yet.

    Missing name and time zone come from Faker, seeded by the sandbox.
    """
    name, zoneinfo = document.name, document.zoneinfo
    if name is None or zoneinfo is None:
        from mock_server.scenarios.generate import identity  # imports Faker, which is slow

        made_up = identity(sandbox.ids.number("person"), document.locale)
        name, zoneinfo = name or made_up.name, zoneinfo or made_up.zoneinfo
    invites = document.invites
    person = sandbox.people.put(
        Person(
            email=document.email,
            name=name,
            zoneinfo=zoneinfo,
            locale=document.locale,
            provider=document.provider,
            decisions=Decisions(**dict(document.consent)),
            invites=InviteHabit(invites.reply, invites.after.total) if invites else None,
            initial_sync=document.initial_sync,
            sync_delay=document.sync_delay.total,
            conferencing=tuple(
                ConferencingService(
                    service.provider_name,
                    service.name or document.email,
                    service.connected,
                    service.failing,
                )
                for service in document.conferencing
            ),
        )
    )
    if person.provider != NO_PROVIDER:
        _add_calendars(sandbox, person, document)
    return person


def _add_calendars(sandbox: Sandbox, person: Person, document: PersonDocument) -> None:
    described = document.calendars or []
    if not any(calendar.primary for calendar in described):
        # Every calendar account has a primary calendar.
        described = [CalendarDocument.model_construct(name=person.email, primary=True), *described]
    for calendar in described:
        made = sandbox.provider_calendars.put(
            ProviderCalendar(
                provider_calendar_id=sandbox.ids.hex("pcal"),
                email=person.email,
                name=calendar.name,
                primary=calendar.primary,
                readonly=calendar.readonly,
                color=calendar.color,
            )
        )
        for event in calendar.events:
            add_event(sandbox, made, event)
        if calendar.primary and document.generate:
            _generate_events(sandbox, person, made, document.generate)


def _generate_events(
    sandbox: Sandbox, person: Person, calendar: ProviderCalendar, wanted: GenerateEventsDocument
) -> None:
    from mock_server.scenarios.generate import events

    seed = sandbox.ids.number("events")
    for event in events(wanted.events, wanted.days, seed, sandbox.now(), person.zoneinfo):
        add_event(sandbox, calendar, event)


def add_event(
    sandbox: Sandbox, calendar: ProviderCalendar, document: EventDocument
) -> ProviderEvent:
    """An event in a provider calendar, as its owner makes it."""
    owner = sandbox.people[calendar.email]
    return provider_events.put(sandbox, calendar, details(document, owner))


def add_organization(sandbox: Sandbox, document: OrganizationDocument) -> Organization:
    """A domain; whoever of it is not described under ``people`` is made up."""
    rooms = {resource.email for resource in document.resources}
    members = [email for email in document.availability_only if email not in rooms]
    organization = sandbox.organizations.put(
        Organization(
            domain=document.domain,
            provider=document.provider,
            administrator=document.administrator or f"admin@{document.domain}",
            members=tuple(dict.fromkeys([*document.members, *members])),
            resources=tuple(_resource(sandbox, room) for room in document.resources),
            availability_only=tuple(document.availability_only),
        )
    )
    for email in (organization.administrator, *organization.members):
        if email not in sandbox.people:
            add_person(
                sandbox, PersonDocument.model_construct(email=email, provider=document.provider)
            )
    administrator = sandbox.people[organization.administrator]
    for resource in organization.resources:
        if resource.email not in sandbox.people:
            add_person(
                sandbox,
                PersonDocument.model_construct(
                    email=resource.email,
                    name=resource.name,
                    zoneinfo=administrator.zoneinfo,
                    provider=document.provider,
                ),
            )
    return organization


def _resource(sandbox: Sandbox, document: ResourceDocument) -> Resource:
    location = _named(document.location) if document.location else None
    sub = sandbox.ids.hex("res")
    return Resource(sub, document.email, document.name, document.capacity, location)


def _named(document: Model) -> dict[str, object]:
    """The keys that the document names, as plain values."""
    return {
        name: _named(value) if isinstance(value, Model) else value
        for name, value in document
        if name in document.model_fields_set and value is not None
    }
