"""What reading events and reading busy times have in common (events §§4, 5)."""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

from mock_server.conformance.answers import Answer
from mock_server.conformance.checks import Section, Skip
from mock_server.conformance.readings import DAY, NOBODY
from mock_server.conformance.shapes import Words
from mock_server.conformance.target import BY_OPERATION
from mock_server.conformance.times import instant, is_date, is_time, localized_misfit
from mock_server.conformance.visit import Visit, first
from mock_server.world.clock import as_text

EVENTS, FREE_BUSY = "GET /v1/events", "GET /v1/free_busy"
_DOCS = {EVENTS: "api/events/read-events", FREE_BUSY: "api/events/free-busy"}
_MEMBER = {EVENTS: "events", FREE_BUSY: "free_busy"}

UTC = {"tzid": "Etc/UTC"}


class Reading(NamedTuple):
    """The entries of a reading, and the answer that stands for it in a report."""

    answer: Answer
    entries: list[Any]


def page(visit: Visit, operation: str, **query: Any) -> Reading:
    """The first page of what ``query`` finds."""
    visit.read(operation)
    answer = visit.call(operation, query={**UTC, **query})
    answer.status(200)
    document = answer.document(BY_OPERATION[operation].answer)
    return Reading(answer, document[_MEMBER[operation]])


def whole(visit: Visit, operation: str, **query: Any) -> Reading:
    """Every page of what ``query`` finds."""
    visit.read(operation)
    answer = visit.call(operation, query={**UTC, **query})
    return Reading(answer, visit.pages(answer, operation, _MEMBER[operation]))


def key(entry: Any) -> tuple[Any, ...]:
    return tuple(str(entry.get(name)) for name in ("event_uid", "calendar_id", "start", "end"))


def _requires_zone(visit: Visit, operation: str) -> None:
    visit.read(operation)
    keys = ("errors.tzid_unrecognized", "errors.required")
    visit.call(operation).refuses("tzid", *keys, assumed=True)
    wrong = visit.call(operation, query={"tzid": "Nowhere/Atlantis"})
    wrong.refuses("tzid", "errors.tzid_unrecognized", assumed=True)


def _window(visit: Visit, operation: str) -> None:
    """What lies in one day, of all that a wide reading finds."""
    _, entries = whole(visit, operation)
    starts = sorted(instant(entry["start"]) for entry in entries)
    middle = starts[len(starts) // 2] if starts else visit.now
    start = middle // DAY * DAY
    day, end = as_text(start)[:10], start + DAY
    answer, found = whole(visit, operation, **{"from": day, "to": as_text(end)[:10]})
    at = _MEMBER[operation]
    for number, entry in enumerate(found):
        place = f"{at}[{number}]"
        begins, ends = instant(entry["start"]), instant(entry["end"])
        before = f"a start before {as_text(end)[:10]}"
        answer.expect(begins < end, before, entry["start"], f"{place}.start")
        answer.expect(ends >= start, f"an end on or after {day}", entry["end"], f"{place}.end")
    keys = {key(entry) for entry in found}
    for entry in entries:
        if instant(entry["start"]) < end and instant(entry["end"]) > start:
            wanted = f"what starts {entry['start']} and ends {entry['end']}, too"
            answer.expect(key(entry) in keys, wanted, Words("not in the answer"), at)


def _localized(visit: Visit, operation: str) -> None:
    answer, localized = page(visit, operation, localized_times="true")
    _, plain = page(visit, operation)
    for number, (entry, known) in enumerate(zip(localized, plain, strict=False)):
        for name in ("start", "end"):
            expected = localized_misfit(entry[name], known[name])
            at = f"{_MEMBER[operation]}[{number}].{name}"
            answer.expect(expected is None, expected or "", entry[name], at)


def _times(visit: Visit, operation: str) -> None:
    names = ("start", "end", *(("created", "updated") if operation == EVENTS else ()))
    answer, entries = page(visit, operation, include_managed="true", include_deleted="true")
    for number, entry in enumerate(entries):
        at = f"{_MEMBER[operation]}[{number}]"
        for name in names:
            found = entry[name]
            right = is_time(found) or (name in ("start", "end") and is_date(found))
            wanted = "a time with whole seconds and Z"
            answer.expect(right, wanted, found, f"{at}.{name}")
        same = is_date(entry["start"]) == is_date(entry["end"])
        wanted = "an end of the same kind as the start, and not before it"
        ordered = same and instant(entry["start"]) <= instant(entry["end"])
        answer.expect(ordered, wanted, f"{entry['start']}, {entry['end']}", at)


def _pages(visit: Visit, operation: str) -> None:
    pages = visit.read(operation)["pages"]
    answer = visit.plain(operation)
    answer.expect(pages["current"] == 1, "1", pages["current"], "pages.current")
    last = pages["current"] == pages["total"]
    found = pages.get("next_page")
    wanted = "no such member on the last page" if last else "the address of the next page"
    answer.expect((found is None) == last, wanted, found, "pages.next_page")


def _next_page(visit: Visit, operation: str) -> None:
    document = visit.read(operation)
    following = document["pages"].get("next_page")
    if following is None:
        raise Skip("the account has no more than one page of them")
    answer = visit.plain(operation)
    base = visit.target.server.base_url
    absolute = following.startswith(f"{base}/v1/")
    if not answer.expect(absolute, f"an address below {base}", following, "pages.next_page"):
        return
    token = visit.target.server.credentials.access_token
    answer = visit.send("GET", following, bearer=token)
    answer.status(200)
    second = answer.document(BY_OPERATION[operation].answer)
    current, total = second["pages"]["current"], second["pages"]["total"]
    answer.expect(current == 2, "2", current, "pages.current")
    answer.expect(total == document["pages"]["total"], "the same total", total, "pages.total")
    member = _MEMBER[operation]
    seen = {key(entry) for entry in document[member]} if operation == EVENTS else set()
    again = [entry for entry in second[member] if key(entry) in seen]
    answer.expect(not again, "nothing of the first page", again[:1], member)


def _calendar_filter(visit: Visit, operation: str) -> None:
    _, entries = page(visit, operation)
    calendars = visit.read("GET /v1/calendars")["calendars"]
    calendar_id = next(
        (entry["calendar_id"] for entry in entries),
        first(calendars, "the account has no calendar")["calendar_id"],
    )
    answer, found = page(visit, operation, **{"calendar_ids[]": [calendar_id]})
    for number, entry in enumerate(found):
        at = f"{_MEMBER[operation]}[{number}].calendar_id"
        answer.expect(entry["calendar_id"] == calendar_id, calendar_id, entry["calendar_id"], at)
    own = [entry for entry in entries if entry["calendar_id"] == calendar_id]
    answer.expect(bool(found) == bool(own), "the events of the calendar", len(found))
    query = {**UTC, "calendar_ids[]": f"cal_{NOBODY}_{NOBODY}"}
    unknown = visit.call(operation, query=query)
    unknown.status(422, assumed=True)


def declare(section: Section, operation: str, name: str) -> None:
    """Add the checks of one of the two to ``section``."""
    what = "events" if operation == EVENTS else "busy times"
    path, docs = operation.removeprefix("GET "), _DOCS[operation]
    part = "events §4" if operation == EVENTS else "events §5"
    for suffix, sends, expects, run in (
        (
            "time-zone",
            f"GET {path} without tzid, and with one that does not exist",
            "422 with errors on tzid",
            _requires_zone,
        ),
        (
            "window",
            f"GET {path}, then again with from and to of one day",
            f"the {what} that start before to and end on or after from, all of them",
            _window,
        ),
        (
            "localized",
            f"GET {path} with and without localized_times",
            "objects with time and tzid, of the same moments",
            _localized,
        ),
        (
            "times",
            f"GET {path} with include_managed and include_deleted",
            "times in UTC with whole seconds, or dates, and no end before its start",
            _times,
        ),
        (
            "pages",
            f"GET {path}",
            "the first page of pages.total; next_page is absent on the last one only",
            _pages,
        ),
        (
            "next-page",
            f"GET of the next_page of {path}, as it is",
            "the second page, which an absolute address leads to",
            _next_page,
        ),
        (
            "calendars",
            f"GET {path} with calendar_ids[] of one calendar, and of an unknown one",
            f"the {what} of that calendar; 422",
            _calendar_filter,
        ),
    ):
        add = section.check(f"{name}.{suffix}", part, docs, sends=sends, expects=expects)
        add(partial(run, operation=operation))
