"""Each SDK's calls for availability rules and periods, sent raw, do what plain calls do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator import Sandbox
from tests.sdk import availability_wire, wire
from tests.sdk.availability_wire import FORMS, RULE, AvailabilityWorld
from tests.sdk.conftest import Visit
from tests.sdk.dialects import Dialect, Request, csharp, node, php, pycronofy, ruby
from tests.sdk.expected import unprocessable
from tests.sdk.team import period
from tests.sdk.wire import Answer, Call, Case, Effect

PERIODS = "/v1/available_periods"
RULES = "/v1/availability_rules"
# The others have no methods for available periods.
WITH_PERIODS = "ruby node php"


@pytest.fixture
def world(open_sandbox: Callable[..., Sandbox], visit: Visit) -> AvailabilityWorld:
    """Jane has a rule and two periods."""
    world = AvailabilityWorld(open_sandbox(scenario=availability_wire.SCENARIO), visit)
    world.store(RULES, RULE)
    world.store(PERIODS, {"available_period_id": "noon", **period("12:00-13:00")})
    late = {"available_period_id": "late", **period("22:00-23:30"), "tzid": "Europe/London"}
    world.store(PERIODS, late)
    return world


# -- Available periods ---------------------------------------------------------------------


def local(period_id: str, start: str, end: str, tzid: str) -> Any:
    """A period as it reads with localized times."""
    times = {"start": start, "end": end}
    found = {name: {"time": time, "tzid": tzid} for name, time in times.items()}
    return {"available_period_id": period_id, **found}


NOON = local("noon", "2026-05-12T12:00:00+00:00", "2026-05-12T13:00:00+00:00", "Etc/UTC")
LATE = local("late", "2026-05-12T23:00:00+01:00", "2026-05-13T00:30:00+01:00", "Europe/London")
NOON_IN_UTC = {"available_period_id": "noon", **period("12:00-13:00")}
LATE_IN_UTC = {"available_period_id": "late", **period("22:00-23:30")}


def periods_are(*expected: Any) -> Effect:
    return lambda w: bool(
        w.plain(f"{PERIODS}?localized_times=true")["available_periods"] == [*expected]
    )


def listed(*expected: Any) -> Answer:
    page = {"pages": {"current": 1, "total": 1}, "available_periods": [*expected]}
    return wire.document(page)


def read(parameters: dict[str, Any], answer: Answer, **more: Any) -> Call:
    def request(sdk: Dialect, w: Any) -> Request:
        query = sdk.query(parameters)
        return sdk.api("GET", f"{PERIODS}?{query}" if query else PERIODS, w.token)

    return Call(request, answer, by=WITH_PERIODS, **more)


def change(method: str, body: Any, effect: Effect, by: str = WITH_PERIODS) -> Call:
    return Call(
        lambda sdk, w: sdk.api(method, PERIODS, w.token, body), wire.nothing, 202, effect, by
    )


DAYS = {"from": "2026-05-12", "to": "2026-05-13"}

PERIOD_CALLS = {
    "read": read({}, listed(NOON_IN_UTC, LATE_IN_UTC)),
    "read a day": read({**DAYS, "tzid": "Europe/London"}, listed(NOON_IN_UTC, LATE_IN_UTC)),
    # From noon in UTC on it is another day there.
    "read a day in Auckland": read({**DAYS, "tzid": "Pacific/Auckland"}, listed()),
    "read from a time on": read(
        {"from": "2026-05-12T20:00:00Z", "tzid": "Etc/UTC"}, listed(LATE_IN_UTC)
    ),
    "read with zones, without days": read(
        {"tzid": "America/New_York", "localized_times": True}, listed(NOON, LATE)
    ),
    "read a day with zones": read(
        {**DAYS, "tzid": "Etc/UTC", "localized_times": True}, listed(NOON, LATE)
    ),
    "read without zones": read({"localized_times": False}, listed(NOON_IN_UTC, LATE_IN_UTC)),
    "read days of no zone": read(
        DAYS,
        wire.document(unprocessable("tzid", "errors.required", "required with from and to")),
        status=422,
    ),
    "read days of an empty zone": read(
        {**DAYS, "tzid": ""},
        wire.document(unprocessable("tzid", "errors.required", "required with from and to")),
        status=422,
    ),
    "move": change(
        "POST",
        {"available_period_id": "noon", **period("14:00-15:00")},
        periods_are(
            local("noon", "2026-05-12T14:00:00+00:00", "2026-05-12T15:00:00+00:00", "Etc/UTC"), LATE
        ),
    ),
    "write with a zone": change(
        "POST",
        {"available_period_id": "a/1 b", **period("08:00-09:00"), "tzid": "Asia/Tokyo"},
        periods_are(
            local("a/1 b", "2026-05-12T17:00:00+09:00", "2026-05-12T18:00:00+09:00", "Asia/Tokyo"),
            NOON,
            LATE,
        ),
        # PHP writes it into another variable than it sends (Cronofy.php 1115-1127).
        by="ruby node",
    ),
    "write zones into the times": change(
        "POST",
        {
            "available_period_id": "early",
            "start": {"time": "2026-05-12T08:00:00Z", "tzid": "Asia/Tokyo"},
            "end": {"time": "2026-05-12T09:00:00Z", "tzid": "Asia/Tokyo"},
        },
        periods_are(
            local("early", "2026-05-12T17:00:00+09:00", "2026-05-12T18:00:00+09:00", "Asia/Tokyo"),
            NOON,
            LATE,
        ),
    ),
    "delete": change("DELETE", {"available_period_id": "noon"}, periods_are(LATE)),
    "delete what is not there": change(
        "DELETE", {"available_period_id": "none"}, periods_are(NOON, LATE)
    ),
    "delete all": change("DELETE", {"delete_all": True}, periods_are(), by="node php"),
    "batch": Call(
        lambda sdk, w: sdk.api("POST", "/v1/batch", w.token, {"batch": BATCH}),
        wire.document({"batch": [{"status": 202}, {"status": 202}]}),
        207,
        effect=periods_are(
            local("early", "2026-05-12T08:00:00+00:00", "2026-05-12T09:00:00+00:00", "Etc/UTC"),
            NOON,
        ),
        by=WITH_PERIODS,
    ),
}
BATCH = [
    {
        "method": "POST",
        "relative_url": PERIODS,
        "data": {"available_period_id": "early", **period("08:00-09:00")},
    },
    {"method": "DELETE", "relative_url": PERIODS, "data": {"available_period_id": "late"}},
]

# -- Availability rules --------------------------------------------------------------------

MONDAYS = [
    {"day": "monday", "start_time": "09:30", "end_time": "12:30"},
    {"day": "monday", "start_time": "14:00", "end_time": "24:00"},
]
DEFAULT = {"availability_rule_id": "default", "tzid": "America/Chicago", "weekly_periods": MONDAYS}


def rules_are(*expected: Any) -> Effect:
    return lambda w: bool(w.plain(RULES)["availability_rules"] == [*expected])


def rule(path: str, answer: Answer, status: int = 200) -> Call:
    return Call(lambda sdk, w: sdk.api("GET", path, w.token), answer, status)


def with_calendar(w: Any) -> Any:
    return {**RULE, "calendar_ids": [w.jane_calendar]}


RULE_CALLS = {
    "list rules": rule(RULES, wire.document({"availability_rules": [RULE]})),
    "read a rule": rule(f"{RULES}/work", wire.document({"availability_rule": RULE})),
    "read no rule": rule(f"{RULES}/default", wire.nothing, 404),
    "write a rule": Call(
        lambda sdk, w: sdk.api("POST", RULES, w.token, DEFAULT),
        wire.document({"availability_rule": DEFAULT}),
        effect=rules_are(RULE, DEFAULT),
        # PHP names calendar_ids always.
        by="python node ruby csharp",
    ),
    "write a rule for a calendar": Call(
        lambda sdk, w: sdk.api("POST", RULES, w.token, with_calendar(w)),
        lambda w: {"availability_rule": with_calendar(w)},
        effect=lambda w: rules_are(with_calendar(w))(w),
    ),
    "write a rule of no calendars": Call(
        lambda sdk, w: sdk.api("POST", RULES, w.token, {**RULE, "calendar_ids": []}),
        wire.document(unprocessable("calendar_ids", "errors.required", "required")),
        422,
        rules_are(RULE),
    ),
    "delete a rule": Call(
        lambda sdk, w: sdk.api("DELETE", f"{RULES}/work", w.token),
        wire.nothing,
        202,
        rules_are(),
        by="python ruby php csharp",
    ),
}


ODDITIES = {
    "python: no rule at all": Case(
        lambda w: pycronofy("POST", RULES, w.token),
        wire.document(
            {
                "errors": {
                    name: [{"key": "errors.required", "description": "required"}]
                    for name in ("availability_rule_id", "tzid", "weekly_periods")
                }
            }
        ),
        422,
    ),
    "node: delete a rule with its id in the body": Case(
        lambda w: node("DELETE", f"{RULES}/work", w.token, {"availability_rule_id": "work"}),
        wire.nothing,
        202,
        rules_are(),
    ),
    "node: delete all that is said to be false": Case(
        lambda w: node("DELETE", PERIODS, w.token, {"delete_all": False}),
        wire.document(unprocessable("delete_all", "errors.must_be_boolean", "must be true")),
        422,
        periods_are(NOON, LATE),
    ),
    "node: delete nothing": Case(
        lambda w: node("DELETE", PERIODS, w.token),
        wire.document(unprocessable("available_period_id", "errors.required", "required")),
        422,
        periods_are(NOON, LATE),
    ),
    "node: milliseconds, and unknown members": Case(
        lambda w: node(
            "POST",
            PERIODS,
            w.token,
            {
                "available_period_id": "noon",
                **{name: FORMS["node"].time(time) for name, time in period("12:00-13:00").items()},
                "bearer_token": "x",
            },
        ),
        wire.nothing,
        202,
        periods_are(NOON, LATE),
    ),
    "node: options of a read become its query": Case(
        lambda w: node("GET", f"{PERIODS}?bearer_token=x&localized_times=true", w.token),
        listed(NOON, LATE),
    ),
    "php: delete a period at a trailing slash": Case(
        lambda w: php("DELETE", f"{PERIODS}/", w.token, {"available_period_id": "noon"}),
        wire.nothing,
        202,
        periods_are(LATE),
    ),
    "php: a rule with calendars of null": Case(
        lambda w: php("POST", RULES, w.token, {**DEFAULT, "calendar_ids": None}),
        wire.document({"availability_rule": DEFAULT}),
        effect=rules_are(RULE, DEFAULT),
    ),
    "php: a rule without hours": Case(
        lambda w: php("POST", RULES, w.token, {**RULE, "weekly_periods": None}),
        wire.document(unprocessable("weekly_periods", "errors.required", "required")),
        422,
        rules_are(RULE),
    ),
    "csharp: a token that nobody has": Case(
        lambda w: csharp("GET", RULES, "stale"), wire.nothing, 401
    ),
    "field: the application's secret owns no rules": Case(
        lambda w: ruby("GET", RULES, w.client_secret), wire.nothing, 401
    ),
}

CASES = {**wire.in_dialects(PERIOD_CALLS), **wire.in_dialects(RULE_CALLS), **ODDITIES}


@pytest.mark.parametrize("name", CASES)
def test_request(name: str, world: AvailabilityWorld, served: str) -> None:
    """The request is answered as a plain one would be, and has the same effect."""
    wire.check(CASES[name], world, served)
