"""Pages that nobody looks at: queued, scripted and automatic consents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.emulator import Sandbox
from tests.pages.conftest import EVERYTHING, scenario
from tests.pages.visitor import Visitor, authorize, exchange


def queue(sandbox: Sandbox, **consent: Any) -> None:
    body = {"page": "authorize", "decision": "allow", **consent}
    response = sandbox.control("POST", "/consents", json=body)
    assert response.status_code == 201, response.text


def profile(sandbox: Sandbox, visitor: Visitor) -> tuple[str, str]:
    """Who was connected, and as what."""
    found = exchange(sandbox, visitor.outcome)["linking_profile"]
    return found["profile_name"], found["provider_name"]


QUEUED = [
    # the consent, the request, who is connected and as what
    ({}, {}, ("jane@acme.test", "google")),
    ({"email": "olga@acme.test"}, {}, ("olga@acme.test", "exchange")),
    ({"email": "nora@acme.test"}, {}, ("nora@acme.test", "cronofy")),
    (
        {"email": "olga@acme.test", "access_mode": "free_busy"},
        {},
        ("olga@acme.test", "ms_graph_free_busy"),
    ),
    ({"access_mode": "free_busy"}, {}, ("jane@acme.test", "google_free_busy")),
    ({"access_mode": "no_calendar"}, {}, ("jane@acme.test", "cronofy")),
    ({"provider_name": "ms_graph_free_busy"}, {}, ("olga@acme.test", "ms_graph_free_busy")),
    ({"provider_name": "apple"}, {}, ("adam@acme.test", "apple")),
    ({"provider_name": "cronofy"}, {}, ("jane@acme.test", "cronofy")),
    ({}, {"access_type": "free_busy"}, ("jane@acme.test", "google_free_busy")),
    ({}, {"provider_name": "office365"}, ("olga@acme.test", "exchange")),
    ({}, {"provider_name": "cronofy", "scope": "read_write"}, ("jane@acme.test", "cronofy")),
    ({}, {"scope": "read_only"}, ("jane@acme.test", "google")),
]


@pytest.mark.parametrize(("consent", "request_", "expected"), QUEUED)
def test_queued(
    town: Sandbox, consent: dict[str, Any], request_: dict[str, Any], expected: tuple[str, str]
) -> None:
    """A queued consent answers the next page at once: with its person and mode, or the first."""
    queue(town, **consent)
    assert profile(town, authorize(town, **request_)) == expected
    assert authorize(town).response.status_code == 200, "it is used up"


UNFIT = [
    (
        {"access_mode": "free_busy"},
        {"scope": "read_write"},
        "access_mode free_busy is not on offer to somebody whose provider is google; the request "
        "offers: read_write",
    ),
    (
        {"email": "jane@acme.test", "access_mode": "read_write"},
        {"access_type": "free_busy"},
        "access_mode read_write is not on offer to somebody whose provider is google; the request "
        "offers: free_busy",
    ),
    (
        {"email": "eve@acme.test", "access_mode": "free_busy"},
        {},
        "access_mode free_busy is not on offer to somebody whose provider is exchange; the request "
        "offers: read_write, free_busy, no_calendar",
    ),
    (
        {"email": "jane@acme.test"},
        {"provider_name": "apple"},
        "jane@acme.test cannot sign in with what this request asks for",
    ),
    (
        {"provider_name": "google"},
        {"provider_name": "apple"},
        "nobody in the sandbox can sign in with what it asks for",
    ),
]


@pytest.mark.parametrize(("consent", "request_", "reason"), UNFIT)
def test_queued_but_unfit(
    town: Sandbox, consent: dict[str, Any], request_: dict[str, Any], reason: str
) -> None:
    """A consent that the request does not allow leaves the page open, and says why."""
    queue(town, **consent)
    visitor = authorize(town, **request_)
    assert visitor.response.status_code == 200
    assert visitor.warnings == [f"the queued consent cannot be carried out here: {reason}"]


def test_denied(town: Sandbox) -> None:
    """A queued refusal redirects at once, for as many pages as it says."""
    queue(town, decision="deny", times=2)
    for _ in range(2):
        assert authorize(town).outcome == {"error": "access_denied", "state": "s 1&"}
    assert authorize(town).response.status_code == 200


def test_of_an_application(open_sandbox: Callable[..., Sandbox]) -> None:
    """A consent for one application does not answer another's page."""
    sandbox = open_sandbox(scenario=scenario(applications=[{"name": "One"}, {"name": "Two"}]))
    queue(sandbox, client_id=sandbox.document["applications"][1]["client_id"])
    assert authorize(sandbox).response.status_code == 200
    two = sandbox.document["applications"][1]["client_id"]
    assert "code" in authorize(sandbox, client_id=two).outcome


def test_consents_answer_beginnings(town: Sandbox) -> None:
    """Somebody who is on the way through the pages is not overtaken by a queued consent."""
    visitor = authorize(town)
    queue(town)
    visitor.submit("Continue").follow("Google")
    assert visitor.page.heading == "Sign in with Google"


def people(*scripted: tuple[str, dict[str, str]]) -> list[dict[str, Any]]:
    return [{"email": email, "name": email, "consent": consent} for email, consent in scripted]


def test_scripted_in_turn(open_sandbox: Callable[..., Sandbox]) -> None:
    """Scripted people connect one after the other, each in their own mode."""
    cast = people(
        ("mute@acme.test", {}),
        ("a@acme.test", {"authorize": "allow", "access_mode": "free_busy"}),
        ("b@acme.test", {"authorize": "allow"}),
    )
    sandbox = open_sandbox(scenario=scenario(people=cast))
    found = [profile(sandbox, authorize(sandbox, avoid_linking="true")) for _ in range(3)]
    assert found == [
        ("a@acme.test", "google_free_busy"),
        ("b@acme.test", "google"),
        ("a@acme.test", "google_free_busy"),
    ]


def test_scripted_who_fit(open_sandbox: Callable[..., Sandbox]) -> None:
    """Only those decide whose mode and provider the request allows."""
    cast = people(
        ("a@acme.test", {"authorize": "allow", "access_mode": "free_busy"}),
        ("b@acme.test", {"authorize": "allow", "access_mode": "read_write"}),
    )
    sandbox = open_sandbox(scenario=scenario(people=cast))
    assert profile(sandbox, authorize(sandbox, scope="read_write")) == ("b@acme.test", "google")
    visitor = authorize(sandbox, access_type="no_calendar")
    assert visitor.page.heading == "Verify your e-mail address"
    (warning,) = visitor.warnings
    assert warning.startswith("the scripted consent cannot be carried out here: access_mode free")


def test_scripted_denial(open_sandbox: Callable[..., Sandbox]) -> None:
    """A scripted refusal is a redirect with access_denied."""
    sandbox = open_sandbox(scenario=scenario(people=people(("a@acme.test", {"authorize": "deny"}))))
    assert authorize(sandbox).outcome == {"error": "access_denied", "state": "s 1&"}


def test_queued_prefers_the_scripted(open_sandbox: Callable[..., Sandbox]) -> None:
    """A queued consent without a person is carried out by a scripted one, if there is one."""
    cast = people(("mute@acme.test", {}), ("a@acme.test", {"authorize": "deny"}))
    sandbox = open_sandbox(scenario=scenario(people=cast))
    queue(sandbox)
    assert profile(sandbox, authorize(sandbox)) == ("a@acme.test", "google")


ORGANIZATIONS = [
    {"domain": "acme.test", "administrator": "jane@acme.test"},
    {"domain": "globex.test", "administrator": "olga@acme.test", "provider": "office365"},
]


def domain(sandbox: Sandbox, visitor: Visitor) -> tuple[str, str]:
    found = exchange(sandbox, visitor.outcome)["userinfo"]["cronofy.data"]["service_account"]
    return found["domain"], found["provider_name"]


def test_enterprise(open_sandbox: Callable[..., Sandbox]) -> None:
    """On the enterprise page an administrator decides, in turn, or as the consent says."""
    sandbox = open_sandbox(scenario=scenario(organizations=ORGANIZATIONS))
    queue(sandbox, page="enterprise", times=2)
    queue(sandbox, page="enterprise", email="olga@acme.test", access_mode="free_busy")
    found = [domain(sandbox, authorize(sandbox, enterprise=True)) for _ in range(3)]
    assert found == [
        ("acme.test", "google"),
        ("globex.test", "exchange"),
        ("globex.test", "ms_graph_free_busy"),
    ]


def test_enterprise_scripted(open_sandbox: Callable[..., Sandbox]) -> None:
    """The administrator's own decision counts; an ordinary authorize page is not theirs."""
    cast = people(("olga@acme.test", {"enterprise": "allow", "access_mode": "free_busy"}))
    cast[0]["provider"] = "office365"
    sandbox = open_sandbox(scenario=scenario(people=cast, organizations=ORGANIZATIONS))
    assert domain(sandbox, authorize(sandbox, enterprise=True)) == (
        "globex.test",
        "ms_graph_free_busy",
    )
    assert authorize(sandbox).response.status_code == 200


def test_automatic(automatic: httpx.Client) -> None:
    """With --consent auto every page is allowed at once, by one person after the other."""
    wanted = scenario(organizations=ORGANIZATIONS)
    document = automatic.post("/_mock/sandboxes", json={"scenario": wanted}).json()
    sandbox = Sandbox(automatic, document)
    found = [profile(sandbox, authorize(sandbox, avoid_linking="true")) for _ in range(2)]
    assert found == [("jane@acme.test", "google"), ("gus@acme.test", "google")]
    visitor = authorize(sandbox, access_type="free_busy", avoid_linking="true")
    assert profile(sandbox, visitor) == ("olga@acme.test", "ms_graph_free_busy")
    assert domain(sandbox, authorize(sandbox, enterprise=True)) == ("acme.test", "google")
    assert authorize(sandbox, scope="nonsense").outcome["error"] == "invalid_scope"


def test_automatic_yields_to_decisions(automatic: httpx.Client) -> None:
    """What somebody has decided comes before automatic consent."""
    cast = people(("a@acme.test", {"authorize": "deny", "permissions": "deny"}))
    wanted = scenario(people=cast, applications=[{"features": EVERYTHING}])
    document = automatic.post("/_mock/sandboxes", json={"scenario": wanted}).json()
    sandbox = Sandbox(automatic, document)
    assert authorize(sandbox).outcome["error"] == "access_denied"
    queue(sandbox, access_mode="free_busy")
    assert profile(sandbox, authorize(sandbox)) == ("a@acme.test", "google_free_busy")


def test_journal(town: Sandbox) -> None:
    """A visit stands in the sandbox's journal with its status and warnings."""
    authorize(town, email="x")
    entry = town.control("GET", "/journal").json()["requests"][-1]
    assert (entry["method"], entry["path"], entry["status"]) == ("GET", "/oauth/authorize", 200)
    assert entry["client_id"] == town.application["client_id"]
    texts = [finding["text"] for finding in entry["findings"]]
    assert texts == ["ignored: unknown query parameter email"]
