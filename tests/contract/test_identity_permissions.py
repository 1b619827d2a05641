"""identity.md §5: extended permissions, beyond what document 004 says."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.contract.documents import Document, errors
from tests.contract.stories import (
    MANAGE_ACCOUNTS,
    MANAGE_RESOURCES,
    UNRESTRICTED_ACCOUNTS,
    UNRESTRICTED_RESOURCES,
    add_organization,
    add_person,
    connect,
    connect_domain,
    decide,
    read,
    revoke,
)
from tests.contract.test_seed_004 import ask, calendar_ids, levels, page
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]

JANE = "jane@acme.test"
ROOM = "room-1@acme.test"
CLOCK = "2026-05-11T08:00:00Z"


def refused(sandbox: Sandbox, answer: Document, ids: list[str], fields: list[str]) -> None:
    response = ask(sandbox, answer, ids)
    assert response.status_code == 422
    assert response.json() == errors(dict.fromkeys(fields, "not_recognized"))


def test_calendars_of_others_are_not_recognized(sandbox: Sandbox) -> None:
    """A calendar of another account: 422 errors.not_recognized; nothing is asked for."""
    jane, mary = sandbox.connect(JANE), sandbox.connect("mary@acme.test")
    ids = [*calendar_ids(sandbox, jane), *calendar_ids(sandbox, mary), "cal_unknown_0"]
    refused(sandbox, jane, ids, ["permissions[1].calendar_id", "permissions[2].calendar_id"])
    assert levels(sandbox, jane) == ["sandbox"]


def test_a_free_busy_profile_cannot_be_elevated(sandbox: Sandbox) -> None:
    """Calendars of a free/busy profile cannot be elevated: 422. The Cronofy calendar is
    unrestricted already, and may be asked for."""
    answer = sandbox.connect(JANE, access_mode="free_busy")
    own, hosted = calendar_ids(sandbox, answer)
    refused(sandbox, answer, [own], ["permissions[0].calendar_id"])
    refused(sandbox, answer, [hosted, own], ["permissions[1].calendar_id"])
    assert page(ask(sandbox, answer, [hosted]))
    assert levels(sandbox, answer) == ["sandbox", "unrestricted"]


def test_free_busy_users_of_a_domain_cannot_be_elevated(sandbox: Sandbox) -> None:
    """The same under Enterprise Connect."""
    add_organization(sandbox)
    connect_domain(
        sandbox,
        scope=f"{MANAGE_ACCOUNTS} {UNRESTRICTED_ACCOUNTS}",
        delegated_scope="free_busy_write",
        access_type="free_busy",
    )
    answer = sandbox.connect(JANE, service_account="acme.test")
    refused(sandbox, answer, calendar_ids(sandbox, answer), ["permissions[0].calendar_id"])


@pytest.mark.parametrize("email", [JANE, ROOM], ids=["5 a user", "5 a resource"])
@pytest.mark.parametrize("scope", [UNRESTRICTED_ACCOUNTS, UNRESTRICTED_RESOURCES],
                         ids=lambda scope: f"5 {scope}")  # fmt: skip
def test_a_service_account_needs_the_scope_for_it(sandbox: Sandbox, email: str, scope: str) -> None:
    """accepted: true is not unconditional: the service account must hold
    service_account/accounts/unrestricted_access, for resources …/resources/unrestricted_access;
    without it 403."""
    add_organization(sandbox)
    connect_domain(sandbox, scope=f"{MANAGE_ACCOUNTS} {MANAGE_RESOURCES} {scope}")
    answer = sandbox.connect(email, service_account="acme.test")
    response = ask(sandbox, answer, calendar_ids(sandbox, answer))
    allowed = (scope == UNRESTRICTED_RESOURCES) == (email == ROOM)
    if allowed:
        assert response.json() == {"permissions_request": {"accepted": True}}
    else:
        assert (response.status_code, response.content) == (403, b"")
    assert levels(sandbox, answer) == ["unrestricted" if allowed else "sandbox"]


def test_without_the_scope_it_is_refused_before_the_body_is_read(sandbox: Sandbox) -> None:
    """14: 403 goes before 422."""
    add_organization(sandbox)
    connect_domain(sandbox)
    answer = sandbox.connect(JANE, service_account="acme.test")
    response = sandbox.call(answer["access_token"], "POST", "/v1/permissions", json={})
    assert (response.status_code, response.content) == (403, b"")


def test_revoking_drops_elevation(sandbox: Sandbox) -> None:
    """Revoking the authorization drops elevation back to sandbox."""
    add_person(sandbox)
    before = connect(sandbox)
    address = page(ask(sandbox, before, calendar_ids(sandbox, before)))
    decide(sandbox, "permissions")
    sandbox.http.get(address)
    assert levels(sandbox, before) == ["unrestricted"]
    revoke(sandbox, sub=before["sub"])
    assert levels(sandbox, connect(sandbox)) == ["sandbox"]


def test_a_request_ends_with_its_authorization(sandbox: Sandbox) -> None:
    """3.4: its page is gone after a revoke."""
    answer = sandbox.connect(JANE)
    address = page(ask(sandbox, answer, calendar_ids(sandbox, answer)))
    revoke(sandbox, sub=answer["sub"])
    decide(sandbox, "permissions")
    assert sandbox.http.get(address).status_code == 404


def test_elevation_is_for_one_application(open_sandbox: Open) -> None:
    """Accepting sets the listed calendars to unrestricted for this application."""
    sandbox = open_sandbox(scenario={"applications": [{}, {}]})
    mine = sandbox.connect(JANE)
    theirs = sandbox.connect(JANE, client_id=sandbox.document["applications"][1]["client_id"])
    address = page(ask(sandbox, mine, calendar_ids(sandbox, mine)))
    decide(sandbox, "permissions")
    sandbox.http.get(address)
    assert levels(sandbox, mine) == ["unrestricted"]
    assert levels(sandbox, theirs) == ["sandbox"]


@pytest.mark.parametrize("decision", ["allow", "deny"])
def test_a_request_decides_once(sandbox: Sandbox, decision: str) -> None:
    """The address carries an opaque one-time token."""
    answer = sandbox.connect(JANE)
    address = page(ask(sandbox, answer, calendar_ids(sandbox, answer)))
    decide(sandbox, "permissions", decision)
    assert sandbox.http.get(address).status_code == 302
    decide(sandbox, "permissions", "deny" if decision == "allow" else "allow")
    assert sandbox.http.get(address).status_code == 410
    assert levels(sandbox, answer) == ["unrestricted" if decision == "allow" else "sandbox"]


def test_a_request_can_be_opened_for_a_day(open_sandbox: Open) -> None:
    """Its lifetime is a day."""
    sandbox = open_sandbox(clock=CLOCK)
    answer = sandbox.connect(JANE)
    first, second = (page(ask(sandbox, answer, calendar_ids(sandbox, answer))) for _ in range(2))
    decide(sandbox, "permissions", times=2)
    sandbox.advance(hours=23, minutes=59)
    assert sandbox.http.get(first).status_code == 302
    sandbox.advance(minutes=1)
    assert sandbox.http.get(second).status_code == 410
    assert first != second


def test_an_unknown_page(sandbox: Sandbox) -> None:
    """A token that was never issued."""
    assert sandbox.http.get("/permissions/unknown").status_code == 404


def test_calendars_that_were_made_here_are_unrestricted(sandbox: Sandbox) -> None:
    """Calendars that the application created itself report unrestricted."""
    answer = sandbox.connect(JANE)
    body = {"profile_id": answer["linking_profile"]["profile_id"], "name": "Mine"}
    sandbox.call(answer["access_token"], "POST", "/v1/calendars", json=body)
    assert levels(sandbox, answer) == ["sandbox", "unrestricted"]


@pytest.mark.parametrize("redirect_uri", ["nowhere", "acme://x", 5, "https://"],
                         ids=lambda value: f"5 {value}")  # fmt: skip
def test_the_redirect_uri_is_an_address(sandbox: Sandbox, redirect_uri: object) -> None:
    """redirect_uri is a page to return to."""
    answer = sandbox.connect(JANE)
    response = ask(sandbox, answer, calendar_ids(sandbox, answer), redirect_uri=redirect_uri)
    assert response.status_code == 422
    assert response.json() == errors({"redirect_uri": "invalid"})


def test_no_service_account_may_ask(sandbox: Sandbox) -> None:
    """6.3: a service account cannot ask for permissions."""
    add_organization(sandbox)
    answer = connect_domain(sandbox)
    response = ask(sandbox, answer, ["cal_x"])
    assert (response.status_code, response.content) == (403, b"")
    assert read(sandbox, answer, "/v1/userinfo")["sub"] == answer["sub"]


def test_a_profile_lost_while_the_page_is_open_is_not_elevated(sandbox: Sandbox) -> None:
    """Accepting elevates what the application still has; the profile, authorized again, comes
    back as it is on every first day."""
    answer = sandbox.connect(JANE)
    address = page(ask(sandbox, answer, calendar_ids(sandbox, answer)))
    profile_id = answer["linking_profile"]["profile_id"]
    revoked = sandbox.call(answer["access_token"], "POST", f"/v1/profiles/{profile_id}/revoke")
    assert revoked.status_code == 202
    decide(sandbox, "permissions")
    assert sandbox.http.get(address).status_code == 302
    again = sandbox.connect(JANE)
    assert again["sub"] == answer["sub"]
    assert levels(sandbox, again) == ["sandbox"]
