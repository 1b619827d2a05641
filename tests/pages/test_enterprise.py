"""Enterprise Connect: the administrator's pages (identity §6.1)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.emulator import Sandbox
from tests.pages.conftest import scenario
from tests.pages.visitor import CALLBACK, Visitor, authorize, exchange

ORGANIZATIONS = [
    {"domain": "acme.test", "administrator": "jane@acme.test", "members": ["gus@acme.test"]},
    {"domain": "exchange.test", "provider": "exchange", "administrator": "root@exchange.test"},
]


@pytest.fixture
def firm(open_sandbox: Callable[..., Sandbox]) -> Sandbox:
    """Two organizations, one of which Free/Busy does not reach."""
    return open_sandbox(scenario=scenario(organizations=ORGANIZATIONS))


def test_whole_flow(firm: Sandbox) -> None:
    """The administrator picks a mode and their organization, and agrees for everybody."""
    visitor = authorize(
        firm,
        enterprise=True,
        scope="service_account/accounts/manage service_account/resources/unrestricted_access",
    )
    assert visitor.lines[:6] == [
        "Step 1 of 3",
        "# How should Planner connect to your organization’s calendars?",
        "Kind of access",
        "<chosen_mode=read_write>",
        "Read-Write access Events go straight into the calendar. This is the most seamless way.",
        "<chosen_mode=free_busy checked>",
    ]
    visitor.submit("Continue", chosen_mode="read_write")
    root = next(line for line in visitor.lines if "root@" in line)
    assert visitor.lines == [
        "Step 2 of 3",
        "# Sign in as an administrator",
        "This is an emulator: choose who you are, no password is needed.",
        "[Jane Doe jane@acme.test Administrator of acme.test]",
        root,
        "[Back]",
        "[Cancel]",
    ]
    assert root.endswith("root@exchange.test Administrator of exchange.test]")
    visitor.follow("Jane")
    assert visitor.lines == [
        "Step 3 of 3",
        "# Allow Planner to connect to acme.test?",
        "## Planner is not verified",
        "Continue only if you know its developer and trust them.",
        "## Planner will be able to:",
        "Ask for access to the calendars of people at acme.test",
        "Be given full control of the calendars of rooms and resources",
        "## In each of those calendars, at most:",
        "See the name, the e-mail address and the list of calendars",
        "See busy and free times",
        "Add events to the calendar, and change those it added",
        "Delete events that it added",
        "Create new calendars",
        "## Planner will not be able to:",
        "See what events are about, where they are, or who takes part",
        "Change or delete events that it did not add",
        "(Allow)",
        "(Don’t allow)",
        "[Back]",
    ]
    answer = exchange(firm, visitor.submit("Allow").outcome)
    assert answer["sub"] == answer["service_account_id"]
    assert answer["userinfo"]["cronofy.data"]["service_account"] == {
        "provider_name": "google",
        "domain": "acme.test",
    }
    assert "set-cookie" not in visitor.response.headers


def test_free_busy(firm: Sandbox) -> None:
    """In Free/Busy mode only the domains that it reaches are there (seed 002)."""
    visitor = authorize(firm, enterprise=True, access_type="free_busy")
    assert visitor.lines[3:] == ["[Jane Doe jane@acme.test Administrator of acme.test]", "[Cancel]"]
    answer = exchange(firm, visitor.follow("Jane").submit("Allow").outcome)
    assert answer["userinfo"]["cronofy.data"]["service_account"]["provider_name"] == (
        "google_free_busy"
    )


@pytest.mark.parametrize(
    ("delegated_scope", "choice"),
    [("free_busy_write", True), ("read_write", False), ("free_busy", False)],
)
def test_what_is_on_offer(firm: Sandbox, delegated_scope: str, choice: bool) -> None:
    """The delegated scope opens the choice of mode, not the scope."""
    visitor = authorize(firm, enterprise=True, delegated_scope=delegated_scope)
    assert visitor.page.heading.startswith("How should") is choice


def test_refusing(firm: Sandbox) -> None:
    """The administrator refuses, or cancels on the way."""
    visitor = authorize(firm, enterprise=True, access_type="read_write")
    denied = f"{CALLBACK}?error=access_denied&state=s+1%26"
    assert visitor.page.links["Cancel"] == denied
    visitor.follow("Jane").submit("Don’t allow")
    assert visitor.response.headers["location"] == denied


def test_no_organization(town: Sandbox) -> None:
    """Without an organization the page says so."""
    visitor = authorize(town, enterprise=True, access_type="free_busy")
    assert visitor.lines[1:] == [
        "# Sign in as an administrator",
        "There is no organization here that can be connected this way.",
        "[Cancel]",
    ]


def test_forged_organization(firm: Sandbox) -> None:
    """An organization out of the mode's reach cannot be written into the address."""
    visitor = authorize(
        firm, enterprise=True, access_type="free_busy", chosen_organization="exchange.test"
    )
    assert visitor.lines[2:4] == [
        "## There is a problem",
        "exchange.test cannot be connected here.",
    ]
    assert firm.http.post(visitor.address, data={"decision": "allow"}).status_code == 422


@pytest.mark.parametrize(
    ("parameters", "error"),
    [
        ({"scope": "read_write"}, "invalid_scope"),
        ({"delegated_scope": None}, "invalid_request"),
        ({"delegated_scope": "everything"}, "invalid_scope"),
    ],
)
def test_refused_by_redirect(firm: Sandbox, parameters: dict[str, str], error: str) -> None:
    """What is asked wrongly goes back to the application."""
    assert authorize(firm, enterprise=True, **parameters).outcome["error"] == error


def test_plan(open_sandbox: Callable[..., Sandbox]) -> None:
    """Enterprise Connect needs the plan Growth."""
    sandbox = open_sandbox(scenario=scenario(applications=[{"plan": "emerging"}]))
    assert authorize(sandbox, enterprise=True).outcome["error"] == "unauthorized_client"


def test_old_path(firm: Sandbox) -> None:
    """The page has an older address, which one client library still uses."""
    address = authorize(firm, enterprise=True).address
    old = address.replace("/enterprise_connect/", "/service_accounts/")
    visitor = Visitor(firm.http).open(old)
    visitor.submit("Continue", chosen_mode="read_write").follow("Jane").submit("Allow")
    exchange(firm, visitor.outcome)


def test_going_back(firm: Sandbox) -> None:
    """Back leads from consent to the organizations, and from there to the modes."""
    visitor = authorize(firm, enterprise=True).submit("Continue").follow("Jane").follow("Back")
    assert visitor.page.heading == "Sign in as an administrator"
    assert visitor.follow("Back").page.heading.startswith("How should")
