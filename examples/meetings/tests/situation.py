"""What tests ask for, and what they expect. Every one begins with the situation of jane.yaml."""

from __future__ import annotations

from typing import Any, Literal

Mode = Literal["read_write", "free_busy", "no_calendar"]

EMAIL = "jane@acme.test"

# Half an hour some time on Tuesday morning, and an hour at that very time.
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


def booked(start: str, end: str, **other: Any) -> dict[str, Any]:
    """The application's document of the interview."""
    return {
        "meeting_id": "interview-1",
        "summary": "Interview",
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
