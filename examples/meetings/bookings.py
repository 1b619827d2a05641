"""Booking meetings, and learning what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pycronofy.exceptions import PyCronofyRequestError

from meetings.accounts import Account, Meeting
from meetings.cronofy import ConnectionLost, Cronofy


class NotFree(Exception):
    """There is no time left for the meeting."""


@dataclass(frozen=True)
class Wish:
    """A meeting of ``minutes``, at the first free time from ``start`` to ``end``.

    Without ``end`` only ``start`` itself will do. Times are texts in ISO 8601 with an offset.
    """

    meeting_id: str
    email: str
    summary: str
    minutes: int
    start: str
    end: str | None = None

    def period(self) -> dict[str, str]:
        """Where to look for a time. Raises ValueError for what is no time."""
        start = datetime.fromisoformat(self.start)
        length = timedelta(minutes=self.minutes)
        end = datetime.fromisoformat(self.end) if self.end else start + length
        if start.tzinfo is None or end.tzinfo is None:
            raise ValueError("times need an offset, such as Z")
        return {"start": _utc(start), "end": _utc(end)}


def book(cronofy: Cronofy, account: Account, wish: Wish) -> Meeting:
    """Book the meeting, or write it once more if it is booked: the application's own id tells.

    Raises NotFree and ConnectionLost.
    """
    known = account.meetings.get(wish.meeting_id)
    meeting = known or _take_a_time(cronofy, account, wish)
    event = {
        "event_id": meeting.meeting_id,
        "summary": meeting.summary,
        "start": meeting.start,
        "end": meeting.end,
        "tzid": "Etc/UTC",
    }
    try:
        cronofy.call(account, lambda client: client.upsert_event(account.calendar_id, event))
    except (PyCronofyRequestError, ConnectionLost):
        if known is None:
            account.meetings.pop(meeting.meeting_id, None)
        raise
    return meeting


def _take_a_time(cronofy: Cronofy, account: Account, wish: Wish) -> Meeting:
    """Enter the meeting before it is written, so that two bookings never take the same time."""
    query = {
        "participants": [{"members": [{"sub": account.sub}], "required": "all"}],
        "required_duration": {"minutes": wish.minutes},
        "query_periods": [wish.period()],
        "response_format": "overlapping_slots",
    }
    # By pycronofy's request handler: its own method has an older name for `query_periods`.
    found = cronofy.call(
        account, lambda client: client.request_handler.post("availability", data=query).json()
    )
    with account.lock:
        for slot in found["available_slots"]:
            start, end = slot["start"], slot["end"]
            others = (m for m in account.meetings.values() if m.meeting_id != wish.meeting_id)
            if not any(meeting.overlaps(start, end) for meeting in others):
                meeting = Meeting(wish.meeting_id, wish.summary, start, end)
                return account.meetings.setdefault(wish.meeting_id, meeting)
    raise NotFree(f"{account.email} is not free for {wish.minutes} minutes then")


def read_changes(cronofy: Cronofy, account: Account, since: str) -> None:
    """Learn what people have done with our meetings: answered, moved or deleted them."""
    events = cronofy.call(
        account,
        lambda client: client.read_events(
            last_modified=since, only_managed=True, include_deleted=True
        ).all(),
    )
    for event in events:
        meeting = account.meetings.get(event["event_id"])
        if meeting is None:
            continue
        if event["deleted"]:
            del account.meetings[meeting.meeting_id]
        else:
            meeting.start, meeting.end = event["start"], event["end"]
            meeting.status = event["participation_status"]


def _utc(time: datetime) -> str:
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
