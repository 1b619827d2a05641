"""What stands in calendars: the words of an event, Cronofy's events, and readings of them.

Times are seconds since the epoch, UTC; an all-day event's are the midnights of its dates
there, the end exclusive. Provider calendars and Cronofy's copies share one ``Details``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from msgspec import Meta

from mock_server.world.records import Record, replace

UTC = "Etc/UTC"

# No clock shows times further away in every zone; a sandbox allows less (events §2.3).
FIRST_YEAR, LAST_YEAR = 1000, 9000

# Of the times that an event had before.
_MOST_MOVES = 10

# The closed vocabularies and limits: a snapshot that goes beyond them is refused.
Answer = Literal["needs_action", "accepted", "tentative", "declined", "unknown"]
Transparency = Literal[
    "opaque", "transparent", "working_elsewhere", "tentative", "out_of_office", "unknown"
]
Status = Literal["confirmed", "tentative", "cancelled", "unknown"]
Frequency = Literal["daily", "weekly", "monthly", "yearly"]
Day = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

# Assumed; all of a rule is looked at whenever its series is read.
MOST_INTERVAL = MOST_COUNT = 10_000
MOST_DAYS, MOST_EXCEPTIONS = 100, 1000

# Minutes between an event trigger and the event: a year (assumed).
MOST_OFFSET = 525_600

# How often a day of the week comes in a period, and may be counted in it.
MOST_NTH = {"monthly": 5, "yearly": 53}

# As far as maps go (Web Mercator).
MOST_LATITUDE, MOST_LONGITUDE = 85.05115, 180

# What a file may be called, also in the headers of a download; and its type.
FILE_NAME = r'^[^\x00-\x1f\x7f-\x9f\ud800-\udfff/\\:*?"<>|]{1,255}\Z'
CONTENT_TYPE = r"^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\Z"

# A colour, and a decimal of degrees.
COLOR = r"^#[0-9A-Fa-f]{6}\Z"
DEGREES = r"^-?[0-9]{1,3}(\.[0-9]{0,20})?\Z"


class Attendee(Record, frozen=True):
    """Somebody who is invited, and what they have answered."""

    email: str
    display_name: str | None = None
    status: Answer = "needs_action"


class Organizer(Record, frozen=True):
    email: str
    display_name: str | None = None


class WeekDay(Record, frozen=True):
    """``nth`` of the period (-1 the last), None for every one."""

    day: Day
    nth: int | None = None


class Recurrence(Record, frozen=True):
    """One rule.

    ``until`` is a date (``2027-03-04``), the last day on which an occurrence may start, in
    the event's own time zone; ``exceptions`` are the dates that are left out.
    """

    frequency: Frequency
    interval: Annotated[int, Meta(ge=1, le=MOST_INTERVAL)] = 1
    by_day: Annotated[tuple[WeekDay, ...], Meta(max_length=MOST_DAYS)] = ()
    count: Annotated[int, Meta(ge=1, le=MOST_COUNT)] | None = None
    until: str | None = None
    exceptions: Annotated[tuple[str, ...], Meta(max_length=MOST_EXCEPTIONS)] = ()


class Meeting(Record, frozen=True):
    """Conferencing that has been arranged: where to join."""

    join_url: str
    provider_name: str | None = None


class Attached(Record, frozen=True):
    """A file that is attached to an event: ``url`` is where anybody can download it."""

    attachment_id: str
    file_name: Annotated[str, Meta(pattern=FILE_NAME)]
    content_type: Annotated[str, Meta(pattern=CONTENT_TYPE)]
    url: str


class Details(Record, frozen=True):
    """What an event says, in a provider's calendar or in a hosted one.

    ``transparency`` is the extended one. ``participation`` is the answer of the calendar's
    owner. ``reminders`` are minutes before the start, in order of priority;
    None leaves them to the provider. ``lat`` and ``long`` are decimals as text.
    """

    summary: str
    start: int
    end: int
    all_day: bool = False
    start_tzid: str = UTC
    end_tzid: str = UTC
    description: str = ""
    location: str = ""
    lat: Annotated[str, Meta(pattern=DEGREES)] | None = None
    long: Annotated[str, Meta(pattern=DEGREES)] | None = None
    url: str | None = None
    transparency: Transparency = "opaque"
    status: Status = "confirmed"
    private: bool = False
    participation: Answer = "accepted"
    organizer: Organizer | None = None
    attendees: tuple[Attendee, ...] = ()
    reminders: tuple[int, ...] | None = None
    color: Annotated[str, Meta(pattern=COLOR)] | None = None
    categories: tuple[str, ...] = ()
    meeting: Meeting | None = None
    attachments: tuple[Attached, ...] = ()
    recurrence: Recurrence | None = None


def with_answer(details: Details, email: str, status: str, *, owner: str | None) -> Details:
    """``details`` after ``email`` has answered, as they stand in a calendar of ``owner``."""
    return replace(
        details,
        attendees=tuple(
            replace(attendee, status=status) if attendee.email == email else attendee
            for attendee in details.attendees
        ),
        participation=status if email == owner else details.participation,
    )


class Transition(Record, frozen=True):
    """An event trigger: ``offset`` minutes before or after ``event_start`` or ``event_end``."""

    side: Literal["before", "after"]
    moment: Literal["event_start", "event_end"]
    offset: Annotated[int, Meta(ge=0, le=MOST_OFFSET)]


class Subscription(Record, frozen=True):
    """A webhook on one event (events §2.6)."""

    uri: str
    interactions: tuple[str, ...] = ()
    transitions: tuple[Transition, ...] = ()


class Conferencing(Record, frozen=True):
    """What an application asked for, and what became of it.

    ``profile_id`` is a conferencing profile's, or ``integrated`` or ``explicit``; ``state``
    is ``pending``, ``failing`` (pending, and the service has refused ``failures`` times), or
    ``assigned``, with ``meeting``.
    """

    profile_id: str
    state: Literal["pending", "failing", "assigned"]
    meeting: Meeting | None = None
    failures: int = 0


class Reply(Record, frozen=True):
    """The newest answer of ``email``: when, its DTSTAMP, if it came by mail, and what they
    wrote with it.

    ``proposal`` are the start and end that they propose instead (METHOD:COUNTER).
    """

    email: str
    at: int
    stamp: int | None = None
    comment: str | None = None
    proposal: tuple[int, int] | None = None


class Managed(Record, frozen=True):
    """What an application keeps with an event that it wrote, beside what the event says.

    ``description`` and ``location`` are as written, templates included. ``uid`` is the
    event's in iCalendar; ``sequence`` that of the invitation last sent, None before the
    first.
    """

    client_id: str
    event_id: str
    uid: str
    description: str = ""
    location: str = ""
    locale: str | None = None
    sequence: int | None = None
    replies: tuple[Reply, ...] = ()
    conferencing: Conferencing | None = None
    subscriptions: tuple[Subscription, ...] = ()
    tags: tuple[str, ...] = ()
    event_classes: object = None
    meeting_agent: dict[str, object] | None = None


class Event(Record, frozen=True):
    """An event as Cronofy has it: the only one there is in a hosted calendar, elsewhere a
    copy of the provider's event, whose id it has.

    ``managed`` is set on what an application wrote through the API. ``moved_from`` are the
    times it had before, the latest last. ``queued`` is set on what the provider does not know
    yet: the application that wrote it.
    """

    calendar_id: str
    event_uid: str
    details: Details
    created: int
    updated: int
    deleted: bool = False
    managed: Managed | None = None
    moved_from: tuple[tuple[int, int], ...] = ()
    queued: str | None = None

    @property
    def key(self) -> tuple[str, str]:
        return self.calendar_id, self.event_uid

    def written_by(self, client_id: str) -> bool:
        """Whether this application wrote it through the API."""
        return self.managed is not None and self.managed.client_id == client_id

    def moved(self, details: Details) -> tuple[tuple[int, int], ...]:
        """The times that it had before it says ``details``, the latest last."""
        old = (self.details.start, self.details.end)
        if old == (details.start, details.end):
            return self.moved_from
        return (*self.moved_from, old)[-_MOST_MOVES:]


class Occurrence(Record, frozen=True):
    """One time at which an event takes place: the event's own, or one of its series."""

    event: Event
    event_uid: str
    start: int
    end: int


# An occurrence's uid is the beginning of its series' own, and when it starts.
_SERIES_DIGITS = len("evt_external_") + 16
_EARLIEST_START = -(2**33)


def occurrence_uid(event_uid: str, start: int) -> str:
    """The ``event_uid`` of the occurrence of a series that starts at ``start``."""
    return f"{event_uid[:_SERIES_DIGITS]}{(start - _EARLIEST_START) // 60:08x}"


def occurrence_start(event_uid: str) -> int | None:
    """When the occurrence of this uid starts; None if it cannot be one's."""
    try:
        return int(event_uid[_SERIES_DIGITS:], 16) * 60 + _EARLIEST_START
    except ValueError:
        return None


def series_part(event_uid: str) -> str:
    """What the uids of a series and its occurrences have in common."""
    return event_uid[:_SERIES_DIGITS]


# A span is found through buckets of days: each level's are eight times as wide as those of
# the one before, and an event goes where it touches two at the most. So the cost of a query
# follows the days it asks for and what it finds, not what the calendar holds.
_DAY = 86_400
_FACTOR = 8
LEVELS = 7


def buckets(start: int, end: int) -> Iterator[tuple[int, int]]:
    """``(level, number)`` of the buckets that hold a span: one or two, but for what lasts
    longer than the widest.
    """
    level, width = 0, _DAY
    while end - start > width and level < LEVELS - 1:
        level, width = level + 1, width * _FACTOR
    first, last = start // width, end // width
    yield level, first
    if last > first:
        for number in range(first + 1, last + 1):
            yield level, number


def buckets_between(start: int, end: int) -> Iterator[tuple[int, int]]:
    """``(level, number)`` of all buckets in which something between may be found."""
    width = _DAY
    for level in range(LEVELS):
        for number in range(start // width, end // width + 1):
            yield level, number
        width *= _FACTOR
