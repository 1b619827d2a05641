"""Reading events and busy times, page by page (events §§4, 5)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mock_server.api import paging, shapes_events
from mock_server.api.call import Call
from mock_server.api.endpoint import Credential, endpoint
from mock_server.api.event_documents import EventDocuments
from mock_server.api.event_times import Given, QueryTime, Zone
from mock_server.api.events import require_geo
from mock_server.api.fields import CalendarIds, is_true
from mock_server.api.identity import own_userinfo
from mock_server.api.parsing import Parameters, Unreadable, parse_query
from mock_server.rules import event_reads, finding_events, result_pages
from mock_server.rules.event_reads import Edge, Query
from mock_server.world.events import Occurrence
from mock_server.world.result_pages import ResultPage


class ReadingQuery(BaseModel):
    """What reading events and reading busy times have in common."""

    model_config = ConfigDict(defer_build=True)

    tzid: Zone
    after: Annotated[QueryTime | None, Field(alias="from")] = None
    before: Annotated[QueryTime | None, Field(alias="to")] = None
    include_deleted: bool = False
    last_modified: QueryTime | None = None
    include_managed: bool = False
    calendar_ids: CalendarIds = []
    localized_times: bool = False
    include_geo: bool = False
    include_userinfo: bool = False

    @model_validator(mode="before")
    @classmethod
    def _missing_zone_is_unknown(cls, value: Any) -> Any:
        return {"tzid": "", **value}

    def asked(self) -> frozenset[str]:
        """The switches that are on, by name."""
        return frozenset(name for name, value in self if value is True)


class EventsQuery(ReadingQuery):
    include_moved: bool = False
    only_managed: bool = False
    google_event_ids: bool = False


class FreeBusyQuery(ReadingQuery):
    include_ids: bool = False
    include_free: bool = False


def _edge(given: Given | None, tzid: str) -> Edge | None:
    """Of a date, where it begins in ``tzid``."""
    if given is None:
        return None
    seconds = given.seconds(tzid)
    return event_reads.midnight(seconds, tzid) if given.all_day else event_reads.at(seconds, tzid)


def _find(
    call: Call, *, own: bool, others: bool, moved: bool, whole_events: bool
) -> list[Occurrence]:
    wanted: ReadingQuery = call.query
    calendars = finding_events.chosen(call.sandbox, call.authorization, wanted.calendar_ids or None)
    changed = _edge(wanted.last_modified, wanted.tzid)
    query = Query(
        tzid=wanted.tzid,
        after=_edge(wanted.after, wanted.tzid),
        before=_edge(wanted.before, wanted.tzid),
        own=own,
        others=others,
        deleted=wanted.include_deleted,
        moved=moved,
        last_modified=changed.instant if changed else None,
    )
    return event_reads.find(
        call.sandbox, call.authorization, calendars, query, whole_events=whole_events
    )


def _events(call: Call, page: ResultPage) -> shapes_events.Events:
    documents = EventDocuments(call.sandbox, call.authorization, page.options)
    return {
        "pages": paging.pages(call, page),
        "events": [documents.event(occurrence) for occurrence in page.items],
    }


def _free_busy(call: Call, page: ResultPage) -> shapes_events.FreeBusy:
    documents = EventDocuments(call.sandbox, call.authorization, page.options)
    return {
        "pages": paging.pages(call, page),
        "free_busy": [documents.period(occurrence) for occurrence in page.items],
    }


_ASSUMED = (
    "A page holds 100 entries (the scenario's switch page_size), lives for an hour, and shows "
    "what the first request found, without profiles that have been revoked since.",
    "from and to beyond 42 days ago and 201 days ahead are cut off for what the application did "
    "not write.",
    "An unknown calendar_id is 422 errors.invalid_calendar_ids; an empty list is all calendars, "
    "a single value without brackets a list of one.",
    "Entries are sorted by start, then by event_uid.",
    "A missing tzid is 422 errors.tzid_unrecognized, as an unknown one.",
    "Of a series, occurrences within the default times are answered where from and to do not "
    "say otherwise, also of one that the application wrote.",
    "from after to finds nothing; from or to alone leaves the other end open for what the "
    "application wrote.",
    "With include_deleted a deleted series is read by its occurrences.",
    "At most 2000 occurrences of a series are found, the first ones.",
)


def _asks_for_own_alone(call: Call, _: Parameters) -> bool:
    try:
        only_managed = parse_query(call.scope).get("only_managed")
    except Unreadable:
        return False  # which is told once the scope is enough
    return is_true(only_managed)


@endpoint(
    "GET",
    "/v1/events",
    title="Read events",
    docs="api/events/read-events",
    credentials=(Credential.ACCESS_TOKEN,),
    scope=("read_events",),
    own_alone=_asks_for_own_alone,
    query=EventsQuery,
    answer=shapes_events.Events,
    errors=(401, 402, 403, 422),
    assumed=(
        *_ASSUMED,
        "include_geo is 402 for a production application below the plan growth.",
        "include_moved finds events by the last ten times that they had; a series by what its "
        "rule of today would have been then.",
        "options.change_participation_status is true for somebody who is invited and does not "
        "organize the event.",
        "An event without known organizer names the calendar's owner; participation_status of "
        "who organizes is accepted.",
        "extended_transparency stands in every event; url where one is set.",
        "What another application wrote is external in every respect: that it waits for a meeting "
        "is not told.",
        "Private events say as much as others.",
        "meeting_url is the first link to Zoom, Meet, Teams, Webex, GoTo or 8x8 in location, url "
        "and description of an external event.",
        "location.description is empty where only coordinates are known.",
        "An occurrence's event_uid begins as its series' does.",
        "google_event_id is the event_uid without its prefix.",
    ),
)
def read_events(call: Call) -> shapes_events.Events:
    query: EventsQuery = call.query
    if query.include_geo:
        require_geo(call.application)
    found = _find(
        call,
        own=query.include_managed or query.only_managed,
        others=not query.only_managed,
        moved=query.include_moved,
        whole_events=True,
    )
    page = result_pages.first(
        call.sandbox, call.authorization, "events", query.asked(), items=found
    )
    document = _events(call, page)
    if query.include_userinfo:
        document["userinfo"] = own_userinfo(call)
    return document


@endpoint(
    "GET",
    "/v1/events/pages/{page_id}",
    title="Read events, next page",
    docs="api/events/read-events",
    credentials=(Credential.ACCESS_TOKEN,),
    owned=lambda call: result_pages.find(
        call.sandbox, call.authorization, "events", call.path["page_id"]
    ),
    answer=shapes_events.Events,
    errors=(401, 403, 404),
    assumed=("Query parameters are ignored here, and no scope is needed.",),
)
def read_events_page(call: Call) -> shapes_events.Events:
    return _events(call, call.target)


@endpoint(
    "GET",
    "/v1/free_busy",
    title="Free-busy",
    docs="api/events/free-busy",
    credentials=(Credential.ACCESS_TOKEN,),
    scope=("read_free_busy",),
    query=FreeBusyQuery,
    answer=shapes_events.FreeBusy,
    errors=(401, 403, 422),
    assumed=(
        *_ASSUMED,
        "Free periods are left out without include_free (the scenario's switch include_free).",
        "transparent is free; tentative in whatever respect is tentative; everything else that "
        "is opaque is busy; what was declined or cancelled is left out, unless it is deleted.",
        "deleted is absent from what is not deleted.",
    ),
)
def read_free_busy(call: Call) -> shapes_events.FreeBusy:
    query: FreeBusyQuery = call.query
    found = _find(call, own=query.include_managed, others=True, moved=False, whole_events=False)
    free = query.include_free or call.sandbox.switches.include_free
    unwanted = {None} if free else {None, "free"}
    periods = [o for o in found if event_reads.free_busy_status(o.event) not in unwanted]
    page = result_pages.first(
        call.sandbox, call.authorization, "free_busy", query.asked(), items=periods
    )
    document = _free_busy(call, page)
    if query.include_userinfo:
        document["userinfo"] = own_userinfo(call)
    return document


@endpoint(
    "GET",
    "/v1/free_busy/pages/{page_id}",
    title="Free-busy, next page",
    docs="api/events/free-busy",
    credentials=(Credential.ACCESS_TOKEN,),
    scope=("read_free_busy",),
    owned=lambda call: result_pages.find(
        call.sandbox, call.authorization, "free_busy", call.path["page_id"]
    ),
    answer=shapes_events.FreeBusy,
    errors=(401, 403, 404),
    assumed=("Query parameters are ignored here.",),
)
def read_free_busy_page(call: Call) -> shapes_events.FreeBusy:
    return _free_busy(call, call.target)


ENDPOINTS = (read_events, read_events_page, read_free_busy, read_free_busy_page)
