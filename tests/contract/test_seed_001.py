"""Document 001, "Calendar Access Modes FAQs"."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.documents import person
from tests.contract.stories import (
    STATE,
    add_organization,
    add_person,
    authorize_enterprise,
    connect,
    connect_domain,
    decide,
    exchange,
    read,
)
from tests.emulator import Sandbox, redirected

Open = Callable[..., Sandbox]

JANE = "jane@acme.test"

SELECTED = pytest.mark.parametrize(
    ("provider", "mode", "reported"),
    [
        ("office365", "free_busy", "ms_graph_free_busy"),
        ("google", "free_busy", "google_free_busy"),
        ("google", "no_calendar", "cronofy"),
        ("office365", "no_calendar", "cronofy"),
        ("none", "no_calendar", "cronofy"),
    ],
    ids=lambda value: f"seed 001: {value}",
)


@SELECTED
def test_userinfo_tells_the_selected_mode(
    sandbox: Sandbox, provider: str, mode: str, reported: str
) -> None:
    """provider_name and provider_service of userinfo's profiles are ms_graph_free_busy or
    google_free_busy in Free/Busy mode, and cronofy in No Access mode."""
    add_person(sandbox, provider=provider)
    answer = connect(sandbox, scope="free_busy_write", access_mode=mode)
    profile = read(sandbox, answer, "/v1/userinfo")["cronofy.data"]["profiles"][0]
    assert (profile["provider_name"], profile["provider_service"]) == (reported, reported)


@SELECTED
def test_the_token_answer_tells_the_selected_mode(
    sandbox: Sandbox, provider: str, mode: str, reported: str
) -> None:
    """The answer of Request an Access Token identifies the selected mode as well."""
    add_person(sandbox, provider=provider)
    answer = connect(sandbox, scope="free_busy_write", access_mode=mode)
    linked = answer["linking_profile"]
    assert (linked["provider_name"], linked["provider_service"]) == (reported, reported)
    profile = answer["userinfo"]["cronofy.data"]["profiles"][0]
    assert (profile["provider_name"], profile["provider_service"]) == (reported, reported)


@pytest.mark.parametrize(
    ("features", "offered", "not_offered"),
    [
        ({"free_busy": True, "no_access": False}, "free_busy", "no_calendar"),
        ({"free_busy": False, "no_access": True}, "no_calendar", "free_busy"),
    ],
    ids=["seed 001: Free/Busy alone", "seed 001: No Access alone"],
)
def test_one_of_the_new_modes_can_be_offered_alone(
    open_sandbox: Open, features: dict[str, bool], offered: str, not_offered: str
) -> None:
    """An application need not offer both new modes: it enables just the one in its features."""
    sandbox = open_sandbox(
        scenario={"applications": [{"features": features}], "people": [person()]}
    )
    decide(sandbox, "authorize", access_mode=not_offered)
    assert sandbox.authorize(scope="free_busy_write").status_code == 200
    answer = connect(sandbox, scope="free_busy_write", access_mode=offered)
    assert len(answer["userinfo"]["cronofy.data"]["profiles"]) == (2 if offered[0] == "f" else 1)


def test_free_busy_alone_becomes_a_default(open_sandbox: Open) -> None:
    """From 3rd March onwards Free/Busy, and no other of the new modes, is the default for
    applications that request free_busy_write."""
    sandbox = open_sandbox(scenario={"applications": [{}], "people": [person()]})
    assert sandbox.application["features"]["free_busy"] is True
    assert sandbox.application["features"]["no_access"] is False
    answer = connect(sandbox, scope="free_busy_write", access_mode="free_busy")
    assert answer["linking_profile"]["provider_name"] == "google_free_busy"
    decide(sandbox, "authorize", access_mode="no_calendar")
    sandbox.http.cookies.clear()
    assert sandbox.authorize(scope="free_busy_write").status_code == 200


@pytest.mark.parametrize("provider", ["google", "office365"], ids=lambda p: f"seed 001: {p}")
@pytest.mark.parametrize(
    ("mode", "available"), [("read_write", [True]), ("free_busy", [False, False])]
)
def test_integrated_conferencing_is_read_write_only(
    sandbox: Sandbox, provider: str, mode: str, available: list[bool]
) -> None:
    """Microsoft Teams and Google Meet cannot be used by the integrated option in the new
    modes, because these connections may not write to the person's calendar."""
    add_person(sandbox, provider=provider)
    answer = connect(sandbox, scope="free_busy_write", access_mode=mode)
    calendars = read(sandbox, answer, "/v1/calendars")["calendars"]
    assert [c["calendar_integrated_conferencing_available"] for c in calendars] == available


def test_integrated_conferencing_is_not_for_no_access_mode(sandbox: Sandbox) -> None:
    """Nor can they in No Access mode."""
    add_person(sandbox)
    answer = connect(sandbox, scope="free_busy_write", access_mode="no_calendar")
    (calendar,) = read(sandbox, answer, "/v1/calendars")["calendars"]
    assert calendar["calendar_integrated_conferencing_available"] is False


def test_individual_connect_asks_for_the_scope_anew(sandbox: Sandbox) -> None:
    """An application that does not request free_busy_write changes its requests to
    /oauth/authorize?response_type=code&client_id=…&redirect_uri=…&scope=free_busy_write&state=…
    and has the modes from then on."""
    add_person(sandbox)
    answer = connect(sandbox, scope="read_write")
    assert answer["scope"] == "read_write"
    decide(sandbox, "authorize", access_mode="free_busy")
    query = redirected(sandbox.authorize(scope="free_busy_write", state=STATE))
    assert query == {"code": query["code"], "state": STATE}
    answer = exchange(sandbox, query["code"])
    assert answer["linking_profile"]["provider_name"] == "google_free_busy"
    assert "free_busy_write" in answer["scope"].split()


def test_enterprise_connect_asks_for_the_delegated_scope_anew(sandbox: Sandbox) -> None:
    """For Enterprise Connect, free_busy_write is the required delegated scope."""
    add_organization(sandbox)
    decide(sandbox, "enterprise", access_mode="free_busy")
    response = authorize_enterprise(sandbox, delegated_scope="read_write")
    assert response.status_code == 200
    assert "the request offers: read_write" in response.headers["mock-cronofy-warning"]
    answer = connect_domain(sandbox, delegated_scope="free_busy_write", access_mode="free_busy")
    service_account = answer["userinfo"]["cronofy.data"]["service_account"]
    assert service_account["provider_name"] == "google_free_busy"
