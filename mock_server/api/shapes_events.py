"""The shapes of what reads of events and busy times answer (events §§4.2, 5)."""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from mock_server.api.shapes import Userinfo

Participation = Literal["needs_action", "accepted", "declined", "tentative", "unknown"]


class LocalTime(TypedDict):
    time: str
    tzid: str


class Pages(TypedDict):
    """``next_page`` is absent on the last one."""

    current: int
    total: int
    next_page: NotRequired[str]


class Location(TypedDict):
    """``lat`` and ``long`` with include_geo."""

    description: str
    lat: NotRequired[str]
    long: NotRequired[str]


class Attendee(TypedDict):
    email: str
    display_name: str | None
    status: Participation


class Organizer(TypedDict):
    email: str | None
    display_name: str | None


class Options(TypedDict):
    delete: bool
    update: bool
    change_participation_status: bool


class Conferencing(TypedDict):
    """``pending`` until there is a ``join_url``."""

    pending: NotRequired[bool]
    provider_name: NotRequired[str]
    join_url: NotRequired[str]


class ByDay(TypedDict):
    day: str
    nth_of_period: NotRequired[int]


class Rule(TypedDict):
    frequency: str
    interval: int
    by_day: NotRequired[list[ByDay]]
    count: NotRequired[int]
    until: NotRequired[str]


class LeftOut(TypedDict):
    date: str


class Exceptions(TypedDict):
    add: list[LeftOut]


class Recurrence(TypedDict):
    rules: list[Rule]
    exceptions: NotRequired[Exceptions]


class Event(TypedDict):
    """``event_id`` on the application's own events only; times are dates when all-day."""

    calendar_id: str
    event_uid: str
    event_id: NotRequired[str]
    google_event_id: NotRequired[str]
    summary: str
    description: str
    start: str | LocalTime
    end: str | LocalTime
    deleted: bool
    created: str
    updated: str
    event_private: bool
    location: NotRequired[Location]
    participation_status: Participation
    attendees: list[Attendee]
    organizer: Organizer
    transparency: Literal["opaque", "transparent", "unknown"]
    extended_transparency: Literal[
        "opaque", "transparent", "working_elsewhere", "tentative", "out_of_office", "unknown"
    ]
    status: Literal["confirmed", "tentative", "cancelled", "unknown"]
    categories: list[str]
    recurring: bool
    series_identifier: NotRequired[str]
    series_master: NotRequired[str]
    recurrence: NotRequired[Recurrence]
    url: NotRequired[str]
    conferencing: NotRequired[Conferencing]
    meeting_url: NotRequired[str]
    options: Options


class Events(TypedDict):
    """``userinfo`` with include_userinfo."""

    pages: Pages
    events: list[Event]
    userinfo: NotRequired[Userinfo]


class Period(TypedDict):
    """``event_uid`` and, of the application's own, ``event_id`` with include_ids."""

    calendar_id: str
    start: str | LocalTime
    end: str | LocalTime
    free_busy_status: Literal["busy", "free", "tentative", "unknown"]
    event_uid: NotRequired[str]
    event_id: NotRequired[str]
    deleted: NotRequired[bool]


class FreeBusy(TypedDict):
    """``userinfo`` with include_userinfo."""

    pages: Pages
    free_busy: list[Period]
    userinfo: NotRequired[Userinfo]


class WithUserinfo(TypedDict):
    userinfo: Userinfo


class BatchAnswer(TypedDict):
    """``data`` is the body that the call would have been answered with, if it has one."""

    status: int
    data: NotRequired[dict[str, object]]


class Batch(TypedDict):
    batch: list[BatchAnswer]
