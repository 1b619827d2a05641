"""When people can meet: availability and sequenced availability (scheduling §§1, 2)."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from mock_server.api import shapes_availability as shapes
from mock_server.api.call import Call
from mock_server.api.endpoint import Credential, Deferred, OldName, endpoint
from mock_server.errors import Unprocessable
from mock_server.rules import availability_parties, availability_queries
from mock_server.rules.availability_queries import Found
from mock_server.world.clock import as_text

if TYPE_CHECKING:
    from mock_server.api.availability_requests import (
        AvailabilityRequest,
        GroupRequest,
        SequencedAvailabilityRequest,
        Window,
    )

_DAY = 86_400

# So that no query keeps others waiting for long, whatever a scenario's switches say.
_MOST_DAYS, _MOST_SEQUENCE_DAYS = 1826, 100
_MOST_MEMBER_DAYS = 20_000
_MOST_STEPS = 10

_QUERIES = (
    "Any account, resource or application calendar that has authorized the application may be "
    "asked about, whoever's access token it is, of whatever scope.",
    "Windows that touch or overlap are one. They may lie in the past; one that is shorter than "
    "required_duration finds nothing. A time without offset is in UTC; years go from 1000 to 9000.",
    "Limits: 50 query_periods, 512 query_slots, 10 groups and 50 members in all, by the scenario's "
    "switches most_query_periods, most_query_slots, most_groups and most_members (null: none); "
    "more are errors.too_many. most_query_days, from the earliest start to the latest end, has no "
    "limit by default; beyond it is errors.invalid.",
    "required_duration goes from 1 minute to 24 hours; each side of a buffer to 24 hours; "
    "start_interval is 5, 10, 15, 20, 30 or 60 minutes.",
    "Starts on the grid are multiples of start_interval in UTC.",
    "A calendar of somebody else is errors.invalid_calendar_ids. A deleted one may be named, and "
    "blocks nothing.",
    "Keys of errors beyond these: errors.required, errors.invalid, errors.not_recognized; "
    "errors.must_be_boolean, errors.must_be_integer and errors.tzid_unrecognized as elsewhere.",
    "Somebody named twice counts twice towards required, and is listed once among participants.",
    "A member's buffer takes the place of the query's, also where it has one side only.",
    "What is managed: the hours of the rules (null: all, []: none) and, always, the account's "
    "available periods. Without calendar_ids, the calendars that the rules name count; all, if one "
    "of the rules names none, or there is no rule.",
    "What blocks: everything opaque, tentative, unanswered or of unknown transparency; not what is "
    "transparent, declined, cancelled or deleted, nor what lasts no time. All-day events last from "
    "midnight to midnight in the account's time zone (userinfo's zoneinfo, else Etc/UTC).",
    "What was last seen of a profile that is disconnected still blocks.",
    "Constraints count, in the calendars that are looked at, the application's events that are "
    "neither deleted, cancelled, declined nor excluded, busy or not, where they start; weeks start "
    "on Monday; the default tzid is the account's. Events have tags of the context private only.",
    "ignored_extended_transparencies and ignored_extended_transparency, with a member or at the "
    "top, are the transparencies that do not block (the documented name is cut short).",
)


@endpoint(
    "POST",
    "/v1/availability",
    title="Availability query",
    docs="api/scheduling/availability",
    credentials=(Credential.API_KEY, Credential.ACCESS_TOKEN),
    plan="emerging",
    body=Deferred("mock_server.api.availability_requests", "AvailabilityRequest"),
    old_names=(OldName("available_periods", "query_periods", of_sdks=True),),
    answer=shapes.Availability,
    errors=(401, 402, 403, 422, 501),
    assumed=(
        *_QUERIES,
        "At most 1826 days are searched, and of all members together 20,000; each constraint "
        "counts as one member more.",
        "query_periods together with available_periods, or with query_slots, is errors.invalid.",
        "slots: the earliest start, then the earliest at or after the end of the one before; "
        "overlapping_slots without start_interval answers the same. periods with start_interval "
        "begin at the next start on the grid, and end where they would.",
        "query_slots are answered under available_periods in the format periods; a start given "
        "twice is answered once.",
        "periods where not all are required: every stretch that can neither be longer with the "
        "same members nor have more of them; they may overlap.",
        "excluded_events: event_id is the application's own event, event_uid any event, series or "
        "occurrence of a series; where an application wrote it, the first one has the uid of the "
        "series, which is excluded whole. The copy that an accepted invitation has put into a "
        "calendar of its own is another event.",
        "member_statuses: disconnected outweighs pending; all profiles of the account count. In "
        "the order in which the members are asked about, each once.",
        "bookable_events answers 501: this version does not have them yet.",
    ),
)
def availability(call: Call) -> shapes.Availability:
    body: AvailabilityRequest = call.body
    _check_sizes(call, [("", body.participants)])
    most_days = _most_days(call, _MOST_DAYS, body.participants)
    _check_window(call, body, most_days)
    most_slots = call.sandbox.switches.most_query_slots
    _at_most(most_slots, "query_slots", len(body.query_slots), "most_query_slots")
    query = body.to_record()
    if query.window[-1][1] - query.window[0][0] > most_days * _DAY:
        raise _too_wide("query_slots", most_days)
    items = _items(availability_queries.find(call.sandbox, call.application.client_id, query))
    document: shapes.Availability = (
        {"available_periods": items}
        if body.response_format == "periods"
        else {"available_slots": items}
    )
    if body.include_member_statuses:
        document["member_statuses"] = _statuses(call, body)
    return document


@endpoint(
    "POST",
    "/v1/sequenced_availability",
    title="Sequenced availability query",
    docs="api/scheduling/sequenced-availability",
    credentials=(Credential.API_KEY, Credential.ACCESS_TOKEN),
    plan="emerging",
    body=Deferred("mock_server.api.availability_requests", "SequencedAvailabilityRequest"),
    old_names=(OldName("available_periods", "query_periods", of_sdks=True),),
    answer=shapes.SequencedAvailability,
    errors=(401, 402, 403, 422),
    assumed=(
        *_QUERIES,
        "At most 100 days are searched, and of the members of all items together 20,000; each "
        "constraint counts as one member more.",
        "Items come by ordinal; those that share one, and those that have none, in whatever order "
        "has a place for all. Items never overlap, and all of a sequence lie in one window.",
        "Between two items lies at least the longer of the two minimums, at most the shorter of "
        "the two maximums; a plain duration is a minimum. Both minimums are also the buffers "
        "around busy times, but for members who have buffers of their own.",
        "One sequence for each start of a first item, by that start; every other item as early as "
        "it can be if all that follows is to have a place. A first item without start_interval "
        "starts as slots do.",
        "At most 10 items, which can come in any order as long as the sets of items that can come "
        "last are at most 64 (six items without ordinal): else errors.too_many. A sequence_id "
        "given twice is errors.invalid.",
        "response_format changes nothing.",
    ),
)
def sequenced_availability(call: Call) -> shapes.SequencedAvailability:
    body: SequencedAvailabilityRequest = call.body
    _at_most(_MOST_STEPS, "sequence", len(body.sequence))
    _check_sizes(
        call, [(f"sequence[{n}].", step.participants) for n, step in enumerate(body.sequence)]
    )
    groups = [group for step in body.sequence for group in step.participants]
    _check_window(call, body, _most_days(call, _MOST_SEQUENCE_DAYS, groups))
    for number, step in enumerate(body.sequence):
        most_days = _most_days(call, _MOST_DAYS, step.participants)
        _check_window(call, step, most_days, f"sequence[{number}].")
    found = availability_queries.find_sequences(
        call.sandbox,
        call.application.client_id,
        [step.to_record(body.ignored) for step in body.sequence],
        body.window,
        body.max_results,
    )
    ids = [step.sequence_id for step in body.sequence]
    return {"sequences": [{"sequence": _sequence(ids, items)} for items in found]}


def _items(found: Iterable[Found]) -> list[shapes.Item]:
    """Participants that are the same are one and the same list, which is quickly made."""
    participants: dict[tuple[str, ...], list[shapes.Participant]] = {}
    # Items that overlap end when others start.
    text = cache(as_text)
    items: list[shapes.Item] = []
    for item in found:
        subs = item.subs
        if subs not in participants:
            participants[subs] = [{"sub": sub} for sub in subs]
        items.append(
            {
                "start": text(item.start),
                "end": text(item.end),
                "participants": participants[subs],
            }
        )
    return items


def _sequence(ids: list[str | int], placed: list[tuple[int, Found]]) -> list[shapes.SequenceItem]:
    items = _items(item for _, item in placed)
    return [
        {"sequence_id": ids[number], **item}
        for (number, _), item in zip(placed, items, strict=True)
    ]


def _statuses(call: Call, body: AvailabilityRequest) -> list[shapes.MemberStatus]:
    subs = (member.sub for group in body.participants for member in group.members)
    return [
        {
            "sub": sub,
            "sync_status": availability_parties.sync_status(
                call.sandbox, call.application.client_id, sub
            ),
        }
        for sub in dict.fromkeys(subs)
    ]


def _check_sizes(call: Call, asked: Iterable[tuple[str, list[GroupRequest]]]) -> None:
    """``asked``: groups, each with what stands before their place."""
    switches = call.sandbox.switches
    for at, groups in asked:
        place = f"{at}participants"
        _at_most(switches.most_groups, place, len(groups), "most_groups")
        members = 0
        for number, group in enumerate(groups):
            members += len(group.members)
            _at_most(switches.most_members, f"{place}[{number}].members", members, "most_members")


def _most_days(call: Call, most: int, groups: list[GroupRequest]) -> int:
    """Of a query; fewer, where more is to be looked at on each of them, but always one."""
    members = [member for group in groups for member in group.members]
    looks = len(members) + sum(len(member.availability_constraints) for member in members)
    wanted = call.sandbox.switches.most_query_days or most
    return max(1, min(most, wanted, _MOST_MEMBER_DAYS // looks))


def _check_window(call: Call, window: Window, most_days: int, at: str = "") -> None:
    if not window.periods:
        return
    switches = call.sandbox.switches
    name = f"{at}{window.name}"
    _at_most(switches.most_query_periods, name, len(window.periods), "most_query_periods")
    start, end = window.window[0][0], window.window[-1][1]
    if end - start > most_days * _DAY:
        raise _too_wide(name, most_days)


def _too_wide(field: str, days: int) -> Unprocessable:
    why = f"must lie within {days} days, from the first start to the last end"
    return Unprocessable.of(
        field,
        "errors.invalid",
        why,
        f"{field} {why}: the scenario's switch most_query_days allows no more, or there are too "
        "many members and constraints for more; ask about one part of the time after another",
    )


def _at_most(most: int | None, field: str, found: int, switch: str | None = None) -> None:
    if most is not None and found > most:
        why = f"must have at most {most} entries"
        known = f" (the scenario's switch {switch})" if switch else ""
        raise Unprocessable.of(
            field, "errors.too_many", why, f"{field} {why}{known}, found {found}"
        )


ENDPOINTS = (availability, sequenced_availability)
