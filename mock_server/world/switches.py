"""What a scenario may choose of Cronofy's behaviour."""

from __future__ import annotations

from typing import Literal

from mock_server.world.records import Record

Strictness = Literal["cronofy", "strict", "lenient"]


class Switches(Record, frozen=True):
    """Where Cronofy's behaviour varies or is only assumed, a scenario may choose.

    ``implicit_linking``: link calendar accounts authorized in one browser (identity §4.1).
    ``rotate_refresh_tokens``: a refresh hands back a new refresh token (§3.3).
    ``rate_limits``: an application is held to Cronofy's (§1.9).
    ``page_size``: how many events and busy times one page holds (events §4.2).
    ``include_free``: free times are answered without being asked for (events §5).
    ``queue_writes``: what is written while a profile is disconnected waits for it (§2.3).
    ``party_crashers``: an answer of somebody who is not invited (notifications §3.3) is
    ignored, or adds them to the event.
    ``first_event_year``, ``last_event_year``: where events may lie (§2.3).
    ``notification_delay``: seconds in which changes are collected before channels are told
    (notifications §1.4.5).
    ``profile_connected``: channels are told when a profile is connected again (§1.4.3).
    ``strictness``: answers are ``cronofy``'s; or ``strict``, which refuses whatever is odd; or
    ``lenient``, which only notes where plan, scope, features and rate limits are not enough.
    ``close_on_gone``: a receiver that answers 410 closes its channel at once (§1.4.5).
    ``most_query_periods``, ``most_query_days``, ``most_query_slots``, ``most_groups``,
    ``most_members``: what an availability query may ask for, None without limit (scheduling
    §1.2).
    """

    implicit_linking: bool = True
    rotate_refresh_tokens: bool = False
    rate_limits: bool = False
    page_size: int = 100
    include_free: bool = False
    queue_writes: bool = False
    party_crashers: Literal["ignore", "add"] = "ignore"
    first_event_year: int = 1900
    last_event_year: int = 2100
    most_query_periods: int | None = 50
    most_query_days: int | None = None
    most_query_slots: int | None = 512
    most_groups: int | None = 10
    most_members: int | None = 50
    notification_delay: int = 1
    profile_connected: bool = False
    close_on_gone: bool = False
    strictness: Strictness = "cronofy"
