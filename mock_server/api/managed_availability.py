"""Availability rules and available periods (scheduling §§3.1, 3.2)."""

from __future__ import annotations

from mock_server.api import paging, shapes_availability
from mock_server.api.call import Call
from mock_server.api.endpoint import Credential, endpoint
from mock_server.api.event_times import check_years, time_document
from mock_server.api.managed_availability_requests import (
    DeletePeriodsRequest,
    PeriodsQuery,
    UpsertPeriodRequest,
    UpsertRuleRequest,
)
from mock_server.rules import managed_availability, result_pages
from mock_server.world.availability import (
    AvailabilityRule,
    AvailablePeriod,
    WeeklyPeriod,
    as_clock,
)
from mock_server.world.events import UTC
from mock_server.world.result_pages import ResultPage

# Entries of a page, if the scenario does not want fewer (assumed).
_PAGE_SIZE = 50

_OWNER = (
    "Rules and periods belong to the application and the account: other applications do not see "
    "them, and they end with the authorization. Any scope will do."
)
_IDS = "An id of the caller's has 1 to 64 ASCII characters: else errors.too_long, errors.invalid."


def _hours_document(hours: WeeklyPeriod) -> shapes_availability.WeeklyPeriod:
    return {
        "day": hours.day,
        "start_time": as_clock(hours.start),
        "end_time": as_clock(hours.end),
    }


def _rule_document(rule: AvailabilityRule) -> shapes_availability.AvailabilityRule:
    document: shapes_availability.AvailabilityRule = {
        "availability_rule_id": rule.availability_rule_id,
        "tzid": rule.tzid,
        "weekly_periods": [_hours_document(hours) for hours in rule.weekly_periods],
    }
    if rule.calendar_ids is not None:
        document["calendar_ids"] = list(rule.calendar_ids)
    return document


@endpoint(
    "POST",
    "/v1/availability_rules",
    title="Create or update availability rule",
    docs="api/scheduling/availability-rules/upsert",
    credentials=(Credential.ACCESS_TOKEN,),
    plan="emerging",
    body=UpsertRuleRequest,
    answer=shapes_availability.OneAvailabilityRule,
    errors=(401, 402, 422),
    assumed=(
        _OWNER,
        _IDS,
        "An upsert replaces the whole rule: without calendar_ids it names no calendars any more.",
        "An unknown tzid is errors.unknown_tzid, another day errors.not_recognized, a bad time of "
        "day, and an end_time that is not after start_time, errors.invalid.",
        "calendar_ids [] is errors.required, a calendar of somebody else "
        "errors.invalid_calendar_ids; one named twice stands once.",
        "24:00 is an end only. No period goes beyond midnight: that takes two. Those that overlap "
        "are answered as they were given, and count once.",
        "weekly_periods may be empty: no hours at all.",
    ),
)
def upsert_availability_rule(call: Call) -> shapes_availability.OneAvailabilityRule:
    body: UpsertRuleRequest = call.body
    rule = managed_availability.upsert_rule(
        call.sandbox, call.authorization, body.to_record(call.authorization)
    )
    return {"availability_rule": _rule_document(rule)}


@endpoint(
    "GET",
    "/v1/availability_rules",
    title="List availability rules",
    docs="api/scheduling/availability-rules/list",
    credentials=(Credential.ACCESS_TOKEN,),
    plan="emerging",
    answer=shapes_availability.AvailabilityRules,
    errors=(401, 402),
    assumed=("In the order in which they were first made.",),
)
def list_availability_rules(call: Call) -> shapes_availability.AvailabilityRules:
    rules = managed_availability.rules_of(call.sandbox, call.authorization)
    return {"availability_rules": [_rule_document(rule) for rule in rules]}


@endpoint(
    "GET",
    "/v1/availability_rules/{availability_rule_id}",
    title="Read availability rule",
    docs="api/scheduling/availability-rules/read",
    credentials=(Credential.ACCESS_TOKEN,),
    plan="emerging",
    owned=lambda call: managed_availability.find_rule(
        call.sandbox, call.authorization, call.path["availability_rule_id"]
    ),
    answer=shapes_availability.OneAvailabilityRule,
    errors=(401, 402, 404),
)
def read_availability_rule(call: Call) -> shapes_availability.OneAvailabilityRule:
    return {"availability_rule": _rule_document(call.target)}


@endpoint(
    "DELETE",
    "/v1/availability_rules/{availability_rule_id}",
    title="Delete availability rule",
    docs="api/scheduling/availability-rules/delete",
    credentials=(Credential.ACCESS_TOKEN,),
    plan="emerging",
    status=202,
    errors=(401, 402, 404),
    assumed=("An unknown rule is 202; an id with a slash makes another path, which is 404.",),
)
def delete_availability_rule(call: Call) -> None:
    managed_availability.delete_rule(
        call.sandbox, call.authorization, call.path["availability_rule_id"]
    )


@endpoint(
    "POST",
    "/v1/available_periods",
    title="Create or update available period",
    docs="api/scheduling/available-periods/upsert",
    credentials=(Credential.ACCESS_TOKEN,),
    plan="emerging",
    body=UpsertPeriodRequest,
    status=202,
    errors=(401, 402, 422),
    assumed=(
        _OWNER,
        _IDS,
        "An end that is not after start is errors.invalid, an unknown tzid errors.unknown_tzid, a "
        "date instead of a time errors.invalid.",
        "Times lie between the years 1900 and 2100 (the scenario's switches first_event_year and "
        "last_event_year); one without offset is UTC.",
        "A tzid inside start or end goes before the one beside them; both times are kept with it.",
        "No webhook is called.",
    ),
)
def upsert_available_period(call: Call) -> None:
    body: UpsertPeriodRequest = call.body
    check_years(call.sandbox, start=body.start, end=body.end)
    managed_availability.upsert_period(call.sandbox, body.to_record(call.authorization))


@endpoint(
    "DELETE",
    "/v1/available_periods",
    title="Delete available periods",
    docs="api/scheduling/available-periods/delete",
    credentials=(Credential.ACCESS_TOKEN,),
    plan="emerging",
    body=DeletePeriodsRequest,
    status=202,
    errors=(401, 402, 422),
    assumed=(
        "An unknown available_period_id is 202.",
        "Neither available_period_id nor delete_all is errors.required on the first, both are "
        "errors.conflict on delete_all; delete_all other than true is errors.must_be_boolean.",
    ),
)
def delete_available_periods(call: Call) -> None:
    body: DeletePeriodsRequest = call.body
    if body.available_period_id is None:
        managed_availability.delete_all_periods(call.sandbox, call.authorization)
    else:
        managed_availability.delete_period(
            call.sandbox, call.authorization, body.available_period_id
        )


def _period_document(
    period: AvailablePeriod, *, localized: bool
) -> shapes_availability.AvailablePeriod:
    start, end = (
        time_document(seconds, period.tzid or UTC, all_day=False, localized=localized)
        for seconds in (period.start, period.end)
    )
    return {"available_period_id": period.available_period_id, "start": start, "end": end}


def _page_document(call: Call, page: ResultPage) -> shapes_availability.AvailablePeriods:
    return {
        "pages": paging.pages(call, page),
        "available_periods": [
            _period_document(period, localized="localized_times" in page.options)
            for period in page.periods
        ],
    }


@endpoint(
    "GET",
    "/v1/available_periods",
    title="Read available periods",
    docs="api/scheduling/available-periods/read",
    credentials=(Credential.ACCESS_TOKEN,),
    plan="emerging",
    query=PeriodsQuery,
    answer=shapes_availability.AvailablePeriods,
    errors=(401, 402, 422),
    assumed=(
        "A page holds 50 entries (fewer, if the scenario's switch page_size says so), lives for an "
        "hour, and shows what the first request found; next_page is absent on the last one.",
        "Without from and to all periods of the account are answered, sorted by start, then by "
        "available_period_id.",
        "from or to without tzid is errors.required on tzid, an unknown tzid errors.unknown_tzid; "
        "an empty one counts as absent. from and to may be times as well as dates.",
        "With localized_times, start and end are objects of time, with its offset, and the tzid "
        "that was given at the upsert, else Etc/UTC.",
    ),
)
def read_available_periods(call: Call) -> shapes_availability.AvailablePeriods:
    query: PeriodsQuery = call.query
    found = managed_availability.periods_of(
        call.sandbox,
        call.authorization,
        query.instant(query.after),
        query.instant(query.before),
    )
    page = result_pages.first(
        call.sandbox,
        call.authorization,
        "available_periods",
        frozenset({"localized_times"} if query.localized_times else ()),
        periods=found,
        most=_PAGE_SIZE,
    )
    return _page_document(call, page)


@endpoint(
    "GET",
    "/v1/available_periods/pages/{page_id}",
    title="Read available periods, next page",
    docs="api/scheduling/available-periods/read",
    credentials=(Credential.ACCESS_TOKEN,),
    plan="emerging",
    owned=lambda call: result_pages.find(
        call.sandbox, call.authorization, "available_periods", call.path["page_id"]
    ),
    answer=shapes_availability.AvailablePeriods,
    errors=(401, 402, 404),
    assumed=("Query parameters are ignored here.",),
)
def read_available_periods_page(call: Call) -> shapes_availability.AvailablePeriods:
    return _page_document(call, call.target)


ENDPOINTS = (
    upsert_availability_rule,
    list_availability_rules,
    read_availability_rule,
    delete_availability_rule,
    upsert_available_period,
    read_available_periods,
    read_available_periods_page,
    delete_available_periods,
)
