"""Events that are written, and deleted again; with ``--writes`` only (events §§2, 3, 7)."""

from __future__ import annotations

from typing import Any

from mock_server.conformance.answers import Answer
from mock_server.conformance.checks import Section, Skip
from mock_server.conformance.readings import DAY, NOBODY, midnight
from mock_server.conformance.shapes import Words
from mock_server.conformance.target import BY_OPERATION
from mock_server.conformance.visit import Visit, first
from mock_server.world.clock import as_text

_WRITING = Section("Writing events")

_UPSERT = "POST /v1/calendars/{calendar_id}/events"
_DELETE = "DELETE /v1/calendars/{calendar_id}/events"


def run_name(visit: Visit) -> str:
    """An id that says where it comes from, and when."""
    return f"mock-cronofy-conformance-{as_text(visit.now).replace(':', '')}"


def _calendar(visit: Visit) -> str:
    """The calendar that is written to; raises Skip where none can be."""
    wanted = visit.target.options.calendar_id
    profiles = visit.read("GET /v1/profiles")["profiles"]
    connected = {profile["profile_id"] for profile in profiles if profile["profile_connected"]}
    writable = [
        calendar["calendar_id"]
        for calendar in visit.read("GET /v1/calendars")["calendars"]
        if calendar["profile_id"] in connected
        and not calendar["calendar_readonly"]
        and not calendar["calendar_deleted"]
    ]
    if wanted is not None:
        if wanted not in writable:
            raise Skip(f"{wanted} is no calendar of the account that can be written to")
        return wanted
    return str(first(writable, "the account has no calendar that can be written to"))


def event_of(visit: Visit, event_id: str, **changed: Any) -> dict[str, Any]:
    start = midnight(visit.target) + 3 * DAY
    return {
        "event_id": event_id,
        "summary": "mock-cronofy conformance",
        "description": "Made by a test, which deletes it again.",
        "start": as_text(start + 36_000),
        "end": as_text(start + 39_600),
        "transparency": "transparent",
        **changed,
    }


def _path(calendar_id: str) -> str:
    return f"/v1/calendars/{calendar_id}/events"


def _upsert(visit: Visit, calendar_id: str, event: dict[str, Any]) -> Answer:
    return visit.call(_UPSERT, _path(calendar_id), json=event)


def _delete(visit: Visit, calendar_id: str, event_id: str) -> Answer:
    return visit.call(_DELETE, _path(calendar_id), json={"event_id": event_id})


def accepted(answer: Answer) -> None:
    """202 and nothing more: it will be done."""
    answer.status(202)
    answer.empty()


def _make(visit: Visit, event: dict[str, Any]) -> str:
    """Write ``event``, which is deleted when the check ends; the calendar's id."""
    calendar_id, event_id = _calendar(visit), event["event_id"]
    visit.target.bearer(BY_OPERATION[_DELETE])
    answer = visit.make(
        lambda: _upsert(visit, calendar_id, event),
        lambda: _delete(visit, calendar_id, event_id),
        f"the event {event_id}",
    )
    accepted(answer)
    return calendar_id


def _find(visit: Visit, event_id: str) -> tuple[Answer, list[Any]]:
    """The application's own event of this id, in full or as a busy time, as it may read it."""
    if visit.target.covers("read_events"):
        how, member, query = "GET /v1/events", "events", {"only_managed": "true"}
    else:
        how, member = "GET /v1/free_busy", "free_busy"
        query = {"include_managed": "true", "include_ids": "true", "include_free": "true"}
    answer = visit.call(how, query={"tzid": "Etc/UTC", **query})
    entries = visit.pages(answer, how, member)
    return answer, [entry for entry in entries if entry.get("event_id") == event_id]


def _as_written(visit: Visit, event: dict[str, Any], *, without: tuple[str, ...] = ()) -> None:
    """Wait until a reading says what was written; else record what it says."""
    names = [n for n in ("summary", "description", "start", "end") if n not in without]
    last: list[Any] = []

    def same() -> bool:
        last[:] = _find(visit, event["event_id"])[1]
        return len(last) == 1 and all(last[0].get(n, event[n]) == event[n] for n in names)

    if not visit.until(same):
        answer, _ = _find(visit, event["event_id"])
        wanted = {name: event[name] for name in names}
        answer.differs(f"{wanted} of the event that was written", last)


def _gone(visit: Visit, event_id: str) -> None:
    if not visit.until(lambda: not _find(visit, event_id)[1]):
        answer, found = _find(visit, event_id)
        answer.differs(f"nothing of the deleted event {event_id}", found)


@_WRITING.check(
    "writing.event",
    "events §2",
    "api/events/upsert-event",
    sends="an event, then the same event_id with other words and times, then a deletion",
    expects="202 with an empty body each time; one event, which readings show as it was "
    "written last, and no more once it is deleted",
    writes=True,
)
def _event_story(visit: Visit) -> None:
    event = event_of(visit, f"{run_name(visit)}-event")
    calendar_id = _make(visit, event)
    _as_written(visit, event)
    start = midnight(visit.target) + 4 * DAY
    moved = {
        **event,
        "summary": "mock-cronofy conformance, moved",
        "start": as_text(start),
        "end": as_text(start + 3600),
    }
    accepted(_upsert(visit, calendar_id, moved))
    _as_written(visit, moved)
    accepted(_delete(visit, calendar_id, event["event_id"]))
    _gone(visit, event["event_id"])


@_WRITING.check(
    "writing.description-left-out",
    "events §2.1",
    "api/events/upsert-event",
    sends="an event with a description, then the same without",
    expects="no description",
    writes=True,
)
def _left_out(visit: Visit) -> None:
    if not visit.target.covers("read_events"):
        raise Skip("needs the scope read_events, to read the description")
    event = event_of(visit, f"{run_name(visit)}-left-out")
    calendar_id = _make(visit, event)
    _as_written(visit, event)
    shorter = {name: value for name, value in event.items() if name != "description"}
    accepted(_upsert(visit, calendar_id, shorter))
    last: list[Any] = []

    def cleared() -> bool:
        last[:] = _find(visit, event["event_id"])[1]
        return [entry["description"] for entry in last] == [""]

    if not visit.until(cleared):
        found = [entry["description"] for entry in last]
        answer = visit.plain("GET /v1/events")
        answer.expect(False, "an empty description", found, "description", assumed=True)


@_WRITING.check(
    "writing.deleted",
    "events §3.1",
    "api/events/delete-event",
    sends="an event, a deletion, GET /v1/events with include_deleted",
    expects="the event with deleted: true",
    writes=True,
)
def _deleted(visit: Visit) -> None:
    if not visit.target.covers("read_events"):
        raise Skip("needs the scope read_events")
    event = event_of(visit, f"{run_name(visit)}-deleted")
    calendar_id = _make(visit, event)
    _as_written(visit, event)
    accepted(_delete(visit, calendar_id, event["event_id"]))
    query = {"tzid": "Etc/UTC", "only_managed": "true", "include_deleted": "true"}

    def marked() -> bool:
        found = visit.pages(visit.call("GET /v1/events", query=query), "GET /v1/events", "events")
        return any(e["deleted"] for e in found if e.get("event_id") == event["event_id"])

    if not visit.until(marked):
        visit.plain("GET /v1/events").differs(
            "the event with deleted: true", Words("none"), "events"
        )


@_WRITING.check(
    "writing.refusals",
    "events §2.3",
    "api/events/upsert-event",
    sends="events without summary, with an end before the start, and in an unknown calendar",
    expects="422 errors.required on summary, 422 on end, 404; nothing is written",
    writes=True,
)
def _refusals(visit: Visit) -> None:
    calendar_id, event_id = _calendar(visit), f"{run_name(visit)}-refused"
    visit.later(lambda: _delete(visit, calendar_id, event_id), f"the event {event_id}")
    nameless = event_of(visit, event_id)
    del nameless["summary"]
    _upsert(visit, calendar_id, nameless).refuses("summary", "errors.required")
    event = event_of(visit, event_id)
    backwards = {**event, "start": event["end"], "end": event["start"]}
    _upsert(visit, calendar_id, backwards).refuses("end", "errors.invalid_time_pair", assumed=True)
    unknown = f"cal_{NOBODY[:16]}_{NOBODY[:16]}"
    _upsert(visit, unknown, event).status(404)
    answer, found = _find(visit, event_id)
    answer.expect(not found, "nothing of what was refused", found)


@_WRITING.check(
    "writing.delete-unknown",
    "events §3.1",
    "api/events/delete-event",
    sends="a deletion of an event_id that was never written, and one without any id",
    expects="202; 422 errors.required on event_id",
    writes=True,
)
def _delete_unknown(visit: Visit) -> None:
    calendar_id = _calendar(visit)
    _delete(visit, calendar_id, f"{run_name(visit)}-never").status(202)
    answer = visit.call(_DELETE, _path(calendar_id), json={})
    answer.refuses("event_id", "errors.required")


@_WRITING.check(
    "writing.batch",
    "events §7",
    "api/batch",
    sends="POST /v1/batch with an event, one without summary, and the deletion of the first",
    expects="207 with the statuses 202, 422 with its errors, and 202",
    writes=True,
)
def _batch(visit: Visit) -> None:
    if not (visit.target.covers("create_event") and visit.target.covers("delete_event")):
        raise Skip("needs the scopes create_event and delete_event")
    calendar_id, event_id = _calendar(visit), f"{run_name(visit)}-batch"
    event = event_of(visit, event_id)
    nameless = {name: value for name, value in event.items() if name != "summary"}
    visit.later(lambda: _delete(visit, calendar_id, event_id), f"the event {event_id}")
    entries = [
        {"method": method, "relative_url": _path(calendar_id), "data": data}
        for method, data in (
            ("POST", event),
            ("POST", nameless),
            ("DELETE", {"event_id": event_id}),
        )
    ]
    operation = "POST /v1/batch"
    answer = visit.call(operation, json={"batch": entries})
    answer.status(207)
    found = answer.document(BY_OPERATION[operation].answer)["batch"]
    statuses = [entry["status"] for entry in found]
    answer.expect(statuses == [202, 422, 202], "202, 422, 202", statuses, "batch")
    if len(found) > 1:
        errors: Any = found[1].get("data", {}).get("errors", {})
        answer.expect("summary" in errors, "an error on summary", errors, "batch[1].data.errors")
    _gone(visit, event_id)


CHECKS = _WRITING.checks
