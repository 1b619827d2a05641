"""Making the meetings that events wait for (events §§2.4, 9)."""

from __future__ import annotations

from mock_server.rules import access_modes, events, meeting_timers, outages, providers
from mock_server.rules.conferencing import INTEGRATED
from mock_server.world.events import Conferencing, Event, Meeting
from mock_server.world.sandbox import Sandbox


def arrange(sandbox: Sandbox, calendar_id: str, event_uid: str) -> None:
    """Make the meeting of an event that waits for one.

    While the service fails, it is tried again until it works or the event is over
    (assumed). An event that is gone, or waits for nothing any more, is left alone.
    """
    event = sandbox.events.get((calendar_id, event_uid))
    conferencing = event.managed.conferencing if event and event.managed else None
    if event is None or event.deleted or conferencing is None or conferencing.state == "assigned":
        return
    if _is_out_of_order(sandbox, event, conferencing):
        meeting_timers.retry(sandbox, event, 0)
        return
    service = _working_service(sandbox, event, conferencing)
    if service is not None:
        meeting = Meeting(_join_url(sandbox, service), service)
        events.conferencing_arranged(sandbox, event, meeting)
        return
    meeting_timers.retry(sandbox, event, conferencing.failures)
    events.conferencing_failing(sandbox, event)


def _is_out_of_order(sandbox: Sandbox, event: Event, conferencing: Conferencing) -> bool:
    """Whether an outage keeps the meeting from being made, or the calendar from being told."""
    if not sandbox.outages:
        return False
    profile = sandbox.profiles[sandbox.calendars[event.calendar_id].profile_id]
    if outages.of_profile(sandbox, profile) is not None:
        return True
    service = sandbox.conferencing_profiles.get(conferencing.profile_id)
    return service is not None and outages.of_service(sandbox, service.provider_name) is not None


def _working_service(sandbox: Sandbox, event: Event, conferencing: Conferencing) -> str | None:
    """The ``provider_name`` of the service that makes the meeting; None while none does.

    None does while the calendar cannot be told of it, either.
    """
    calendar = sandbox.calendars[event.calendar_id]
    profile = sandbox.profiles[calendar.profile_id]
    if not profile.connected or not access_modes.is_writable(sandbox, calendar):
        return None
    if conferencing.profile_id == INTEGRATED:
        return providers.of(sandbox, profile).integrated_conferencing
    service = sandbox.conferencing_profiles.get(conferencing.profile_id)
    if service is None or service.failing or not service.connected:
        return None
    return service.provider_name


def _join_url(sandbox: Sandbox, service: str) -> str:
    """An address of the form that the service's own have; it leads nowhere."""
    number = sandbox.ids.number("meeting")
    if service == "zoom":
        return f"https://zoom.us/j/{number % 10**11:011d}"
    if service == "go_to":
        return f"https://meet.goto.com/{number % 10**9:09d}"
    if service == "ms_teams":
        return f"https://teams.microsoft.com/l/meetup-join/19%3Ameeting_{number:012x}%40thread.v2/0"
    if service == "google_meet":
        letters = "".join(chr(ord("a") + number // 26**place % 26) for place in range(10))
        return f"https://meet.google.com/{letters[:3]}-{letters[3:7]}-{letters[7:]}"
    return f"https://meet.webex.com/meet/pr{number % 10**10:010d}"
