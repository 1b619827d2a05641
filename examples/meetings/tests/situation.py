"""The situation that every test begins with, and what is often asked for."""

from __future__ import annotations

from typing import Any

EMAIL = "jane@acme.test"

# It is Monday, eight o'clock. Cronofy hands out a new refresh token with each access token.
SCENARIO: dict[str, Any] = {
    "clock": "2026-05-11T08:00:00Z",
    "switches": {"rotate_refresh_tokens": True},
    "applications": [{"features": {"free_busy": True, "no_access": True}}],
    "people": [
        {
            "email": EMAIL,
            "name": "Jane Doe",
            "zoneinfo": "Europe/London",
            "provider": "google",
            "calendars": [
                {
                    "name": "Jane",
                    "primary": True,
                    "events": [
                        {
                            "summary": "Dentist",
                            "start": "2026-05-12T09:00:00Z",
                            "end": "2026-05-12T10:00:00Z",
                        }
                    ],
                },
                {"name": "Holidays", "readonly": True},
            ],
        }
    ],
}

# Half an hour some time on Tuesday morning, and one at that very time.
INTERVIEW = {
    "meeting_id": "interview-1",
    "email": EMAIL,
    "summary": "Interview",
    "minutes": 30,
    "start": "2026-05-12T09:00:00Z",
    "end": "2026-05-12T12:00:00Z",
}
REVIEW = {
    "meeting_id": "review-1",
    "email": EMAIL,
    "summary": "Review",
    "minutes": 60,
    "start": "2026-05-12T10:00:00Z",
}


def booked(start: str, end: str, wish: dict[str, Any] = INTERVIEW, **other: Any) -> dict[str, Any]:
    """The application's document of a meeting."""
    return {
        "meeting_id": wish["meeting_id"],
        "summary": wish["summary"],
        "start": start,
        "end": end,
        "status": "needs_action",
        **other,
    }


def status(access_mode: str, *meetings: dict[str, Any], **other: Any) -> dict[str, Any]:
    """What the application says of Jane at /status."""
    jane = {
        "email": EMAIL,
        "access_mode": access_mode,
        "reconnect_url": None,
        "meetings": list(meetings),
        **other,
    }
    return {"people": [jane]}
