"""The shapes of what calls about events answer (events §§2, 4.2, 5, 7)."""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from mock_server.api.shapes import Userinfo
from mock_server.rules.event_reads import FreeBusyStatus
from mock_server.world.events import Answer, Day, Frequency, Status, Transparency


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
    status: Answer


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
    day: Day
    nth_of_period: NotRequired[int]


class Rule(TypedDict):
    frequency: Frequency
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


# A date of an all-day event; an object with localized_times.
Time = str | LocalTime


class Event(TypedDict):
    """``event_id`` on the application's own events only."""

    calendar_id: str
    event_uid: str
    event_id: NotRequired[str]
    google_event_id: NotRequired[str]
    summary: str
    description: str
    start: Time
    end: Time
    deleted: bool
    created: str
    updated: str
    event_private: bool
    location: NotRequired[Location]
    participation_status: Answer
    attendees: list[Attendee]
    organizer: Organizer
    transparency: Literal["opaque", "transparent", "unknown"]
    extended_transparency: Transparency
    status: Status
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
    start: Time
    end: Time
    free_busy_status: FreeBusyStatus
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
