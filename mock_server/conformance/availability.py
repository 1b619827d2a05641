"""When people can meet, asked about the account alone (scheduling §§1-3)."""

from __future__ import annotations

from typing import Any

from mock_server.conformance.answers import Answer
from mock_server.conformance.checks import Section, Skip
from mock_server.conformance.entries import FREE_BUSY, whole
from mock_server.conformance.readings import DAY, NOBODY, group, midnight, period
from mock_server.conformance.shapes import Words
from mock_server.conformance.target import BY_OPERATION
from mock_server.conformance.times import instant, is_date, is_time
from mock_server.conformance.visit import Visit
from mock_server.world.clock import as_text

_AVAILABILITY = Section("Availability")

_QUERY = "POST /v1/availability"
_SEQUENCE = "POST /v1/sequenced_availability"
_DOCS = "api/scheduling/availability"
_HOUR = 3600


def _body(visit: Visit, **changed: Any) -> dict[str, Any]:
    """A query for an hour on one of the next seven days; what is changed to None is left out."""
    start = midnight(visit.target)
    members = {
        "participants": group(visit.target),
        "required_duration": {"minutes": 60},
        "query_periods": [period(start, start + 7 * DAY)],
        **changed,
    }
    return {name: value for name, value in members.items() if value is not None}


def _ask(visit: Visit, **changed: Any) -> tuple[Answer, list[Any], str]:
    """The answer, its items, and the member that has them."""
    visit.read(_QUERY)
    answer = visit.call(_QUERY, json=_body(visit, **changed))
    answer.status(200)
    document = answer.document(BY_OPERATION[_QUERY].answer)
    slots = changed.get("response_format", "periods") != "periods"
    member = "available_slots" if slots else "available_periods"
    answer.expect(member in document, "the member", sorted(document), member)
    return answer, document.get(member, []), member


def _sound(visit: Visit, answer: Answer, items: list[Any], at: str, *, overlap: bool) -> None:
    """Items in order, in UTC, within the query, of the one who was asked about."""
    start = midnight(visit.target)
    participants = [{"sub": group(visit.target)[0]["members"][0]["sub"]}]
    before = 0
    for number, item in enumerate(items):
        place = f"{at}[{number}]"
        for name in ("start", "end"):
            right = is_time(item[name])
            answer.expect(right, "a time with whole seconds and Z", item[name], f"{place}.{name}")
        begins, ends = instant(item["start"]), instant(item["end"])
        inside = start <= begins < ends <= start + 7 * DAY
        answer.expect(inside, "a time within the query period", item, place)
        answer.expect(begins >= before, "items in order" if overlap else "no overlap", item, place)
        before = begins if overlap else ends
        who = item["participants"]
        answer.expect(who == participants, "the account", who, f"{place}.participants")


def _lasts(answer: Answer, items: list[Any], at: str) -> None:
    for number, item in enumerate(items):
        lasts = instant(item["end"]) - instant(item["start"])
        answer.expect(
            lasts == _HOUR, "60 minutes", Words(f"{lasts // 60} minutes"), f"{at}[{number}]"
        )


@_AVAILABILITY.check(
    "availability.periods",
    "scheduling §1.4",
    _DOCS,
    sends="POST /v1/availability for an hour in seven days, as periods",
    expects="times of an hour or more, in order, that do not overlap",
)
def _periods(visit: Visit) -> None:
    answer, items, at = _ask(visit)
    _sound(visit, answer, items, at, overlap=False)
    for number, item in enumerate(items):
        lasts = instant(item["end"]) - instant(item["start"])
        enough = lasts >= _HOUR
        answer.expect(
            enough, "60 minutes or more", Words(f"{lasts // 60} minutes"), f"{at}[{number}]"
        )


@_AVAILABILITY.check(
    "availability.slots",
    "scheduling §1.4",
    _DOCS,
    sends="the same query as slots",
    expects="times of just an hour, in order, that do not overlap",
)
def _slots(visit: Visit) -> None:
    answer, items, at = _ask(visit, response_format="slots")
    _sound(visit, answer, items, at, overlap=False)
    _lasts(answer, items, at)


@_AVAILABILITY.check(
    "availability.overlapping-slots",
    "scheduling §1.7",
    _DOCS,
    sends="the same query as overlapping_slots with a start_interval of 30 minutes",
    expects="times of just an hour that start on the half hour, within the periods",
)
def _overlapping(visit: Visit) -> None:
    interval = {"minutes": 30}
    _, periods, _ = _ask(visit)
    answer, items, at = _ask(visit, response_format="overlapping_slots", start_interval=interval)
    _sound(visit, answer, items, at, overlap=True)
    _lasts(answer, items, at)
    free = [(instant(found["start"]), instant(found["end"])) for found in periods]
    for number, item in enumerate(items):
        begins, ends = instant(item["start"]), instant(item["end"])
        on_grid = begins % 1800 == 0
        answer.expect(on_grid, "a start on the half hour", item["start"], f"{at}[{number}].start")
        inside = any(start <= begins and ends <= end for start, end in free)
        answer.expect(inside, "a time within one of the periods", item, f"{at}[{number}]")


@_AVAILABILITY.check(
    "availability.free-busy",
    "scheduling §1.8",
    _DOCS,
    sends="the same query as periods, GET /v1/free_busy with include_managed",
    expects="the times that are not busy, to the second, if they are an hour or more",
)
def _free_busy(visit: Visit) -> None:
    start = midnight(visit.target)
    query = {"from": as_text(start - DAY)[:10], "to": as_text(start + 8 * DAY)[:10]}
    _, entries = whole(visit, FREE_BUSY, include_managed="true", **query)
    busy = [entry for entry in entries if entry["free_busy_status"] != "free"]
    if any(is_date(entry["start"]) for entry in busy):
        raise Skip("an all-day event is in the way, whose hours depend on a time zone")
    expected, at = [], start
    for begins, ends in sorted((instant(e["start"]), instant(e["end"])) for e in busy):
        if begins < ends:
            expected.append((at, min(begins, start + 7 * DAY)))
            at = max(at, ends)
    expected.append((at, start + 7 * DAY))
    wanted = [period(begins, ends) for begins, ends in expected if ends - begins >= _HOUR]
    answer, items, member = _ask(visit)
    found = [{"start": item["start"], "end": item["end"]} for item in items]
    missing = [item for item in wanted if item not in found]
    answer.expect(
        not missing, "every time that is not busy", Words(f"without {missing[:2]}"), member
    )
    more = [item for item in found if item not in wanted]
    answer.expect(not more, "no time but those that are not busy", more[:2], member)


@_AVAILABILITY.check(
    "availability.query-slots",
    "scheduling §1.7",
    _DOCS,
    sends="POST /v1/availability with query_slots in place of query_periods",
    expects="those of the given starts that are free",
)
def _query_slots(visit: Visit) -> None:
    _, wanted, _ = _ask(visit, response_format="slots", max_results=5)
    if not wanted:
        raise Skip("the account is never free in the next seven days")
    starts = [{"start": item["start"]} for item in wanted]
    asked = {"query_periods": None, "query_slots": starts, "response_format": "slots"}
    answer, items, at = _ask(visit, **asked)
    answer.expect(items == wanted, "the slots that were found by a period", items[:2], at)


@_AVAILABILITY.check(
    "availability.max-results",
    "scheduling §1.2",
    _DOCS,
    sends="the same query as slots, with max_results 2",
    expects="the first two of them",
)
def _max_results(visit: Visit) -> None:
    _, wanted, _ = _ask(visit, response_format="slots")
    answer, items, at = _ask(visit, response_format="slots", max_results=2)
    answer.expect(items == wanted[:2], "the first two slots", items[:3], at)


@_AVAILABILITY.check(
    "availability.spellings",
    "scheduling §§0, 1.2",
    _DOCS,
    sends="the same query with available_periods for query_periods, times with a space for T, "
    "and an empty buffer, as SDKs do",
    expects="the same answer",
)
def _spellings(visit: Visit) -> None:
    _, wanted, _ = _ask(visit)
    start = midnight(visit.target)
    spaced = {name: text.replace("T", " ") for name, text in period(start, start + 7 * DAY).items()}
    spellings: tuple[dict[str, Any], ...] = (
        {"query_periods": None, "available_periods": [period(start, start + 7 * DAY)]},
        {"query_periods": [spaced]},
        {"buffer": {}},
    )
    for changed in spellings:
        answer, items, at = _ask(visit, **changed)
        answer.expect(items == wanted, "what the plain query finds", items[:2], at)


@_AVAILABILITY.check(
    "availability.member-statuses",
    "scheduling §1.5",
    _DOCS,
    sends="the same query with include_member_statuses",
    expects="member_statuses, as the profiles in userinfo say; without the flag there is none",
)
def _member_statuses(visit: Visit) -> None:
    plain = visit.read(_QUERY)
    found = plain.get("member_statuses")
    visit.plain(_QUERY).expect(found is None, "no such member", found, "member_statuses")
    userinfo = visit.read("GET /v1/userinfo")
    profiles = userinfo["cronofy.data"].get("profiles", [])
    status = "active"
    if any(profile["profile_initial_sync_required"] for profile in profiles):
        status = "pending"
    if not all(profile["profile_connected"] for profile in profiles):
        status = "disconnected"
    answer = visit.call(_QUERY, json=_body(visit, include_member_statuses=True))
    answer.status(200)
    statuses = answer.document(BY_OPERATION[_QUERY].answer).get("member_statuses")
    wanted = [{"sub": userinfo["sub"], "sync_status": status}]
    answer.expect(statuses == wanted, f"sync_status {status}", statuses, "member_statuses")


@_AVAILABILITY.check(
    "availability.required",
    "scheduling §1.10",
    _DOCS,
    sends="POST /v1/availability without participants, required_duration and query_periods",
    expects="422 errors.required on the one that is missing",
)
def _required(visit: Visit) -> None:
    visit.read(_QUERY)
    for name in ("participants", "required_duration", "query_periods"):
        answer = visit.call(_QUERY, json=_body(visit, **{name: None}))
        answer.refuses(name, "errors.required", assumed=True)


@_AVAILABILITY.check(
    "availability.unknown-sub",
    "scheduling §1.10",
    _DOCS,
    sends="POST /v1/availability about an account that nobody has",
    expects="422",
)
def _unknown_sub(visit: Visit) -> None:
    visit.read(_QUERY)
    members = [{"members": [{"sub": f"acc_{NOBODY}"}]}]
    visit.call(_QUERY, json=_body(visit, participants=members)).status(422, assumed=True)


@_AVAILABILITY.check(
    "availability.access-token",
    "scheduling §1.1",
    _DOCS,
    sends="POST /v1/availability with the access token in place of the client_secret",
    expects="the same answer",
)
def _access_token(visit: Visit) -> None:
    known, token = visit.read(_QUERY), visit.target.server.credentials.access_token
    start = midnight(visit.target)
    body = _body(visit, query_periods=[period(start, start + DAY)])
    answer = visit.send("POST", "/v1/availability", bearer=token, json=body)
    answer.status(200)
    found = answer.json()
    answer.expect(found == known, "the same answer", found)


@_AVAILABILITY.check(
    "availability.sequence",
    "scheduling §2",
    "api/scheduling/sequenced-availability",
    sends="POST /v1/sequenced_availability for two half hours after each other in one day",
    expects="sequences of both, in order, without overlap, each with another start",
)
def _sequence(visit: Visit) -> None:
    sequences, answer = visit.read(_SEQUENCE)["sequences"], visit.plain(_SEQUENCE)
    start, before = midnight(visit.target), 0
    for number, found in enumerate(sequences):
        at, steps = f"sequences[{number}].sequence", found["sequence"]
        names = [step["sequence_id"] for step in steps]
        if not answer.expect(names == ["first", "second"], "first, second", names, at):
            continue
        times = [instant(step[name]) for step in steps for name in ("start", "end")]
        ordered = times == sorted(times) and start <= times[0] and times[-1] <= start + DAY
        answer.expect(ordered, "one after the other, within the query period", steps, at)
        lasting = [times[1] - times[0], times[3] - times[2]]
        answer.expect(lasting == [1800, 1800], "30 minutes each", lasting, at)
        later = times[0] > before
        answer.expect(later, "a later start than the sequence before", steps[0]["start"], at)
        before = times[0]


@_AVAILABILITY.check(
    "availability.managed-periods",
    "scheduling §3.1",
    "api/scheduling/available-periods/read",
    sends="GET /v1/available_periods with from and to, without tzid",
    expects="422 on tzid",
)
def _managed_periods(visit: Visit) -> None:
    visit.read("GET /v1/available_periods")
    start = midnight(visit.target)
    query = {"from": as_text(start)[:10], "to": as_text(start + DAY)[:10]}
    answer = visit.call("GET /v1/available_periods", query=query)
    answer.refuses("tzid", "errors.required", assumed=True)


CHECKS = _AVAILABILITY.checks
