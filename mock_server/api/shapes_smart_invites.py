"""The shapes of what calls about Smart Invites answer (notifications §§2.1, 2.2)."""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from mock_server.rules.smart_invite_replies import Moment, ReplyDocument


class Location(TypedDict):
    description: str
    lat: NotRequired[str]
    long: NotRequired[str]


class Reminder(TypedDict):
    minutes: int


class Event(TypedDict):
    """What was sent."""

    summary: str
    description: NotRequired[str]
    start: Moment
    end: Moment
    location: NotRequired[Location]
    url: NotRequired[str]
    reminders: NotRequired[list[Reminder]]
    transparency: NotRequired[Literal["opaque", "transparent"]]
    color: NotRequired[str]


class Removed(TypedDict):
    email: str
    icalendar: str


class Attachments(TypedDict):
    """``removed`` with the method remove."""

    icalendar: str
    removed: NotRequired[Removed]


class SmartInvite(TypedDict):
    """With ``recipient`` or ``recipients``; ``replies`` when its status is asked for, and then
    ``attachments`` only with include_ics.
    """

    recipient: NotRequired[ReplyDocument]
    recipients: NotRequired[list[ReplyDocument]]
    replies: NotRequired[list[ReplyDocument]]
    smart_invite_id: str
    callback_url: NotRequired[str]
    method: Literal["request", "cancel", "remove"]
    event: Event
    attachments: NotRequired[Attachments]
