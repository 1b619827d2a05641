"""Every endpoint that the emulator serves, and those of Cronofy's that it does not yet."""

from __future__ import annotations

from typing import NamedTuple

from mock_server.api import (
    applications,
    attachments,
    availability,
    batch,
    business_connect,
    calendars,
    channels,
    conferencing,
    enterprise_connect,
    event_reading,
    events,
    identity,
    managed_availability,
    meeting_agents,
    oauth,
    organizational_units,
    permissions,
    smart_invites,
)
from mock_server.api.endpoint import Endpoint

SECTIONS: tuple[tuple[str, tuple[Endpoint, ...]], ...] = (
    ("Authorization", oauth.ENDPOINTS),
    ("Identity", identity.ENDPOINTS),
    ("Calendars", calendars.ENDPOINTS),
    ("Events", (*events.ENDPOINTS, *event_reading.ENDPOINTS, *batch.ENDPOINTS)),
    ("Attachments", attachments.ENDPOINTS),
    ("Availability", availability.ENDPOINTS),
    ("Managed availability", managed_availability.ENDPOINTS),
    ("Push notifications", channels.ENDPOINTS),
    ("Smart Invites", smart_invites.ENDPOINTS),
    ("Extended permissions and linking", permissions.ENDPOINTS),
    ("Conferencing services", conferencing.ENDPOINTS),
    ("Meeting agents", meeting_agents.ENDPOINTS),
    ("Enterprise Connect", enterprise_connect.ENDPOINTS),
    ("Organizational units", organizational_units.ENDPOINTS),
    ("Business Connect", business_connect.ENDPOINTS),
    ("Administration", applications.ENDPOINTS),
)

ENDPOINTS: tuple[Endpoint, ...] = tuple(e for _, section in SECTIONS for e in section)


class Unbuilt(NamedTuple):
    """A call that Cronofy has; answered 501 with its title."""

    method: str
    path: str
    title: str

    @property
    def operation(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def hint(self) -> str:
        return (
            f"{self.operation} ({self.title}) exists at Cronofy, but this version of the emulator "
            "does not have it yet"
        )


UNBUILT: tuple[Unbuilt, ...] = tuple(
    Unbuilt(*line)
    for line in (
        ("POST", "/v1/real_time_scheduling", "Real-Time Scheduling"),
        ("GET", "/v1/real_time_scheduling", "Real-Time Scheduling status"),
        ("GET", "/v1/real_time_scheduling/{id}", "Real-Time Scheduling status"),
        ("POST", "/v1/real_time_scheduling/{id}/disable", "Disable Real-Time Scheduling"),
        ("POST", "/v1/real_time_sequencing", "Real-Time Sequencing"),
        ("POST", "/v1/real_time_sequencing/{id}/disable", "Disable Real-Time Sequencing"),
        ("POST", "/v1/add_to_calendar", "Add to Calendar"),
        ("POST", "/v1/bookable_events", "Create a bookable event"),
        ("GET", "/v1/bookable_events/{id}", "Read bookable event"),
        (
            "GET",
            "/v1/bookable_events/{id}/registrations/pages/{page}",
            "Read bookable event, registrations",
        ),
        (
            "POST",
            "/v1/bookable_events/{id}/registrations",
            "Create or update registration",
        ),
        (
            "DELETE",
            "/v1/bookable_events/{id}/registrations/{registration_id}",
            "Remove registration",
        ),
        ("POST", "/v1/scheduling_requests", "Create scheduling request"),
        ("POST", "/v1/scheduling_requests/query", "Query scheduling requests"),
        ("POST", "/v1/scheduling_requests/cancel", "Cancel scheduling request"),
        ("POST", "/v1/scheduler_requests", "Create scheduler request"),
        ("POST", "/v1/scheduling_conversations", "Create scheduling conversation"),
        ("GET", "/v1/scheduling_conversations", "Find scheduling conversation"),
        ("GET", "/v1/scheduling_conversations/{id}", "Read scheduling conversation"),
        ("POST", "/v1/element_tokens", "UI Elements authentication"),
        ("POST", "/v1/component_tokens", "UI components authentication"),
    )
)
