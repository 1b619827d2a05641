"""Reading events and busy times: what each of the two has of its own (events §§4, 5)."""

from __future__ import annotations

import re

from mock_server.conformance.checks import Section, Skip
from mock_server.conformance.entries import EVENTS, FREE_BUSY, UTC, declare, key, page, whole
from mock_server.conformance.readings import midnight
from mock_server.conformance.shapes import Words
from mock_server.conformance.target import BY_OPERATION
from mock_server.conformance.times import instant
from mock_server.conformance.visit import Visit
from mock_server.world.clock import as_text

_EVENTS = Section("Events")
_FREE_BUSY = Section("Free/busy")

# An occurrence of a series may add something to the series' uid.
_UID = re.compile(r"evt_external_[0-9a-f]{24}")

declare(_EVENTS, EVENTS, "events")
declare(_FREE_BUSY, FREE_BUSY, "free-busy")


@_EVENTS.check(
    "events.ids",
    "events §4.2",
    "api/events/read-events",
    sends="GET /v1/events with include_managed",
    expects="event_uid of evt_external_ and 24 hex digits, calendar_id of a listed calendar",
)
def _ids(visit: Visit) -> None:
    answer, events = page(visit, EVENTS, include_managed="true")
    calendars = {c["calendar_id"] for c in visit.read("GET /v1/calendars")["calendars"]}
    for number, event in enumerate(events):
        uid, calendar_id = event["event_uid"], event["calendar_id"]
        at = f"events[{number}]"
        right = _UID.match(uid) is not None
        answer.expect(right, "evt_external_ and 24 hex digits", uid, f"{at}.event_uid")
        listed = calendar_id in calendars
        answer.expect(listed, "an id of GET /v1/calendars", calendar_id, f"{at}.calendar_id")


@_EVENTS.check(
    "events.managed",
    "events §4.1",
    "api/events/read-events",
    sends="GET /v1/events plainly, and with only_managed",
    expects="event_id in the application's own events, which are read when asked for only",
)
def _managed(visit: Visit) -> None:
    answer, plain = page(visit, EVENTS)
    for number, event in enumerate(plain):
        found = event.get("event_id")
        answer.expect(found is None, "no such member", found, f"events[{number}].event_id")
    answer, own = page(visit, EVENTS, only_managed="true")
    for number, event in enumerate(own):
        at = f"events[{number}].event_id"
        # Later occurrences of a series have none.
        known = "event_id" in event or "series_master" in event
        answer.expect(known, "the member", Words("none"), at)


@_EVENTS.check(
    "events.deleted",
    "events §4.1",
    "api/events/read-events",
    sends="GET /v1/events plainly, and with include_deleted",
    expects="deleted events when asked for only",
)
def _deleted(visit: Visit) -> None:
    answer, plain = page(visit, EVENTS)
    for number, event in enumerate(plain):
        answer.expect(not event["deleted"], "false", event["deleted"], f"events[{number}].deleted")
    page(visit, EVENTS, include_deleted="true")


@_EVENTS.check(
    "events.last-modified",
    "events §4.1",
    "api/events/read-events",
    sends="GET /v1/events with last_modified of the newest event",
    expects="nothing that was updated before then",
)
def _last_modified(visit: Visit) -> None:
    _, plain = page(visit, EVENTS)
    newest = max((event["updated"] for event in plain), default=None)
    if newest is None:
        raise Skip("the account has no events")
    answer, found = page(visit, EVENTS, last_modified=newest)
    for number, event in enumerate(found):
        right = instant(event["updated"]) >= instant(newest)
        answer.expect(right, f"{newest} or later", event["updated"], f"events[{number}].updated")
    answer.expect(bool(found), f"the event that was updated {newest}", found, "events")


@_EVENTS.check(
    "events.milliseconds",
    "identity §1.4",
    "api/data-types",
    sends="GET /v1/events with last_modified …00.000Z, and with …00.500Z",
    expects="200, and 422: milliseconds other than zero are refused",
)
def _milliseconds(visit: Visit) -> None:
    moment = as_text(midnight(visit.target)).removesuffix("Z")
    page(visit, EVENTS, last_modified=f"{moment}.000Z")
    visit.call(EVENTS, query={**UTC, "last_modified": f"{moment}.500Z"}).refuses("last_modified")


@_EVENTS.check(
    "events.booleans",
    "events §0.1",
    "api/data-types",
    sends="GET /v1/events with only_managed=True, as Python writes it, and =1, as PHP does",
    expects="what only_managed=true finds",
)
def _booleans(visit: Visit) -> None:
    _, wanted = page(visit, EVENTS, only_managed="true")
    for written in ("True", "1"):
        answer, found = page(visit, EVENTS, only_managed=written)
        same = [*map(key, found)] == [*map(key, wanted)]
        answer.expect(same, "what only_managed=true finds", len(found), "events")


@_EVENTS.check(
    "events.options",
    "events §4.2",
    "api/events/read-events",
    sends="GET /v1/events",
    expects="options that forbid changing external events where permission_level is sandbox, or "
    "the calendar is read-only, or the event recurs",
)
def _options(visit: Visit) -> None:
    answer, events = page(visit, EVENTS)
    calendars = {c["calendar_id"]: c for c in visit.read("GET /v1/calendars")["calendars"]}
    for number, event in enumerate(events):
        calendar = calendars.get(event["calendar_id"], {})
        fixed = (
            calendar.get("permission_level") == "sandbox"
            or calendar.get("calendar_readonly")
            or event["recurring"]
        )
        if fixed and "event_id" not in event:
            for name in ("delete", "update"):
                found, at = event["options"][name], f"events[{number}].options.{name}"
                answer.expect(not found, "false", found, at)


@_EVENTS.check(
    "events.userinfo",
    "events §4.1",
    "api/events/read-events",
    sends="GET /v1/events with include_userinfo",
    expects="what GET /v1/userinfo answers, as the member userinfo",
)
def _with_userinfo(visit: Visit) -> None:
    known = visit.read("GET /v1/userinfo")
    visit.read(EVENTS)
    answer = visit.call(EVENTS, query={**UTC, "include_userinfo": "true"})
    answer.status(200)
    document = answer.document(BY_OPERATION[EVENTS].answer)
    found = document.get("userinfo")
    answer.expect(found == known, "what GET /v1/userinfo answers", found, "userinfo")


@_FREE_BUSY.check(
    "free-busy.ids",
    "events §5",
    "api/events/free-busy",
    sends="GET /v1/free_busy plainly, and with include_ids",
    expects="event_uid when asked for only",
)
def _busy_ids(visit: Visit) -> None:
    answer, plain = page(visit, FREE_BUSY)
    for number, entry in enumerate(plain):
        found = entry.get("event_uid")
        answer.expect(found is None, "no such member", found, f"free_busy[{number}].event_uid")
    answer, with_ids = page(visit, FREE_BUSY, include_ids="true")
    for number, entry in enumerate(with_ids):
        right = _UID.match(entry.get("event_uid", "")) is not None
        wanted, at = "evt_external_ and 24 hex digits", f"free_busy[{number}].event_uid"
        answer.expect(right, wanted, entry.get("event_uid"), at)


@_FREE_BUSY.check(
    "free-busy.free",
    "events §5",
    "api/events/free-busy",
    sends="GET /v1/free_busy plainly, and with include_free",
    expects="free times when asked for only",
)
def _free(visit: Visit) -> None:
    answer, plain = page(visit, FREE_BUSY)
    for number, entry in enumerate(plain):
        found, at = entry["free_busy_status"], f"free_busy[{number}].free_busy_status"
        answer.expect(found != "free", "another status than free", found, at, assumed=True)
    page(visit, FREE_BUSY, include_free="true")


@_FREE_BUSY.check(
    "free-busy.events",
    "events §5",
    "api/events/free-busy",
    sends="GET /v1/events, GET /v1/free_busy with include_ids",
    expects="a busy time for every opaque event that is neither declined nor cancelled",
)
def _busy_events(visit: Visit) -> None:
    _, events = whole(visit, EVENTS)
    answer, busy = whole(visit, FREE_BUSY, include_ids="true", include_free="true")
    known = {key(entry) for entry in busy}
    for event in events:
        blocks = event["transparency"] == "opaque" and event["status"] != "cancelled"
        if blocks and event["participation_status"] != "declined":
            wanted = f"{event['event_uid']}, which starts {event['start']}"
            answer.expect(key(event) in known, wanted, Words("not in the answer"), "free_busy")


CHECKS = [*_EVENTS.checks, *_FREE_BUSY.checks]
