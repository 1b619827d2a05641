"""An event as scenarios and the control API write it, and what it says in a calendar."""

# Annotations are evaluated at once here, as in documents.py.

from collections.abc import Set as AbstractSet
from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Self

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator, model_validator

from mock_server.scenarios.fields import (
    Color,
    Day,
    Email,
    EventTime,
    Latitude,
    Longitude,
    Model,
    Text,
    TimeZone,
    Url,
)
from mock_server.world.clock import as_text, from_datetime
from mock_server.world.events import (
    MOST_COUNT,
    MOST_DAYS,
    MOST_EXCEPTIONS,
    MOST_INTERVAL,
    MOST_NTH,
    UTC,
    Answer,
    Attendee,
    Details,
    Frequency,
    Meeting,
    Organizer,
    Recurrence,
    Status,
    Transparency,
    WeekDay,
    with_answer,
)
from mock_server.world.events import Day as DayOfWeek
from mock_server.world.people import Person
from mock_server.world.records import replace


class AttendeeDocument(Model):
    email: Email
    name: Text | None = None
    status: Answer = "needs_action"


class OrganizerDocument(Model):
    email: Email
    name: Text | None = None


class WeekDayDocument(Model):
    """``monday``, or ``{day: monday, nth_of_period: -1}`` for the last of the period."""

    day: DayOfWeek
    nth_of_period: Annotated[int, Field(strict=True)] | None = None


def _day_alone(value: object) -> object:
    return {"day": value} if isinstance(value, str) else value


class RecurrenceDocument(Model):
    """One rule; ``until`` is the last day on which the event may start."""

    frequency: Frequency
    interval: Annotated[int, Field(ge=1, le=MOST_INTERVAL, strict=True)] = 1
    by_day: Annotated[
        list[Annotated[WeekDayDocument, BeforeValidator(_day_alone)]], Field(max_length=MOST_DAYS)
    ] = []
    count: Annotated[int, Field(ge=1, le=MOST_COUNT, strict=True)] | None = None
    until: Day | None = None
    exceptions: Annotated[list[Day], Field(max_length=MOST_EXCEPTIONS)] = []

    @field_validator("by_day")
    @classmethod
    def _has_such_a_day(cls, days: list[WeekDayDocument], info: ValidationInfo) -> object:
        frequency = info.data.get("frequency")
        counted = [day.nth_of_period for day in days if day.nth_of_period is not None]
        if frequency is None or not counted:
            return days
        most = MOST_NTH.get(frequency)
        if most is None:
            raise ValueError("no nth_of_period in a day or a week")
        if not all(0 < abs(nth) <= most for nth in counted):
            raise ValueError(f"nth_of_period to be 1 to {most}, or -1 to -{most} from the end")
        return days

    @field_validator("until")
    @classmethod
    def _one_end(cls, until: date | None, info: ValidationInfo) -> date | None:
        if until is not None and info.data.get("count") is not None:
            raise ValueError("no until where there is a count")
        return until


class EventDocument(Model):
    """A provider event: both ends times, or both dates (end exclusive) for all-day.

    ``tzid`` is its owner's time zone if it names none, ``end_tzid`` the same as ``tzid``.
    Without an organizer it is theirs.
    """

    # In a file, an all-day event without a day is a slip.
    may_have_no_day: ClassVar[bool] = False

    summary: str
    start: EventTime
    end: EventTime
    tzid: TimeZone | None = None
    end_tzid: TimeZone | None = None
    description: str = ""
    location: str = ""
    lat: Latitude | None = None
    long: Longitude | None = None
    url: Url | None = None
    meeting_url: Url | None = None
    transparency: Transparency = "opaque"
    status: Status = "confirmed"
    private: bool = False
    organizer: OrganizerDocument | None = None
    attendees: Annotated[list[AttendeeDocument], Field(max_length=1000)] = []
    participation_status: Answer | None = None
    reminders: list[Annotated[int, Field(ge=0, le=40_320, strict=True)]] | None = None
    color: Color | None = None
    categories: list[Text] = []
    recurrence: RecurrenceDocument | None = None

    @field_validator("end")
    @classmethod
    def _after_start(cls, end: EventTime, info: ValidationInfo) -> EventTime:
        start = info.data.get("start")
        if start is None:
            return end
        if isinstance(start, datetime) and isinstance(end, datetime):
            if from_datetime(end) < from_datetime(start):
                raise ValueError("an end that is not before the start")
        elif isinstance(start, datetime) or isinstance(end, datetime):
            raise ValueError("start and end to be both times or both dates")
        elif end < start or (end == start and not cls.may_have_no_day):
            raise ValueError("an end after the start")
        return end

    @model_validator(mode="after")
    def _whole_place(self) -> Self:
        if (self.lat is None) != (self.long is None):
            raise ValueError("lat and long together, or neither")
        return self

    @field_validator("recurrence")
    @classmethod
    def _ends_after_it_begins(
        cls, recurrence: RecurrenceDocument | None, info: ValidationInfo
    ) -> RecurrenceDocument | None:
        until, start = recurrence.until if recurrence else None, info.data.get("start")
        if until is not None and start is not None and until < _date(start):
            raise ValueError("until to be the day of the start, or a later one")
        return recurrence


def _date(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def details(document: EventDocument, owner: Person) -> Details:
    """What the event says in a calendar of ``owner``."""
    all_day = not isinstance(document.start, datetime)
    tzid = UTC if all_day else document.tzid or owner.zoneinfo or UTC
    said = Details(
        summary=document.summary,
        start=_seconds(document.start),
        end=_seconds(document.end),
        all_day=all_day,
        start_tzid=tzid,
        end_tzid=UTC if all_day else document.end_tzid or tzid,
        description=document.description,
        location=document.location,
        lat=document.lat,
        long=document.long,
        url=document.url,
        transparency=document.transparency,
        status=document.status,
        private=document.private,
        organizer=(
            Organizer(document.organizer.email, document.organizer.name)
            if document.organizer
            else None
        ),
        attendees=tuple(Attendee(a.email, a.name, a.status) for a in document.attendees),
        reminders=None if document.reminders is None else tuple(document.reminders),
        color=document.color,
        categories=tuple(document.categories),
        meeting=Meeting(document.meeting_url) if document.meeting_url else None,
        recurrence=_recurrence(document.recurrence) if document.recurrence else None,
    )
    return _answered(said, owner, document.participation_status)


def changed(
    before: Details, document: EventDocument, keys: AbstractSet[str], owner: Person
) -> Details:
    """``before`` with what ``document`` says under ``keys``."""
    after = details(document, owner)
    fields = [field for key in keys for field in _FIELDS.get(key, (key,))]
    if "start" in keys and after.all_day != before.all_day:
        fields += _FIELDS["tzid"]
    made = replace(before, **{field: getattr(after, field) for field in fields})
    if keys & {"attendees", "organizer", "participation_status"}:
        return _answered(made, owner, document.participation_status)
    return made


# The fields of Details behind the keys that are called something else.
_FIELDS: dict[str, tuple[str, ...]] = {
    "start": ("start", "all_day"),
    "tzid": ("start_tzid", "end_tzid"),
    "end_tzid": ("end_tzid",),
    "meeting_url": ("meeting",),
    "participation_status": (),
}


def _answered(said: Details, owner: Person, answer: str | None) -> Details:
    """The owner's ``answer``, in their entry among the attendees as well.

    Without one, it is what their entry says; else who organizes an event takes part.
    """
    own = next((a for a in said.attendees if a.email == owner.email), None)
    if answer is None:
        organizes = said.organizer is None or said.organizer.email == owner.email
        answer = own.status if own else "accepted" if organizes else "needs_action"
    return with_answer(said, owner.email, answer, owner=owner.email)


def _recurrence(document: RecurrenceDocument) -> Recurrence:
    return Recurrence(
        frequency=document.frequency,
        interval=document.interval,
        by_day=tuple(WeekDay(day.day, day.nth_of_period) for day in document.by_day),
        count=document.count,
        until=document.until.isoformat() if document.until else None,
        exceptions=tuple(dict.fromkeys(day.isoformat() for day in document.exceptions)),
    )


def _seconds(value: date | datetime) -> int:
    """Of a date, its midnight in UTC."""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day)
    return from_datetime(value)


def written(said: Details) -> dict[str, Any]:
    """``said`` as a scenario writes an event, absent values as None."""
    return {
        "summary": said.summary,
        "start": _text(said.start, said),
        "end": _text(said.end, said),
        "tzid": said.start_tzid,
        "end_tzid": said.end_tzid,
        "description": said.description,
        "location": said.location,
        "lat": said.lat,
        "long": said.long,
        "url": said.url,
        "meeting_url": said.meeting.join_url if said.meeting else None,
        "transparency": said.transparency,
        "status": said.status,
        "private": said.private,
        "organizer": _somebody(said.organizer) if said.organizer else None,
        "attendees": [{**_somebody(one), "status": one.status} for one in said.attendees],
        "participation_status": said.participation,
        "reminders": None if said.reminders is None else list(said.reminders),
        "color": said.color,
        "categories": list(said.categories),
        "recurrence": _written_recurrence(said.recurrence) if said.recurrence else None,
    }


def _text(seconds: int, said: Details) -> str:
    return as_text(seconds)[:10] if said.all_day else as_text(seconds)


def _somebody(one: Attendee | Organizer) -> dict[str, Any]:
    return {"email": one.email, "name": one.display_name}


def _written_recurrence(given: Recurrence) -> dict[str, Any]:
    return {
        "frequency": given.frequency,
        "interval": given.interval,
        "by_day": [{"day": day.day, "nth_of_period": day.nth} for day in given.by_day],
        "count": given.count,
        "until": given.until,
        "exceptions": list(given.exceptions),
    }
