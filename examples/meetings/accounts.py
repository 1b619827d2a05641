"""What is known of the people who have connected, and of their meetings; kept in memory."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pycronofy


@dataclass
class Meeting:
    """``start`` and ``end`` in UTC, as Cronofy writes them: such texts sort by time."""

    meeting_id: str
    summary: str
    start: str
    end: str
    status: str = "needs_action"

    def overlaps(self, start: str, end: str) -> bool:
        return self.status != "declined" and self.start < end and start < self.end


@dataclass
class Account:
    """One person at Cronofy; ``client`` holds their tokens."""

    sub: str
    email: str
    client: pycronofy.Client
    access_mode: str = ""
    calendar_id: str = ""  # the calendar that meetings are written to
    channel_id: str = ""
    # Where they have to go before more can be booked: nowhere, as long as all is well.
    reconnect_url: str | None = None
    meetings: dict[str, Meeting] = field(default_factory=dict)
    # Held while the tokens are renewed, and while a time is taken.
    lock: threading.Lock = field(default_factory=threading.Lock)

    def learn(self, userinfo: dict[str, Any]) -> None:
        """From Cronofy's userinfo: how they are connected, and where meetings are written to."""
        profiles = userinfo["cronofy.data"]["profiles"]
        self.access_mode = _access_mode({profile["provider_name"] for profile in profiles})
        # In Free/Busy mode their own calendars are read-only, and Cronofy keeps one for us.
        writable = [
            calendar
            for profile in profiles
            for calendar in profile["profile_calendars"]
            if not calendar["calendar_readonly"] and not calendar["calendar_deleted"]
        ]
        writable.sort(key=lambda calendar: not calendar["calendar_primary"])
        self.calendar_id = writable[0]["calendar_id"] if writable else ""
        lapsed = [profile for profile in profiles if not profile["profile_connected"]]
        self.reconnect_url = lapsed[0]["profile_relink_url"] if lapsed else None


def _access_mode(provider_names: set[str]) -> str:
    if provider_names == {"cronofy"}:
        return "no_calendar"
    free_busy = any(name.endswith("_free_busy") for name in provider_names)
    return "free_busy" if free_busy else "read_write"


class Accounts:
    def __init__(self) -> None:
        self._accounts: dict[str, Account] = {}

    def __iter__(self) -> Iterator[Account]:
        return iter(list(self._accounts.values()))

    def connected(self, client: pycronofy.Client, userinfo: dict[str, Any]) -> Account:
        """The account of somebody who comes from Cronofy: a new one, or theirs with new tokens."""
        sub, email = userinfo["sub"], userinfo["email"]
        account = self._accounts.setdefault(sub, Account(sub, email, client))
        account.client = client
        account.learn(userinfo)
        return account

    def of(self, email: str) -> Account | None:
        return next((account for account in self if account.email == email), None)

    def of_channel(self, channel_id: str) -> Account | None:
        return next((account for account in self if account.channel_id == channel_id), None)
