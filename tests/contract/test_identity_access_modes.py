"""identity.md §10: how a person gets into an access mode, and what it can do.

What each mode opens is compared whole in test_seed_000.py and test_identity_reads.py; this
version has the rows of §10.3 that are about profiles, calendars and permissions.
"""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from tests.contract.documents import (
    Document,
    account_token,
    calendar,
    cronofy_profile,
    errors,
    free_busy_profile,
    google_profile,
    person,
    userinfo,
)
from tests.contract.stories import (
    MANAGE_ACCOUNTS,
    UNRESTRICTED_ACCOUNTS,
    add_organization,
    add_person,
    authorize_enterprise,
    connect,
    connect_domain,
    decide,
    exchange,
    read,
    revoke,
    works,
)
from tests.contract.test_seed_004 import ask, calendar_ids
from tests.emulator import Sandbox, redirected

Open = Callable[..., Sandbox]

JANE = "jane@acme.test"
MODES = ["read_write", "free_busy", "no_calendar"]


# --- 10.1 Which modes are on offer ---------------------------------------------------

# What a request has chosen beforehand, and the first profile of somebody who just agrees.
SHORTCUTS: dict[str, tuple[dict[str, str], str]] = {
    "nothing chosen": ({}, "google"),
    "access_type=read_write": ({"access_type": "read_write"}, "google"),
    "access_type=free_busy": ({"access_type": "free_busy"}, "google_free_busy"),
    "access_type=no_calendar": ({"access_type": "no_calendar"}, "cronofy"),
    "access_type=other": ({"access_type": "other"}, "google"),
    "provider_name=google": ({"provider_name": "google"}, "google"),
    "provider_name=google_free_busy": (
        {"provider_name": "google_free_busy"},
        "google_free_busy",
    ),
    "provider_name=cronofy": ({"provider_name": "cronofy"}, "cronofy"),
    "free_busy, then google": (
        {"access_type": "free_busy", "provider_name": "google"},
        "google_free_busy",
    ),
}


@pytest.mark.parametrize("case", SHORTCUTS, ids=lambda case: f"10.1 {case}")
def test_shortcuts(sandbox: Sandbox, case: str) -> None:
    """access_type or a provider_name leads into a mode; any other value is ignored, and the
    choice shown."""
    parameters, provider_name = SHORTCUTS[case]
    add_person(sandbox)
    answer = connect(sandbox, scope="free_busy_write", **parameters)
    assert answer["linking_profile"]["provider_name"] == provider_name


@pytest.mark.parametrize("scope", ["read_write", "free_busy_write", "read_events"],
                         ids=lambda scope: f"10.1 {scope}")  # fmt: skip
def test_cronofy_is_a_provider_with_any_scope(sandbox: Sandbox, scope: str) -> None:
    """The page for No Calendar Access shows provider_name=cronofy with any scope."""
    add_person(sandbox)
    answer = connect(sandbox, scope=scope, provider_name="cronofy")
    assert answer == account_token(userinfo(JANE, scope, cronofy_profile(JANE)))


NOT_ON_OFFER: dict[str, tuple[dict[str, bool], str, dict[str, str]]] = {
    "free_busy without its feature": (
        {"free_busy": False},
        "free_busy_write",
        {"access_type": "free_busy"},
    ),
    "free_busy without its scope": ({}, "read_write", {"access_type": "free_busy"}),
    "no_calendar without its feature": ({}, "free_busy_write", {"access_type": "no_calendar"}),
    "no_calendar without its scope": (
        {"no_access": True},
        "read_write",
        {"access_type": "no_calendar"},
    ),
    "google_free_busy without its feature": (
        {"free_busy": False},
        "free_busy_write",
        {"provider_name": "google_free_busy"},
    ),
    "google_free_busy without its scope": (
        {},
        "read_write",
        {"provider_name": "google_free_busy"},
    ),
    "cronofy without its feature": ({}, "free_busy_write", {"provider_name": "cronofy"}),
}


@pytest.mark.parametrize("case", NOT_ON_OFFER, ids=lambda case: f"10.1 {case}")
def test_a_mode_that_is_not_on_offer_is_ignored(open_sandbox: Open, case: str) -> None:
    """access_type or provider_name naming a mode not on offer is ignored, and the choice
    shown: who just agrees is connected Read-Write."""
    features, scope, parameters = NOT_ON_OFFER[case]
    sandbox = open_sandbox(
        scenario={"applications": [{"features": features}], "people": [person()]}
    )
    decide(sandbox, "authorize", email=JANE)
    response = sandbox.authorize(scope=scope, **parameters)
    ((name, value),) = parameters.items()
    assert f"{name}={value} is ignored" in response.headers["mock-cronofy-warning"]
    answer = exchange(sandbox, redirected(response)["code"])
    assert answer["linking_profile"]["provider_name"] == "google"


REACH = {
    "read_write": {"google", "office365", "exchange", "apple", "outlook_com"},
    "free_busy": {"google", "office365"},
    "no_calendar": {"google", "office365", "exchange", "apple", "outlook_com", "none"},
}


@pytest.mark.parametrize("provider", sorted(REACH["no_calendar"]), ids=lambda p: f"10.1 {p}")
@pytest.mark.parametrize("mode", MODES)
def test_which_providers_a_mode_reaches(sandbox: Sandbox, provider: str, mode: str) -> None:
    """Read-Write: Apple, Google, Microsoft 365, on-premise Exchange, Outlook.com. Free/Busy:
    Google and Microsoft 365. No Calendar Access: any verified e-mail address."""
    add_person(sandbox, provider=provider)
    body = {"email": JANE, "access_mode": mode, "scope": "free_busy_write"}
    response = sandbox.control("POST", "/connect", json=body)
    assert response.status_code == (201 if provider in REACH[mode] else 422)


@pytest.mark.parametrize("provider", ["google", "office365", "exchange"],
                         ids=lambda p: f"10.1 {p}")  # fmt: skip
def test_which_domains_free_busy_reaches(sandbox: Sandbox, provider: str) -> None:
    """The same for domains: on-premise Exchange has no Free/Busy mode."""
    add_organization(sandbox, provider)
    decide(sandbox, "enterprise", access_mode="free_busy")
    response = authorize_enterprise(sandbox, delegated_scope="free_busy_write")
    assert response.status_code == (200 if provider == "exchange" else 302)


# --- 10.3 Capabilities ---------------------------------------------------------------


@pytest.fixture(params=MODES, ids=lambda mode: f"10.3 {mode}")
def connected(request: pytest.FixtureRequest, sandbox: Sandbox) -> tuple[str, Document]:
    """Jane in each mode, with free_busy_write."""
    add_person(sandbox)
    mode: str = request.param
    return mode, connect(sandbox, scope="free_busy_write", access_type=mode)


def create(sandbox: Sandbox, answer: Document, profile_id: str) -> httpx.Response:
    body = {"profile_id": profile_id, "name": "New"}
    return sandbox.call(answer["access_token"], "POST", "/v1/calendars", json=body)


def profile_ids(answer: Document) -> list[str]:
    return [p["profile_id"] for p in answer["userinfo"]["cronofy.data"]["profiles"]]


def test_creating_calendars(sandbox: Sandbox, connected: tuple[str, Document]) -> None:
    """read_write: at the provider. free_busy: refused with 403 in the person's profile, 422 in
    the Cronofy one, which holds one calendar only. no_calendar: refused with 422."""
    mode, answer = connected
    statuses = {"read_write": [200], "free_busy": [403, 422], "no_calendar": [422]}
    responses = [create(sandbox, answer, one) for one in profile_ids(answer)]
    assert [r.status_code for r in responses] == statuses[mode]
    if mode != "read_write":
        assert responses[-1].json() == errors({"profile_id": "calendar_limit_reached"})


def test_elevating_calendars(sandbox: Sandbox, connected: tuple[str, Document]) -> None:
    """read_write: a page. free_busy: the person's calendars cannot be elevated. no_calendar:
    unrestricted already."""
    mode, answer = connected
    statuses = {"read_write": [200], "free_busy": [422, 200], "no_calendar": [200]}
    found = [ask(sandbox, answer, [one]).status_code for one in calendar_ids(sandbox, answer)]
    assert found == statuses[mode]


def test_permission_levels(sandbox: Sandbox, connected: tuple[str, Document]) -> None:
    """10.2: sandbox until elevated; the Cronofy calendar is unrestricted."""
    mode, answer = connected
    levels = {
        "read_write": ["sandbox"],
        "free_busy": ["sandbox", "unrestricted"],
        "no_calendar": ["unrestricted"],
    }
    listed = read(sandbox, answer, "/v1/calendars")["calendars"]
    assert [c["permission_level"] for c in listed] == levels[mode]


def test_who_has_to_reconnect(sandbox: Sandbox, connected: tuple[str, Document]) -> None:
    """Credentials lapse in Read-Write and in the person's Free/Busy profile, never in a Cronofy
    profile."""
    mode, answer = connected
    statuses = {"read_write": [200], "free_busy": [200, 422], "no_calendar": [422]}
    paths = [f"/profiles/{one}/disconnect" for one in profile_ids(answer)]
    assert [sandbox.control("POST", path).status_code for path in paths] == statuses[mode]


def test_a_lapsed_free_busy_profile_leaves_its_cronofy_calendar(sandbox: Sandbox) -> None:
    """The other profile stays connected."""
    add_person(sandbox)
    answer = connect(sandbox, scope="free_busy_write", access_mode="free_busy")
    sandbox.control("POST", f"/profiles/{profile_ids(answer)[0]}/disconnect")
    listed = read(sandbox, answer, "/v1/profiles")["profiles"]
    assert [p["profile_connected"] for p in listed] == [False, True]


# --- 10.4 Switching mode -------------------------------------------------------------

SWITCHES = [(one, other) for one in MODES for other in MODES if one != other]
PROFILES: dict[str, list[Document]] = {
    "read_write": [google_profile(JANE)],
    "free_busy": [free_busy_profile("google_free_busy", JANE), cronofy_profile(JANE)],
    "no_calendar": [cronofy_profile(JANE)],
}


@pytest.mark.parametrize(("before", "after"), SWITCHES, ids=lambda mode: f"10.4 {mode}")
def test_switching_after_a_revoke(sandbox: Sandbox, before: str, after: str) -> None:
    """Revoke, then authorize again in the other mode: only its profiles are left."""
    add_person(sandbox)
    first = connect(sandbox, scope="free_busy_write", access_type=before)
    revoke(sandbox, token=first["refresh_token"])
    second = connect(sandbox, scope="free_busy_write", access_type=after)
    shown = userinfo(JANE, "free_busy_write", *PROFILES[after])
    assert second == account_token(shown)


@pytest.mark.parametrize(("before", "after"), SWITCHES, ids=lambda mode: f"10.4 {mode}")
def test_switching_without_a_revoke(sandbox: Sandbox, before: str, after: str) -> None:
    """The same account gains the new profiles beside the old ones; revoking is what removes
    access."""
    add_person(sandbox)
    first = connect(sandbox, scope="free_busy_write", access_type=before)
    second = connect(sandbox, scope="free_busy_write", access_type=after)
    profiles = list(PROFILES[before])
    profiles += [p for p in PROFILES[after] if p not in profiles]
    shown = userinfo(JANE, "free_busy_write", *profiles)
    assert second["userinfo"] == shown
    assert second["sub"] == first["sub"]
    assert second["linking_profile"]["provider_name"] == PROFILES[after][0]["provider_name"]
    works(sandbox, first)


def test_switching_a_domain_without_a_revoke(sandbox: Sandbox) -> None:
    """In another mode there is another service account, beside the old one."""
    add_organization(sandbox)
    first = connect_domain(sandbox, delegated_scope="free_busy_write")
    second = connect_domain(sandbox, delegated_scope="free_busy_write", access_type="free_busy")
    assert first["sub"] != second["sub"]
    works(sandbox, first)
    works(sandbox, second)


# --- events.md 1.2 POST /v1/calendars ------------------------------------------------


@pytest.mark.parametrize(
    ("provider", "flags", "again"),
    [
        ("google", {"conferencing": True}, 200),
        ("apple", {"attachments": True}, 200),
        ("office365", {"conferencing": True}, 422),
        ("exchange", {}, 422),
        ("outlook_com", {}, 422),
    ],
    ids=lambda value: f"events 1.2 {value}" if isinstance(value, str) else "",
)
def test_a_created_calendar(
    sandbox: Sandbox, provider: str, flags: dict[str, bool], again: int
) -> None:
    """The full calendar, unrestricted for its maker, and listed at once. Exchange, Microsoft
    365 and Outlook.com refuse a second one of the name, and leave none behind."""
    add_person(sandbox, provider=provider)
    answer = connect(sandbox)
    (profile,) = read(sandbox, answer, "/v1/profiles")["profiles"]
    body = {"profile_id": profile["profile_id"], "name": "Interviews", "color": "#49BED8"}
    response = sandbox.call(answer["access_token"], "POST", "/v1/calendars", json=body)
    made = {
        "provider_name": profile["provider_name"],
        "profile_id": profile["profile_id"],
        "profile_name": JANE,
        **calendar("Interviews", primary=False, level="unrestricted", **flags),
    }
    assert (response.status_code, response.json()) == (200, {"calendar": made})
    listed = read(sandbox, answer, "/v1/calendars")["calendars"]
    assert listed[1:] == [response.json()["calendar"]]

    second = sandbox.call(answer["access_token"], "POST", "/v1/calendars", json=body)
    assert second.status_code == again
    if again == 422:
        assert second.json() == errors({"name": "duplicate_calendar_name"})
    listed = read(sandbox, answer, "/v1/calendars")["calendars"]
    assert len(listed) == (3 if again == 200 else 2)


def test_a_created_calendar_is_a_stranger_to_other_applications(open_sandbox: Open) -> None:
    """Unrestricted for its maker; others see it as sandbox."""
    sandbox = open_sandbox(scenario={"applications": [{}, {}], "people": [person()]})
    other = {"client_id": sandbox.document["applications"][1]["client_id"]}
    mine, theirs = sandbox.connect(JANE), sandbox.connect(JANE, **other)
    assert create(sandbox, mine, profile_ids(mine)[0]).status_code == 200
    levels = [
        [c["permission_level"] for c in read(sandbox, answer, "/v1/calendars")["calendars"]]
        for answer in (mine, theirs)
    ]
    assert levels == [["sandbox", "unrestricted"], ["sandbox", "sandbox"]]


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"profile_id": None}, {"profile_id": "required"}),
        ({"name": None}, {"name": "required"}),
        ({"name": ""}, {"name": "required"}),
        ({"profile_id": "", "name": ""}, {"profile_id": "required", "name": "required"}),
        ({"color": "blue"}, {"color": "invalid"}),
        ({"color": "#49BED"}, {"color": "invalid"}),
    ],
    ids=lambda value: f"events 1.2 {value}",
)
def test_what_a_new_calendar_needs(
    sandbox: Sandbox, change: Document, fields: dict[str, str]
) -> None:
    """422 errors.required on profile_id and name; color is #RRGGBB."""
    answer = sandbox.connect(JANE)
    body = {"profile_id": profile_ids(answer)[0], "name": "New", **change}
    response = sandbox.call(answer["access_token"], "POST", "/v1/calendars", json=body)
    assert (response.status_code, response.json()) == (422, errors(fields))


@pytest.mark.parametrize("change", [{"color": "#49bed8"}, {"readonly": "false"}, {"color": ""}],
                         ids=lambda value: f"events 1.2 {value}")  # fmt: skip
def test_what_a_new_calendar_takes(sandbox: Sandbox, change: Document) -> None:
    """color is optional; unknown keys, such as an app's readonly, are ignored."""
    answer = sandbox.connect(JANE)
    body = {"profile_id": profile_ids(answer)[0], "name": "New", **change}
    response = sandbox.call(answer["access_token"], "POST", "/v1/calendars", json=body)
    assert response.status_code == 200
    assert response.json()["calendar"]["calendar_readonly"] is False


def test_users_of_a_domain_create_calendars_too(sandbox: Sandbox) -> None:
    """The scope of the user's token decides."""
    add_organization(sandbox)
    connect_domain(sandbox, scope=f"{MANAGE_ACCOUNTS} {UNRESTRICTED_ACCOUNTS}")
    for scope, status in (("read_write", 200), ("read_only", 403)):
        email = {"read_write": JANE, "read_only": "mary@acme.test"}[scope]
        answer = sandbox.connect(email, service_account="acme.test", scope=scope)
        assert create(sandbox, answer, profile_ids(answer)[0]).status_code == status
