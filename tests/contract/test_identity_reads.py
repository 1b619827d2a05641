"""identity.md §§8.1-8.3, events.md §1.1: userinfo, account, profiles and calendars, whole.

One account of every provider and mode, a service account and an application calendar.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.documents import (
    ACCOUNT_ID,
    APPLICATION_CALENDAR_ID,
    Document,
    Like,
    calendar,
    calendars_of,
    cronofy_profile,
    free_busy_profile,
    google_profile,
    profile,
    profiles_of,
    service_account_userinfo,
    userinfo,
)
from tests.contract.stories import (
    MANAGE_ACCOUNTS,
    MANAGE_RESOURCES,
    add_organization,
    add_person,
    connect,
    connect_domain,
    read,
)
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]

JANE = "jane@acme.test"
MARY = "mary@acme.test"

OFFICE365 = profile(
    "exchange",
    "office365",
    JANE,
    calendar(JANE, conferencing=True),
    provider_protocol="graph_api",
)

# Provider, mode, and what userinfo shows of it (8.3, 10.2).
ACCOUNTS: dict[str, tuple[str, str, list[Document]]] = {
    "8.3 apple": (
        "apple",
        "read_write",
        [profile("apple", "icloud", JANE, calendar(JANE, attachments=True))],
    ),
    "8.3 google": ("google", "read_write", [google_profile(JANE)]),
    "8.3 on-premise Exchange": (
        "exchange",
        "read_write",
        [profile("exchange", "exchange", JANE, calendar(JANE))],
    ),
    "8.3 Microsoft 365": ("office365", "read_write", [OFFICE365]),
    "8.3 Outlook.com": (
        "outlook_com",
        "read_write",
        [profile("live_connect", "outlook_com", JANE, calendar(JANE))],
    ),
    "8.3 Google free/busy": (
        "google",
        "free_busy",
        [free_busy_profile("google_free_busy", JANE), cronofy_profile(JANE)],
    ),
    "8.3 Microsoft free/busy": (
        "office365",
        "free_busy",
        [free_busy_profile("ms_graph_free_busy", JANE), cronofy_profile(JANE)],
    ),
    "8.3 no calendar": ("none", "no_calendar", [cronofy_profile(JANE)]),
    "8.3 no calendar, with Google": ("google", "no_calendar", [cronofy_profile(JANE)]),
}


@pytest.mark.parametrize("case", ACCOUNTS)
def test_an_account(sandbox: Sandbox, case: str) -> None:
    """Every read of an account: provider_name and provider_service as reported; both of
    free/busy's two profiles; no provider_service in /v1/calendars; the sub beside account."""
    provider, mode, profiles = ACCOUNTS[case]
    add_person(sandbox, provider=provider)
    answer = connect(sandbox, scope="free_busy_write", access_type=mode)
    shown = userinfo(JANE, "free_busy_write", *profiles)
    assert read(sandbox, answer, "/v1/userinfo") == shown
    assert read(sandbox, answer, "/v1/profiles") == profiles_of(shown)
    assert read(sandbox, answer, "/v1/calendars") == calendars_of(shown)
    assert read(sandbox, answer, "/v1/account") == {
        "account": {
            "account_id": ACCOUNT_ID,
            "email": JANE,
            "name": "Jane Doe",
            "scope": "free_busy_write",
            "default_tzid": "Europe/London",
        },
        "sub": answer["sub"],
    }


@pytest.mark.parametrize("case", ACCOUNTS)
def test_ids_are_the_same_in_every_answer(sandbox: Sandbox, case: str) -> None:
    """The same profiles and calendars have the same ids everywhere; a calendar's id holds its
    profile's."""
    provider, mode, _ = ACCOUNTS[case]
    add_person(sandbox, provider=provider)
    answer = connect(sandbox, scope="free_busy_write", access_type=mode)
    shown = read(sandbox, answer, "/v1/userinfo")
    assert shown == answer["userinfo"]
    ids = {
        profile["profile_id"]: [c["calendar_id"] for c in profile["profile_calendars"]]
        for profile in shown["cronofy.data"]["profiles"]
    }
    listed = read(sandbox, answer, "/v1/calendars")["calendars"]
    assert [(c["profile_id"], c["calendar_id"]) for c in listed] == [
        (profile_id, one) for profile_id, calendars in ids.items() for one in calendars
    ]
    assert [p["profile_id"] for p in read(sandbox, answer, "/v1/profiles")["profiles"]] == [*ids]
    for profile_id, calendars in ids.items():
        part = profile_id.removeprefix("pro_")
        assert all(one == Like(f"cal_{part}_.+") for one in calendars)
    everything = [*ids, *(one for calendars in ids.values() for one in calendars)]
    assert len(set(everything)) == len(everything)


def test_somebody_of_a_google_workspace(sandbox: Sandbox) -> None:
    """8.3: Google consumer accounts are google, those of a Workspace gsuite."""
    add_organization(sandbox)
    answer = connect(sandbox, JANE)
    shown = userinfo(JANE, "read_write", google_profile(JANE, "gsuite"))
    assert read(sandbox, answer, "/v1/userinfo") == shown


CALENDARS = [
    {"name": "Home"},
    {"name": "Work", "primary": True},
    {"name": "Holidays", "readonly": True},
]


@pytest.mark.parametrize(
    ("provider", "conferencing", "attachments"),
    [
        ("google", True, False),
        ("office365", True, False),
        ("exchange", False, False),
        ("apple", False, True),
        ("outlook_com", False, False),
    ],
    ids=lambda value: f"events 1.1 {value}" if isinstance(value, str) else "",
)
def test_the_flags_of_calendars(
    sandbox: Sandbox, provider: str, conferencing: bool, attachments: bool
) -> None:
    """Read-only calendars, the primary one of the profile, integrated conferencing on Google
    and Microsoft 365, attachments on Apple."""
    add_person(sandbox, provider=provider, calendars=CALENDARS)
    answer = connect(sandbox)
    (shown,) = answer["userinfo"]["cronofy.data"]["profiles"]
    flags = {"attachments": attachments}
    assert shown["profile_calendars"] == [
        calendar("Home", primary=False, conferencing=conferencing, **flags),
        calendar("Work", conferencing=conferencing, **flags),
        calendar("Holidays", primary=False, readonly=True, **flags),
    ]


@pytest.mark.parametrize("provider", ["google", "office365"], ids=lambda p: f"10.2 {p}")
def test_the_flags_of_free_busy_calendars(sandbox: Sandbox, provider: str) -> None:
    """The person's calendars are not writable and offer nothing that needs writing."""
    add_person(sandbox, provider=provider, calendars=CALENDARS)
    answer = connect(sandbox, scope="free_busy_write", access_mode="free_busy")
    first, second = answer["userinfo"]["cronofy.data"]["profiles"]
    assert first["profile_calendars"] == [
        calendar("Home", primary=False, readonly=True),
        calendar("Work", readonly=True),
        calendar("Holidays", primary=False, readonly=True),
    ]
    assert second == cronofy_profile(JANE)


def test_profiles_appear_in_link_order(sandbox: Sandbox) -> None:
    """8.1: profiles appear in the order in which they were linked."""
    add_person(sandbox)
    add_person(sandbox, MARY, provider="office365")
    first = connect(sandbox, scope="free_busy_write", access_mode="free_busy")
    response = sandbox.call(first["access_token"], "POST", "/v1/link_tokens")
    token = response.json()["link_token"]
    connect(sandbox, MARY, scope="free_busy_write", link_token=token)
    connect(sandbox, scope="free_busy_write", access_mode="read_write")
    listed = read(sandbox, first, "/v1/profiles")["profiles"]
    assert [(p["provider_name"], p["profile_name"]) for p in listed] == [
        ("google_free_busy", JANE),
        ("cronofy", JANE),
        ("exchange", MARY),
        ("google", JANE),
    ]


def test_somebody_about_whom_little_is_known(sandbox: Sandbox) -> None:
    """8.1, 8.2: name may be null; zoneinfo is optional; default_tzid is then Etc/UTC."""
    snapshot = sandbox.control("GET", "/snapshot").json()
    snapshot["tables"]["people"] = [
        {"email": JANE, "name": None, "zoneinfo": None, "locale": None, "provider": "none"}
    ]
    assert sandbox.control("PUT", "/snapshot", json=snapshot).status_code == 200
    answer = connect(sandbox, scope="free_busy_write", access_mode="no_calendar")
    shown = userinfo(JANE, "free_busy_write", cronofy_profile(JANE), name=None)
    del shown["zoneinfo"]
    assert read(sandbox, answer, "/v1/userinfo") == shown
    account = read(sandbox, answer, "/v1/account")["account"]
    assert (account["name"], account["default_tzid"]) == (None, "Etc/UTC")


@pytest.mark.parametrize("scope", [MANAGE_ACCOUNTS, f"{MANAGE_RESOURCES} {MANAGE_ACCOUNTS}"],
                         ids=lambda scope: f"8.1 {scope}")  # fmt: skip
def test_a_service_account(sandbox: Sandbox, scope: str) -> None:
    """No profiles, no name, no zone; the domain in a flat copy as well; delegated_scope."""
    add_organization(sandbox, administrator="mary@acme.test")
    answer = connect_domain(sandbox, scope=scope, delegated_scope="read_only free_busy")
    assert read(sandbox, answer, "/v1/userinfo") == service_account_userinfo(
        MARY, "acme.test", "google", scope, "read_only free_busy"
    )
    for path in ("/v1/profiles", "/v1/calendars"):
        response = sandbox.call(answer["access_token"], "GET", path)
        assert (response.status_code, response.content) == (403, b"")


def application_calendar(sandbox: Sandbox) -> Document:
    body = {**sandbox.credentials, "application_calendar_id": "desk-42"}
    response = sandbox.http.post("/v1/application_calendars", json=body)
    assert response.status_code == 200
    answer: Document = response.json()
    return answer


def test_an_application_calendar(sandbox: Sandbox) -> None:
    """One Cronofy profile with one calendar; application_calendar_id twice; nothing about a
    person."""
    answer = application_calendar(sandbox)
    only = profile("cronofy", "cronofy", "desk-42", calendar("desk-42", level="unrestricted"))
    shown = {
        "sub": APPLICATION_CALENDAR_ID,
        "cronofy.type": "application_calendar",
        "application_calendar_id": "desk-42",
        "cronofy.data": {
            "application_calendar": {"application_calendar_id": "desk-42"},
            "authorization": {"scope": "read_write", "status": "active"},
            "profiles": [only],
        },
    }
    assert read(sandbox, answer, "/v1/userinfo") == shown
    assert read(sandbox, answer, "/v1/profiles") == profiles_of(shown)
    assert read(sandbox, answer, "/v1/calendars") == calendars_of(shown)


def test_an_application_calendar_has_no_account(sandbox: Sandbox) -> None:
    """8.2: 403 with a plain-text body."""
    answer = application_calendar(sandbox)
    response = sandbox.call(answer["access_token"], "GET", "/v1/account")
    assert response.status_code == 403
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.text


def test_what_an_application_cannot_see(open_sandbox: Open) -> None:
    """14: an account is shared by applications, each seeing only what was authorized to it."""
    sandbox = open_sandbox(scenario={"applications": [{}, {}]})
    add_person(sandbox)
    other = {"client_id": sandbox.document["applications"][1]["client_id"]}
    mine = sandbox.connect(JANE, scope="read_only")
    theirs = sandbox.connect(JANE, access_mode="free_busy", **other)
    assert mine["sub"] == theirs["sub"]
    assert read(sandbox, mine, "/v1/userinfo") == userinfo(JANE, "read_only", google_profile(JANE))
    profiles = [free_busy_profile("google_free_busy", JANE), cronofy_profile(JANE)]
    assert read(sandbox, theirs, "/v1/userinfo") == userinfo(JANE, "free_busy_write", *profiles)
