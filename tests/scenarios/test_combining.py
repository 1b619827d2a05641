"""How a scenario's entries combine with those of the fixtures that it includes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mock_server.scenarios.files import read_scenario
from mock_server.scenarios.load import open_sandbox
from mock_server.world.applications import Features
from mock_server.world.people import Decisions, InviteHabit, Person
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox
from mock_server.world.sandboxes import Sandboxes

FIXTURE = """
applications:
  - client_id: scheduler
    client_secret: shared-secret
    name: Scheduler
    redirect_uris: ["http://localhost:3000/callback"]
    features: {no_access: true, explicit_linking: true}
people:
  - email: jane@acme.test
    name: Jane Doe
    zoneinfo: Europe/London
    locale: en-GB
    provider: office365
    calendars:
      - name: Calendar
        primary: true
        events: [{summary: Lunch, start: 2026-05-11, end: 2026-05-12}]
      - {name: Holidays, readonly: true}
    consent: {authorize: allow, permissions: allow}
    invites: {reply: accepted, after: {hours: 1}}
organizations:
  - domain: acme.test
    provider: office365
    administrator: boss@acme.test
    members: [jane@acme.test]
    resources: [{email: room@acme.test, name: Room}]
"""

JANE = Person(
    email="jane@acme.test",
    name="Jane Doe",
    zoneinfo="Europe/London",
    locale="en-GB",
    provider="office365",
    decisions=Decisions(authorize="allow", permissions="allow"),
    invites=InviteHabit("accepted", 3600),
)


@pytest.fixture
def opened(tmp_path: Path) -> Any:
    """Writes fixtures and a scenario that includes them, and opens it."""

    def open_it(scenario: str, *fixtures: str) -> Sandbox:
        names = [f"{index}.yaml" for index, _ in enumerate(fixtures)]
        for name, text in zip(names, fixtures, strict=True):
            (tmp_path / name).write_text(text, "utf-8")
        path = tmp_path / "scenario.yaml"
        path.write_text(f"include: [{', '.join(names)}]\n{scenario}", "utf-8")
        return open_sandbox(Sandboxes(), read_scenario(path))

    return open_it


def calendars(sandbox: Sandbox) -> list[tuple[str, int]]:
    """Jane's calendars, with how many events each has."""
    return [
        (c.name, len(sandbox.provider_events.by("calendar", c.provider_calendar_id)))
        for c in sandbox.provider_calendars.by("email", "jane@acme.test")
    ]


def test_a_person_keeps_what_is_not_named(opened: Any) -> None:
    """The keys that the scenario names replace the fixture's; all others stay."""
    scenario = "people: [{email: JANE@acme.test, zoneinfo: Asia/Tokyo, initial_sync: held}]"
    sandbox = opened(scenario, FIXTURE)
    assert sandbox.people["jane@acme.test"] == replace(
        JANE, zoneinfo="Asia/Tokyo", initial_sync="held"
    )
    assert calendars(sandbox) == [("Calendar", 1), ("Holidays", 0)]


def test_consent_is_combined_decision_by_decision(opened: Any) -> None:
    scenario = "people: [{email: jane@acme.test, consent: {permissions: deny, enterprise: deny}}]"
    decisions = opened(scenario, FIXTURE).people["jane@acme.test"].decisions
    assert decisions == Decisions(authorize="allow", permissions="deny", enterprise="deny")


def test_other_keys_are_replaced_whole(opened: Any) -> None:
    """A list of calendars replaces the other list, a duration the other duration."""
    scenario = """
people:
  - email: jane@acme.test
    calendars: [{name: Only, primary: true}]
    invites: {reply: declined, after: {minutes: 5}}
"""
    sandbox = opened(scenario, FIXTURE)
    assert sandbox.people["jane@acme.test"] == replace(JANE, invites=InviteHabit("declined", 300))
    assert calendars(sandbox) == [("Only", 0)]


def test_null_takes_a_key_away(opened: Any) -> None:
    """null is a value too: here, nothing of what the fixture says."""
    scenario = "people: [{email: jane@acme.test, provider: none, calendars: null, invites: null}]"
    sandbox = opened(scenario, FIXTURE)
    assert sandbox.people["jane@acme.test"] == replace(JANE, provider="none", invites=None)
    assert calendars(sandbox) == []


def test_a_default_that_is_written_out_counts(opened: Any) -> None:
    """A key that is named replaces the fixture's, though its value be the default."""
    scenario = "people: [{email: jane@acme.test, provider: google}]"
    assert opened(scenario, FIXTURE).people["jane@acme.test"].provider == "google"


def test_an_application_is_known_by_its_client_id(opened: Any) -> None:
    scenario = "applications: [{client_id: scheduler, plan: starter, features: {no_access: no}}]"
    (application,) = opened(scenario, FIXTURE).applications
    assert (application.name, application.plan) == ("Scheduler", "starter")
    assert application.client_secrets == ("shared-secret",)
    assert application.redirect_uris == ("http://localhost:3000/callback",)
    assert application.features == Features(
        free_busy=True, no_access=False, explicit_linking=True, business_connect=False
    )


def test_applications_without_a_client_id_are_others(opened: Any) -> None:
    sandbox = opened("applications: [{name: One}, {name: Two}]", FIXTURE)
    assert [a.name for a in sandbox.applications] == ["Scheduler", "One", "Two"]


def test_an_organization_is_known_by_its_domain(opened: Any) -> None:
    scenario = "organizations: [{domain: ACME.test, members: [kim@acme.test]}]"
    sandbox = opened(scenario, FIXTURE)
    (organization,) = sandbox.organizations
    assert organization.provider == "office365"
    assert organization.administrator == "boss@acme.test"
    assert organization.members == ("kim@acme.test",)
    assert [room.email for room in organization.resources] == ["room@acme.test"]
    assert sandbox.people["kim@acme.test"].provider == "office365"


def test_mailboxes_with_availability_only_are_members(opened: Any) -> None:
    scenario = """
organizations: [{domain: acme.test, availability_only: [kim@acme.test, room@acme.test]}]
"""
    (organization,) = opened(scenario, FIXTURE).organizations
    assert organization.members == ("jane@acme.test", "kim@acme.test")
    assert organization.availability_only == ("kim@acme.test", "room@acme.test")


def test_later_fixtures_go_before_earlier_ones(opened: Any) -> None:
    """Fixtures are combined in the order of ``include``, and the scenario comes last."""
    second = "people: [{email: jane@acme.test, name: Second, locale: fr}]"
    sandbox = opened("people: [{email: jane@acme.test, locale: de}]", FIXTURE, second)
    assert sandbox.people["jane@acme.test"] == replace(JANE, name="Second", locale="de")


def test_the_order_is_that_of_the_first_mention(opened: Any) -> None:
    """Overriding somebody does not move them: the fixtures' people come first."""
    scenario = "people: [{email: new@acme.test}, {email: jane@acme.test}]"
    emails = [person.email for person in opened(scenario, FIXTURE).people]
    assert emails == ["jane@acme.test", "new@acme.test", "boss@acme.test", "room@acme.test"]


def test_made_up_people_give_way_to_described_ones(opened: Any) -> None:
    """``generate`` makes nobody whom a piece describes."""
    generated = "generate: {people: 3, seed: 5, domain: acme.test}"
    first = next(iter(opened("", generated).people))
    sandbox = opened(f"people: [{{email: {first.email}, name: Described}}]", generated)
    assert sandbox.people[first.email].name == "Described"
    assert len(sandbox.people) == 3


def test_a_scenario_without_a_name_is_called_after_its_file(opened: Any) -> None:
    assert opened("").scenario == "scenario"
    assert opened("name: mine").scenario == "mine"


@pytest.mark.parametrize("folder", ["fixtures", "scenarios/fixtures"])
def test_own_fixtures_are_found_by_name(tmp_path: Path, folder: str) -> None:
    """In a folder ``fixtures`` beside the scenario or beside its folder, before ours."""
    scenario = tmp_path / "scenarios" / "mine.yaml"
    fixture = tmp_path / folder / "acme.yaml"
    for path in (scenario, fixture):
        path.parent.mkdir(parents=True, exist_ok=True)
    scenario.write_text("include: [acme]\n", "utf-8")
    fixture.write_text("people: [{email: own@acme.test}]\n", "utf-8")
    assert [p.email for p in read_scenario(scenario).people] == ["own@acme.test"]
