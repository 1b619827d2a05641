"""Jane, in each access mode, and Ben, as an application looks for times that suit both."""

from __future__ import annotations

from typing import Any

from tests.sdk import availability_calls, event_calls
from tests.sdk.clients import Document
from tests.sdk.diary import BEN, SCOPE, Diary, event

TUESDAY = "2026-05-12"
LONDON_TUESDAYS = {
    "availability_rule_id": "tuesdays",
    "tzid": "Europe/London",
    "weekly_periods": [{"day": "tuesday", "start_time": "12:00", "end_time": "15:30"}],
}


def time(clock: str) -> str:
    """``09:00`` of that Tuesday, as the API has it."""
    return f"{TUESDAY}T{clock}:00Z"


def period(times: str) -> Document:
    """``09:00-17:00`` of that Tuesday."""
    start, end = times.split("-")
    return {"start": time(start), "end": time(end)}


def item(times: str, *subs: str) -> Document:
    """What is found for ``subs``."""
    return {**period(times), "participants": [{"sub": sub} for sub in subs]}


def placed(sequence_id: str | int, times: str, *subs: str) -> Document:
    """What is found for one event of a sequence."""
    return {"sequence_id": sequence_id, **item(times, *subs)}


class Team:
    """On Tuesday Jane is busy at 10 by her own calendar and at 14 by the application, Ben at
    12, each for an hour.
    """

    def __init__(self, diary: Diary) -> None:
        self.diary = diary
        self.sandbox = diary.sandbox
        self.jane = str(diary.client.userinfo()["sub"])
        diary.events.upsert(diary.calendar_id, event(**period("14:00-15:00")))
        token = self.sandbox.connect(BEN, scope=SCOPE)
        self.ben = str(token["sub"])
        (profile,) = token["userinfo"]["cronofy.data"]["profiles"]
        (calendar,) = profile["profile_calendars"]
        his = event_calls.of(diary.client_of(token))
        his.upsert(calendar["calendar_id"], event(**period("12:00-13:00")))
        self.availability = availability_calls.of(diary.client)

    @property
    def seen(self) -> bool:
        """Whether anything is known of Jane's own calendars."""
        return self.diary.mode != "no_calendar"

    def group(self, *members: str | Document, required: str | int = "all") -> Document:
        """A group of participants, of subs and of members written out."""
        listed = [{"sub": member} if isinstance(member, str) else member for member in members]
        return {"members": listed, "required": required}

    def query(self, *groups: Document, **changes: Any) -> dict[str, Any]:
        """An hour of that Tuesday for ``groups``, or else for both."""
        return {
            "participants": list(groups) or [self.group(self.jane, self.ben)],
            "required_duration": {"minutes": 60},
            "query_periods": [period("09:00-17:00")],
            **changes,
        }

    def both(self, *times: str) -> list[Document]:
        return [item(found, self.jane, self.ben) for found in times]

    def alone(self, *times: str) -> list[Document]:
        return [item(found, self.jane) for found in times]
