"""What the SDKs can call and the emulator does not have yet: told as such, call by call.

When a path is built, its lines leave this file for a test of what it does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pycronofy import Client

from tests.sdk.clients import NodeSdk, PythonSdk, Refused
from tests.sdk.dialects import Request, ruby, send

START = "2026-05-11T09:00:00Z"
END = "2026-05-11T10:00:00Z"
CREDENTIALS = {"client_id": "client", "client_secret": "secret"}


def event() -> dict[str, Any]:
    return {
        "event_id": "e-1",
        "summary": "Standup",
        "description": "",
        "start": START,
        "end": END,
        "tzid": "Etc/UTC",
    }


def availability() -> dict[str, Any]:
    return {
        "participants": [{"members": [{"sub": "acc_1"}], "required": "all"}],
        "required_duration": {"minutes": 30},
        "available_periods": [{"start": START, "end": END}],
    }


def sequence() -> dict[str, Any]:
    step = {"sequence_id": "s-1", "ordinal": 1, **availability()}
    return {"sequence": [step], "available_periods": [{"start": START, "end": END}]}


OAUTH = {"redirect_uri": "https://app.acme.test/callback", "scope": "create_event"}
ELEMENT = {
    "permissions": ["account_management"],
    "subs": ["acc_1"],
    "origin": "https://app.acme.test",
}

SCHEDULING = "/v1/real_time_scheduling"

# Method of pycronofy: the endpoint, and the call.
PYTHON: dict[str, tuple[str, Callable[[Client], Any]]] = {
    "real_time_scheduling": (
        f"POST {SCHEDULING}",
        lambda c: c.real_time_scheduling(availability(), OAUTH, event()),
    ),
    "get_real_time_scheduling_status": (
        f"GET {SCHEDULING}",
        lambda c: c.get_real_time_scheduling_status(token="token"),
    ),
    "get_real_time_scheduling_status by id": (
        f"GET {SCHEDULING}/{{id}}",
        lambda c: c.get_real_time_scheduling_status(real_time_scheduling_id="rts_1"),
    ),
    "disable_real_time_scheduling_link": (
        f"POST {SCHEDULING}/{{id}}/disable",
        lambda c: c.disable_real_time_scheduling_link("rts_1", "gone"),
    ),
    "real_time_sequencing": (
        "POST /v1/real_time_sequencing",
        lambda c: c.real_time_sequencing(sequence(), OAUTH, event()),
    ),
    "get_ui_element_token": (
        "POST /v1/element_tokens",
        lambda c: c.get_ui_element_token(**ELEMENT),
    ),
}

# Those that the other tests of this folder call, and those that call nobody.
PYTHON_BUILT = {
    "account",
    "application_calendar",
    "authorize_multiple_accounts_via_service_account",
    "authorize_with_service_account",
    "availability",
    "batch",
    "cancel_smart_invite",
    "change_participation_status",
    "close_notification_channel",
    "create_calendar",
    "create_notification_channel",
    "delete_all_events",
    "delete_availability_rule",
    "delete_event",
    "delete_external_event",
    "elevated_permissions",
    "get_authorization_from_code",
    "get_availability_rule",
    "get_conferencing_services_auth_link",
    "get_smart_invite",
    "list_availability_rules",
    "list_calendars",
    "list_notification_channels",
    "list_profiles",
    "read_events",
    "read_free_busy",
    "refresh_authorization",
    "resources",
    "revoke_authorization",
    "revoke_profile",
    "sequenced_availability",
    "upsert_availability_rule",
    "upsert_event",
    "upsert_smart_invite",
    "user_auth_link",
    "userinfo",
}
PYTHON_LOCAL = {"hmac_valid", "is_authorization_expired", "validate"}

# Method of the Node SDK: its options.
NODE: dict[str, dict[str, Any]] = {
    "addToCalendar": {"oauth": OAUTH, "event": event()},
    "createBookableEvent": {"event": event()},
    "deleteRegistrationBookableEvent": {"bookable_event_id": "b-1", "registration_id": "r-1"},
    "readBookableEvents": {"bookable_event_id": "b-1"},
    "realTimeScheduling": {"availability": availability(), "oauth": OAUTH, "event": event()},
    "realTimeSequencing": {"availability": sequence(), "oauth": OAUTH, "event": event()},
    "requestElementToken": ELEMENT,
    "upsertRegistrationBookableEvent": {"bookable_event_id": "b-1", "registration_id": "r-1"},
}
NODE_BUILT = {
    "accountInformation",
    "applicationCalendar",
    "authorizeWithServiceAccount",
    "availability",
    "batch",
    "bulkDeleteEvents",
    "cancelSmartInvite",
    "conferencingServiceAuthorizations",
    "createCalendar",
    "createEvent",
    "createNotificationChannel",
    "createSmartInvite",
    "delegatedAuthorizations",
    "deleteAvailabilityRule",
    "deleteAvailablePeriods",
    "deleteEvent",
    "deleteExternalEvent",
    "deleteNotificationChannel",
    "elevatedPermissions",
    "freeBusy",
    "getSmartInvite",
    "listAccessibleCalendars",
    "listAvailabilityRules",
    "listAvailablePeriods",
    "listCalendars",
    "listNotificationChannels",
    "profileInformation",
    "readAvailabilityRule",
    "readEvents",
    "refreshAccessToken",
    "requestAccessToken",
    "revokeAuthorization",
    "revokeProfileAuthorization",
    "sequencedAvailability",
    "updateExternalEvent",
    "upsertAvailabilityRule",
    "upsertAvailablePeriod",
    "userInfo",
}
NODE_LOCAL = {"hmacValid"}

# What only the SDKs of other languages call.
OTHERS: dict[str, tuple[str, Request]] = {
    "ruby: a conversation": (
        "POST /v1/scheduling_conversations",
        ruby("POST", "/v1/scheduling_conversations", "token", {"participants": []}),
    ),
    "ruby: find a conversation": (
        "GET /v1/scheduling_conversations",
        ruby("GET", "/v1/scheduling_conversations?token=t", "token"),
    ),
    "ruby: read a conversation": (
        "GET /v1/scheduling_conversations/{id}",
        ruby("GET", "/v1/scheduling_conversations/c-1", "token"),
    ),
}


def is_hint_of(endpoint: str, hint: str) -> bool:
    return hint.startswith(f"{endpoint} (") and hint.endswith(
        ") exists at Cronofy, but this version of the emulator does not have it yet"
    )


@pytest.mark.parametrize("name", PYTHON)
def test_python(name: str, python_sdk: PythonSdk) -> None:
    """pycronofy gets 501, no body, and a hint that names the endpoint."""
    endpoint, method = PYTHON[name]
    client = python_sdk.client(CREDENTIALS, access_token="token")
    with pytest.raises(Refused) as refused:
        client.call(method, client.client)
    assert (refused.value.status, refused.value.document) == (501, None)
    assert is_hint_of(endpoint, python_sdk.last.headers["Mock-Cronofy-Hint"])


@pytest.mark.parametrize("name", NODE)
def test_node(name: str, node_sdk: NodeSdk) -> None:
    """The Node SDK gets 501 and no body."""
    client = node_sdk.client(CREDENTIALS, access_token="token")
    with pytest.raises(Refused) as refused:
        client.call(name, **NODE[name])
    assert (refused.value.status, refused.value.document) == (501, None)


@pytest.mark.parametrize("name", OTHERS)
def test_others(name: str, served: str) -> None:
    """So do the SDKs of other languages."""
    endpoint, request = OTHERS[name]
    response = send(served, request)
    assert (response.status, response.document) == (501, None)
    assert is_hint_of(endpoint, response.headers["mock-cronofy-hint"])


def test_nothing_is_left_out(node_sdk: NodeSdk) -> None:
    """Every method of both SDKs is called somewhere here, or calls nobody."""
    helpers = ("map_", "translate_", "_")
    methods = {name for name in vars(Client) if not name.startswith(helpers)}
    assert methods == {name.split()[0] for name in PYTHON} | PYTHON_BUILT | PYTHON_LOCAL
    methods = set(node_sdk.process.ask(methods=True)["result"])
    assert methods == set(NODE) | NODE_BUILT | NODE_LOCAL
    here = Path(__file__)
    others = "".join(f.read_text("utf-8") for f in here.parent.glob("*.py") if f != here)
    for name in PYTHON_BUILT | NODE_BUILT:
        assert re.search(rf"\b{name}\b", others), f"{name} is called by no other test"
