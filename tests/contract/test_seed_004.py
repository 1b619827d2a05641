"""Document 004, "Extended Permissions"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.contract.documents import Document, errors, person
from tests.contract.stories import (
    MANAGE_ACCOUNTS,
    UNRESTRICTED_ACCOUNTS,
    add_organization,
    add_person,
    connect,
    connect_domain,
    decide,
    read,
)
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]

JANE = "jane@acme.test"
RETURN = "http://www.example.com/permission"
CALENDARS = [{"name": "Work", "primary": True}, {"name": "Home"}, {"name": "Club"}]
DATA_CENTERS = ["-au", "-ca", "-de", "-sg", "-uk", ""]


def ask(sandbox: Sandbox, answer: Document, calendar_ids: list[str], **more: Any) -> Any:
    """POST /v1/permissions for unrestricted access."""
    permissions = [
        {"calendar_id": calendar_id, "permission_level": "unrestricted"}
        for calendar_id in calendar_ids
    ]
    return sandbox.call(
        answer["access_token"],
        "POST",
        "/v1/permissions",
        headers={"Content-Type": "application/json; charset=utf-8", **more.pop("headers", {})},
        json={"permissions": permissions, "redirect_uri": RETURN, **more},
    )


def calendar_ids(sandbox: Sandbox, answer: Document) -> list[str]:
    """The account's calendars, as the application lists them to choose from."""
    return [c["calendar_id"] for c in read(sandbox, answer, "/v1/calendars")["calendars"]]


def levels(sandbox: Sandbox, answer: Document) -> list[str]:
    """The permission levels, of which calendars and userinfo say the same."""
    listed = [c["permission_level"] for c in read(sandbox, answer, "/v1/calendars")["calendars"]]
    profiles = read(sandbox, answer, "/v1/userinfo")["cronofy.data"]["profiles"]
    shown = [c["permission_level"] for p in profiles for c in p["profile_calendars"]]
    assert listed == shown
    return listed


def page(response: Any) -> str:
    """The address of the page that the answer names."""
    assert response.status_code == 200
    address: str = response.json()["permissions_request"]["url"]
    assert response.json() == {"permissions_request": {"url": address}}
    return address


def test_the_whole_process(sandbox: Sandbox) -> None:
    """The six steps: the normal OAuth flow; tokens; a list of calendars; a request to elevate
    chosen ones, with a redirect URL; a URL to send the person to; they accept, and return."""
    add_person(sandbox, calendars=CALENDARS)
    answer = connect(sandbox)
    ids = calendar_ids(sandbox, answer)
    assert levels(sandbox, answer) == ["sandbox"] * 3
    response = ask(sandbox, answer, [ids[1]])
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    address = page(response)
    assert urlsplit(address).path.startswith("/permissions")
    assert levels(sandbox, answer) == ["sandbox"] * 3
    decide(sandbox, "permissions")
    returned = sandbox.http.get(address)
    assert (returned.status_code, returned.headers["location"]) == (302, RETURN)
    assert levels(sandbox, answer) == ["sandbox", "unrestricted", "sandbox"]


@pytest.mark.parametrize(
    ("redirect_uri", "returned"),
    [
        (RETURN, f"{RETURN}?error=access_denied"),
        (f"{RETURN}?step=2", f"{RETURN}?step=2&error=access_denied"),
        (f"{RETURN}?a=1&b=%20x", f"{RETURN}?a=1&b=%20x&error=access_denied"),
        (f"{RETURN}#part", f"{RETURN}?error=access_denied#part"),
        (f"{RETURN}?", f"{RETURN}?error=access_denied"),
        ("http://localhost:3000", "http://localhost:3000?error=access_denied"),
    ],
    ids=["seed 004: no query", "seed 004: a query", "two members", "fragment", "empty", "no path"],
)
def test_rejecting_adds_an_error(sandbox: Sandbox, redirect_uri: str, returned: str) -> None:
    """If the person rejects, error=access_denied is added to the query before they are
    redirected; nothing has changed."""
    add_person(sandbox, calendars=CALENDARS)
    answer = connect(sandbox)
    ids = calendar_ids(sandbox, answer)
    address = page(ask(sandbox, answer, ids, redirect_uri=redirect_uri))
    decide(sandbox, "permissions", "deny")
    response = sandbox.http.get(address)
    assert (response.status_code, response.headers["location"]) == (302, returned)
    assert levels(sandbox, answer) == ["sandbox"] * 3


@pytest.mark.parametrize("redirect_uri", [RETURN, f"{RETURN}?step=2"], ids=["plain", "a query"])
def test_accepting_leaves_the_address_as_it_is(sandbox: Sandbox, redirect_uri: str) -> None:
    """The person accepts and is redirected back by the redirect URL provided."""
    add_person(sandbox)
    answer = connect(sandbox)
    ids = calendar_ids(sandbox, answer)
    address = page(ask(sandbox, answer, ids, redirect_uri=redirect_uri))
    decide(sandbox, "permissions")
    assert sandbox.http.get(address).headers["location"] == redirect_uri


def test_several_calendars_can_be_asked_for(sandbox: Sandbox) -> None:
    """Multiple calendar_ids can be provided in the permissions array."""
    add_person(sandbox, calendars=CALENDARS)
    answer = connect(sandbox)
    ids = calendar_ids(sandbox, answer)
    address = page(ask(sandbox, answer, [ids[0], ids[2]]))
    decide(sandbox, "permissions")
    assert sandbox.http.get(address).status_code == 302
    assert levels(sandbox, answer) == ["unrestricted", "sandbox", "unrestricted"]


@pytest.mark.parametrize(
    "level", ["sandbox", "Unrestricted", "read_only", 1], ids=lambda level: f"seed 004: {level}"
)
def test_unrestricted_is_the_only_level(sandbox: Sandbox, level: object) -> None:
    """The only acceptable value of permission_level is unrestricted."""
    add_person(sandbox)
    answer = connect(sandbox)
    permissions = [
        {"calendar_id": calendar_ids(sandbox, answer)[0], "permission_level": level},
    ]
    response = ask(sandbox, answer, [], permissions=permissions)
    assert response.status_code == 422
    assert response.json() == errors({"permissions[0].permission_level": "not_recognized"})


@pytest.mark.parametrize(
    ("body", "missing"),
    [
        ({}, ["permissions"]),
        ({"permissions": []}, ["permissions"]),
        ({"permissions": None}, ["permissions"]),
        ({"permissions": [{}]}, ["permissions[0].calendar_id", "permissions[0].permission_level"]),
        (
            {"permissions": [{"calendar_id": "", "permission_level": "unrestricted"}]},
            ["permissions[0].calendar_id"],
        ),
    ],
    ids=["nothing", "an empty list", "null", "an empty entry", "an empty id"],
)
def test_permissions_are_required(sandbox: Sandbox, body: Document, missing: list[str]) -> None:
    """permissions is required."""
    answer = sandbox.connect(JANE)
    response = sandbox.call(
        answer["access_token"], "POST", "/v1/permissions", json={**body, "redirect_uri": RETURN}
    )
    assert response.status_code == 422
    assert response.json() == errors(dict.fromkeys(missing, "required"))


def test_a_redirect_uri_is_required(sandbox: Sandbox) -> None:
    """redirect_uri is required."""
    answer = sandbox.connect(JANE)
    ids = calendar_ids(sandbox, answer)
    response = ask(sandbox, answer, ids, redirect_uri=None)
    assert response.status_code == 422
    assert response.json() == errors({"redirect_uri": "required"})


def enterprise_user(sandbox: Sandbox) -> Document:
    """Somebody connected through a service account that may elevate calendars."""
    add_organization(sandbox)
    connect_domain(sandbox, scope=f"{MANAGE_ACCOUNTS} {UNRESTRICTED_ACCOUNTS}")
    return sandbox.connect(JANE, service_account="acme.test")


@pytest.mark.parametrize("redirect_uri", [RETURN, None], ids=["with redirect_uri", "without"])
def test_enterprise_accounts_are_granted_at_once(
    sandbox: Sandbox, redirect_uri: str | None
) -> None:
    """For accounts linked to an Enterprise Connect account no URL is returned: the permissions
    are granted as a result of the request."""
    answer = enterprise_user(sandbox)
    ids = calendar_ids(sandbox, answer)
    response = ask(sandbox, answer, ids, redirect_uri=redirect_uri)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"
    assert response.json() == {"permissions_request": {"accepted": True}}
    assert levels(sandbox, answer) == ["unrestricted"]


@pytest.mark.parametrize("data_center", DATA_CENTERS, ids=lambda dc: f"seed 004: api{dc}")
def test_every_data_center_answers(sandbox: Sandbox, data_center: str) -> None:
    """data_center_url is one of api, api-au, api-ca, api-de, api-sg, api-uk .cronofy.com.

    A client that only names the host, and connects to us, gets a page that is ours.
    """
    answer = sandbox.connect(JANE)
    host = f"api{data_center}.cronofy.com"
    ids = calendar_ids(sandbox, answer)
    address = page(ask(sandbox, answer, ids, headers={"Host": host}))
    assert urlsplit(address).netloc == sandbox.http.base_url.netloc.decode()


def test_the_plan_that_it_needs(open_sandbox: Open) -> None:
    """Required plan: Starter."""
    applications = [{"plan": "starter"}]
    sandbox = open_sandbox(scenario={"applications": applications, "people": [person()]})
    answer = sandbox.connect(JANE)
    assert page(ask(sandbox, answer, calendar_ids(sandbox, answer)))
