"""Making true what a scenario says of somebody's availability, by the rules of the API."""

from __future__ import annotations

from mock_server.rules import finding_events, managed_availability
from mock_server.scenarios.availability_documents import (
    AvailabilityRuleDocument,
    AvailablePeriodDocument,
)
from mock_server.scenarios.documents import ConnectedDocument
from mock_server.scenarios.problems import Invalid, Problem, one_of, place, shown
from mock_server.world.accounts import Authorization
from mock_server.world.availability import AvailabilityRule, AvailablePeriod, WeeklyPeriod
from mock_server.world.clock import from_datetime
from mock_server.world.events import UTC
from mock_server.world.sandbox import Sandbox


def add(
    sandbox: Sandbox, authorization: Authorization, document: ConnectedDocument, where: str
) -> None:
    """The rules and periods of a connection; raises Invalid for calendars that it has not."""
    assert document.person is not None, "the document's validator asks for one"
    zoneinfo = sandbox.people[document.person].zoneinfo or UTC
    for index, rule in enumerate(document.availability_rules):
        steps: list[str | int] = [*filter(None, [where]), "availability_rules", index]
        _add_rule(sandbox, authorization, rule, tzid=rule.tzid or zoneinfo, where=steps)
    for period in document.available_periods:
        _add_period(sandbox, authorization, period)


def _add_rule(
    sandbox: Sandbox,
    authorization: Authorization,
    document: AvailabilityRuleDocument,
    *,
    tzid: str,
    where: list[str | int],
) -> None:
    rule = AvailabilityRule(
        client_id=authorization.client_id,
        sub=authorization.sub,
        availability_rule_id=document.availability_rule_id,
        tzid=tzid,
        weekly_periods=tuple(
            WeeklyPeriod(hours.day, hours.start_time, hours.end_time)
            for hours in document.weekly_periods
        ),
        calendar_ids=calendar_ids(sandbox, authorization, document.calendars, where),
    )
    managed_availability.upsert_rule(sandbox, authorization, rule)


def calendar_ids(
    sandbox: Sandbox, authorization: Authorization, names: list[str] | None, where: list[str | int]
) -> tuple[str, ...] | None:
    """Those of the connection's calendars of these names; raises Invalid for others."""
    if names is None:
        return None
    opened: dict[str, list[str]] = {}
    for calendar in finding_events.chosen(sandbox, authorization, None):
        opened.setdefault(calendar.name, []).append(calendar.calendar_id)
    unknown = [
        Problem(
            place([*where, "calendars", index]),
            shown(name),
            one_of(name, opened, what="one of its calendars"),
        )
        for index, name in enumerate(names)
        if name not in opened
    ]
    if unknown:
        raise Invalid(unknown)
    return tuple(dict.fromkeys(calendar_id for name in names for calendar_id in opened[name]))


def _add_period(
    sandbox: Sandbox, authorization: Authorization, document: AvailablePeriodDocument
) -> None:
    period = AvailablePeriod(
        client_id=authorization.client_id,
        sub=authorization.sub,
        available_period_id=document.available_period_id,
        start=from_datetime(document.start),
        end=from_datetime(document.end),
        tzid=document.tzid,
    )
    managed_availability.upsert_period(sandbox, period)
