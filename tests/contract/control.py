"""What the control API should answer, and the scenario that its tests are about."""

from __future__ import annotations

from typing import Any

import httpx

from tests.contract.documents import (
    ACCOUNT_ID,
    SERVICE_ACCOUNT_ID,
    TOKEN,
    Document,
    Like,
    calendar,
    cronofy_profile,
    free_busy_profile,
    profile,
)

JANE = "jane@acme.test"
CLOCK = "2026-05-11T08:00:00Z"
SECRET = Like(r"CRN_[A-Za-z0-9_-]{38}")
EVERYTHING_ON = {
    "free_busy": True,
    "no_access": True,
    "explicit_linking": True,
    "business_connect": True,
    "recurring_events": True,
    "meeting_agents": True,
    "attachments": True,
}
SERVICE_SCOPE = "service_account/accounts/manage service_account/resources/manage"


SOMEBODY = Like(r"\S.*")
SOME_ZONE = Like(r"[A-Z]\w+/\w+")


# At Cronofy's defaults.
FEATURES = {
    "free_busy": True,
    "no_access": False,
    "explicit_linking": False,
    "business_connect": False,
    "recurring_events": False,
    "meeting_agents": False,
    "attachments": False,
}


def application(**more: Any) -> Document:
    document = {
        "client_id": TOKEN,
        "client_secret": SECRET,
        "name": "Application",
        "mode": "development",
        "redirect_uris": [],
        "plan": "strategic",
        "data_center": "us",
        "features": FEATURES,
    }
    return {**document, **more}


def shown_person(email: str = JANE, **more: Any) -> Document:
    document = {
        "email": email,
        "name": SOMEBODY,
        "zoneinfo": SOME_ZONE,
        "locale": None,
        "provider": "google",
        "calendars": [{"name": email, "primary": True, "readonly": False}],
        "consent": {},
        "invites": None,
        "initial_sync": "immediate",
        "sync_delay": {"seconds": 0},
    }
    return {**document, **more}


def sandbox_document(**more: Any) -> Document:
    document = {
        "sandbox_id": Like(r"sbx_\d+"),
        "scenario": None,
        "seed": 1,
        "clock": {"now": CLOCK, "mode": "virtual"},
        "admin_api_key": TOKEN,
        "applications": [application(name="Example Application", features=EVERYTHING_ON)],
        "people": [],
        "organizations": [],
        "connected": [],
    }
    return {**document, **more}


def problem(place: str, found: str, expected: str) -> Document:
    return {"errors": [{"place": place, "found": found, "expected": expected}]}


def assert_problems(response: httpx.Response, status: int, *places: str) -> None:
    """A refusal that names exactly ``places``, what was found, and what was expected."""
    assert response.status_code == status, response.text
    found = response.json()["errors"]
    assert [one["place"] for one in found] == list(places)
    assert all(one.keys() == {"place", "found", "expected"} for one in found)
    assert all(one["found"] and one["expected"] for one in found)


SCENARIO: Document = {
    "name": "whole",
    "seed": 42,
    "clock": CLOCK,
    "admin_api_key": "whole-admin-key",
    "applications": [
        {
            "client_id": "whole-client-id",
            "client_secret": "whole-client-secret",
            "name": "Scheduler",
            "mode": "production",
            "redirect_uris": ["http://localhost:3000/callback"],
            "plan": "growth",
            "features": {"free_busy": True, "no_access": True},
        },
        {},
    ],
    "people": [
        {
            "email": "Jane@Acme.test",
            "name": "Jane Doe",
            "zoneinfo": "Europe/London",
            "locale": "en-GB",
            "calendars": [{"name": "Work", "primary": True}, {"name": "Trips", "readonly": True}],
            "consent": {"authorize": "allow", "access_mode": "free_busy"},
        },
        {"email": "mary@acme.test", "name": "Mary", "zoneinfo": "Etc/UTC", "provider": "none"},
    ],
    "organizations": [
        {
            "domain": "acme.test",
            "administrator": "jane@acme.test",
            "members": ["jane@acme.test"],
            "resources": [{"email": "room-1@acme.test", "name": "Room 1"}],
        }
    ],
    "connected": [
        {
            "person": "jane@acme.test",
            "application": "whole-client-id",
            "access_mode": "free_busy",
            "access_token": "whole-access-token",
            "refresh_token": "whole-refresh-token",
        },
        {"service_account": "acme.test"},
        {"person": "room-1@acme.test", "service_account": "acme.test", "scope": "read_only"},
    ],
}


def whole_document() -> Document:
    """What creating SCENARIO answers."""
    free_busy = free_busy_profile("google_free_busy", JANE)
    free_busy["profile_calendars"] = [
        calendar("Work", readonly=True),
        calendar("Trips", primary=False, readonly=True),
    ]
    room = "room-1@acme.test"
    return sandbox_document(
        scenario="whole",
        seed=42,
        admin_api_key="whole-admin-key",
        applications=[
            application(
                client_id="whole-client-id",
                client_secret="whole-client-secret",
                name="Scheduler",
                mode="production",
                redirect_uris=["http://localhost:3000/callback"],
                plan="growth",
                features={
                    **EVERYTHING_ON,
                    "explicit_linking": False,
                    "business_connect": False,
                    "recurring_events": False,
                    "meeting_agents": False,
                    "attachments": False,
                },
            ),
            application(),
        ],
        people=[
            {
                "email": JANE,
                "name": "Jane Doe",
                "zoneinfo": "Europe/London",
                "locale": "en-GB",
                "provider": "google",
                "calendars": [
                    {"name": "Work", "primary": True, "readonly": False},
                    {"name": "Trips", "primary": False, "readonly": True},
                ],
                "consent": {"authorize": "allow", "access_mode": "free_busy"},
                "invites": None,
                "initial_sync": "immediate",
                "sync_delay": {"seconds": 0},
            },
            {
                "email": "mary@acme.test",
                "name": "Mary",
                "zoneinfo": "Etc/UTC",
                "locale": None,
                "provider": "none",
                "calendars": [],
                "consent": {},
                "invites": None,
                "initial_sync": "immediate",
                "sync_delay": {"seconds": 0},
            },
            {
                "email": room,
                "name": "Room 1",
                "zoneinfo": "Europe/London",
                "locale": None,
                "provider": "google",
                "calendars": [{"name": room, "primary": True, "readonly": False}],
                "consent": {},
                "invites": None,
                "initial_sync": "immediate",
                "sync_delay": {"seconds": 0},
            },
        ],
        organizations=[
            {
                "domain": "acme.test",
                "provider": "google",
                "administrator": JANE,
                "members": [JANE],
                "resources": [{"email": room, "name": "Room 1"}],
            }
        ],
        connected=[
            {
                "email": JANE,
                "sub": ACCOUNT_ID,
                "kind": "account",
                "client_id": "whole-client-id",
                "scope": "free_busy_write",
                "access_token": "whole-access-token",
                "refresh_token": "whole-refresh-token",
                "profiles": [free_busy, cronofy_profile(JANE)],
            },
            {
                "email": JANE,
                "sub": SERVICE_ACCOUNT_ID,
                "kind": "service_account",
                "client_id": "whole-client-id",
                "service_account": "acme.test",
                "scope": SERVICE_SCOPE,
                "delegated_scope": "read_write free_busy_write",
                "access_token": TOKEN,
                "refresh_token": TOKEN,
                "profiles": [],
            },
            {
                "email": room,
                "sub": ACCOUNT_ID,
                "kind": "account",
                "client_id": "whole-client-id",
                "scope": "read_only",
                "access_token": TOKEN,
                "refresh_token": TOKEN,
                "profiles": [profile("google", "gsuite", room, calendar(room, conferencing=True))],
            },
        ],
    )
