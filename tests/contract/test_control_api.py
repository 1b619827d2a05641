"""The control API: health, sandboxes, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from mock_server import __version__
from tests.contract.control import (
    CLOCK,
    JANE,
    SCENARIO,
    SECRET,
    assert_problems,
    problem,
    sandbox_document,
    whole_document,
)
from tests.contract.documents import (
    APPLICATION_CALENDAR_ID,
    TOKEN,
    Document,
    Like,
    calendar,
    profile,
)
from tests.contract.stories import read, revoke
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]

# --- Health --------------------------------------------------------------------------


def test_health(http: httpx.Client) -> None:
    """200 {"status": "ok", "version": …} once ready."""
    response = http.get("/_mock/health")
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.json() == {"status": "ok", "version": __version__}


# --- Creating ------------------------------------------------------------------------


def test_a_sandbox_of_nothing(open_sandbox: Open) -> None:
    """With no scenario: one application with every feature on, and any redirect URI."""
    assert open_sandbox(clock=CLOCK).document == sandbox_document()


def test_no_body_at_all(http: httpx.Client) -> None:
    """Everything in the body is optional, and so is the body; the clock is then real."""
    response = http.post("/_mock/sandboxes")
    assert response.status_code == 201
    document = response.json()
    clock = {"now": Like(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "mode": "real"}
    assert document == sandbox_document(clock=clock)
    http.delete(f"/_mock/sandboxes/{document['sandbox_id']}")


def test_a_sandbox_of_a_scenario_by_name(open_sandbox: Open) -> None:
    """scenario is a name …"""
    sandbox = open_sandbox(scenario="default")
    assert sandbox.document["scenario"] == "default"
    assert sandbox.document.keys() == sandbox_document().keys()
    assert sandbox.document["applications"]
    assert sandbox.document["people"]


@pytest.fixture
def whole(open_sandbox: Open) -> Sandbox:
    return open_sandbox(scenario=SCENARIO)


def test_a_sandbox_of_a_whole_document(whole: Sandbox) -> None:
    """… or a whole document; the answer has everything that a test needs to begin."""
    assert whole.document == whole_document()
    # Whatever is said of those who are connected holds.
    for item in whole.document["connected"]:
        assert read(whole, item, "/v1/userinfo")["sub"] == item["sub"]
        response = whole.token(grant_type="refresh_token", refresh_token=item["refresh_token"])
        assert response.status_code == 200


def test_reading_a_sandbox(whole: Sandbox) -> None:
    """The same document as on creation, as things stand."""
    response = whole.control("GET", "")
    assert response.status_code == 200
    assert response.json() == whole.document
    mary = whole.connect("mary@acme.test", scope="free_busy_write")
    body = {**whole.credentials, "application_calendar_id": "desk-42"}
    desk = whole.http.post("/v1/application_calendars", json=body).json()
    whole.advance(minutes=5)
    revoke(whole, sub=whole.document["connected"][1]["sub"])
    only = profile("cronofy", "cronofy", "desk-42", calendar("desk-42", level="unrestricted"))
    assert whole.control("GET", "").json() == {
        **whole.document,
        "clock": {"now": "2026-05-11T08:05:00Z", "mode": "virtual"},
        "connected": [
            whole.document["connected"][0],
            {
                "email": "mary@acme.test",
                "sub": mary["sub"],
                "kind": "account",
                "client_id": "whole-client-id",
                "scope": "free_busy_write",
                "access_token": mary["access_token"],
                "refresh_token": mary["refresh_token"],
                "profiles": mary["userinfo"]["cronofy.data"]["profiles"],
            },
            {
                "application_calendar_id": "desk-42",
                "sub": APPLICATION_CALENDAR_ID,
                "kind": "application_calendar",
                "client_id": "whole-client-id",
                "scope": "read_write",
                "access_token": desk["access_token"],
                "refresh_token": desk["refresh_token"],
                "profiles": [only],
            },
        ],
    }


def test_a_seed_and_a_clock_of_ones_own(open_sandbox: Open) -> None:
    """seed and clock go before the scenario's."""
    sandbox = open_sandbox(scenario=SCENARIO, seed=7, clock="2030-01-01T00:00:00Z")
    assert sandbox.document["seed"] == 7
    assert sandbox.document["clock"] == {"now": "2030-01-01T00:00:00Z", "mode": "virtual"}


# --- Sameness ------------------------------------------------------------------------


def test_the_same_again_is_the_same_to_the_letter(open_sandbox: Open) -> None:
    """Same scenario, seed and sandbox_id, same calls: same bytes."""
    documents = []
    for _ in range(2):
        sandbox = open_sandbox(scenario=SCENARIO, sandbox_id="same-again")
        answer = sandbox.connect("new@acme.test")
        documents.append((sandbox.document, answer, sandbox.control("GET", "").json()))
        sandbox.control("DELETE", "")
    assert documents[0] == documents[1]


def test_credentials_come_from_the_sandbox_id_too(open_sandbox: Open) -> None:
    """Credentials, codes and tokens are unique on the server, entity ids come from the seed
    alone."""
    answers = [open_sandbox().connect(JANE) for _ in range(2)]
    same = [answers[0][name] == answers[1][name] for name in ("sub", "linking_profile", "userinfo")]
    assert same == [True] * 3
    for name in ("access_token", "refresh_token"):
        assert answers[0][name] != answers[1][name]


def test_another_seed_gives_other_ids(open_sandbox: Open) -> None:
    """Everything inside a sandbox comes from its seeded generator."""
    first, second = (open_sandbox(seed=seed).connect(JANE) for seed in (1, 2))
    assert first["sub"] != second["sub"]


# --- Clashes -------------------------------------------------------------------------


def test_a_taken_sandbox_id(open_sandbox: Open, http: httpx.Client) -> None:
    """409, with place, found and expected; after its end the id is free again."""
    sandbox = open_sandbox(sandbox_id="mine-alone")
    assert sandbox.sandbox_id == "mine-alone"
    response = http.post("/_mock/sandboxes", json={"sandbox_id": "mine-alone"})
    assert response.status_code == 409
    expected = "an id that no living sandbox has"
    assert response.json() == problem("sandbox_id", "'mine-alone'", expected)
    sandbox.control("DELETE", "")
    open_sandbox(sandbox_id="mine-alone")


def test_credentials_that_are_held_are_replaced(open_sandbox: Open) -> None:
    """Credentials and tokens that are written out are kept while no living sandbox holds
    them, else replaced by derived ones; the creation answer tells what holds."""
    first, second = open_sandbox(scenario=SCENARIO), open_sandbox(scenario=SCENARIO)
    assert first.document["applications"][0]["client_id"] == "whole-client-id"
    assert second.document["admin_api_key"] == TOKEN
    replaced = second.document["applications"][0]
    assert (replaced["client_id"], replaced["client_secret"]) == (TOKEN, SECRET)
    connected = second.document["connected"][0]
    assert connected["client_id"] == replaced["client_id"]
    assert (connected["access_token"], connected["refresh_token"]) == (TOKEN, TOKEN)
    for sandbox in (first, second):
        token = sandbox.document["connected"][0]
        assert read(sandbox, token, "/v1/userinfo")["sub"] == token["sub"]
    first.control("DELETE", "")
    third = open_sandbox(scenario=SCENARIO)
    assert third.document["applications"][0]["client_id"] == "whole-client-id"


EXACT: dict[str, tuple[Document, str]] = {
    "client_id": (
        {"applications": [{"client_id": "exact-id", "client_secret": "other"}]},
        "scenario.applications[0]",
    ),
    "client_secret": (
        {"applications": [{"client_id": "other", "client_secret": "exact-secret"}]},
        "scenario.applications[0]",
    ),
    "admin key": ({"admin_api_key": "exact-admin-key"}, "scenario.admin_api_key"),
    "access token": (
        {
            "people": [{"email": JANE}],
            "connected": [{"person": JANE, "access_token": "exact-access-token"}],
        },
        "scenario.connected[0]",
    ),
    "refresh token": (
        {
            "people": [{"email": JANE}],
            "connected": [{"person": JANE, "refresh_token": "exact-refresh-token"}],
        },
        "scenario.connected[0]",
    ),
}


@pytest.mark.parametrize("case", EXACT)
def test_exact_turns_a_clash_into_409(open_sandbox: Open, http: httpx.Client, case: str) -> None:
    """exact: true refuses what another living sandbox holds, and leaves no sandbox behind."""
    held = {
        "admin_api_key": "exact-admin-key",
        "applications": [{"client_id": "exact-id", "client_secret": "exact-secret"}],
        "people": [{"email": JANE}],
        "connected": [
            {
                "person": JANE,
                "access_token": "exact-access-token",
                "refresh_token": "exact-refresh-token",
            }
        ],
    }
    holder = open_sandbox(scenario=held, exact=True)
    scenario, place = EXACT[case]
    before = http.get("/_mock/sandboxes").json()
    response = http.post("/_mock/sandboxes", json={"scenario": scenario, "exact": True})
    assert_problems(response, 409, place)
    assert "exact-" in response.json()["errors"][0]["found"]
    assert http.get("/_mock/sandboxes").json() == before
    holder.control("DELETE", "")
    open_sandbox(scenario=scenario, exact=True)


# --- List, delete, reset -------------------------------------------------------------


def test_listing(open_sandbox: Open, http: httpx.Client) -> None:
    """The living sandboxes; default is always among them."""
    names = [open_sandbox(scenario=SCENARIO).sandbox_id, open_sandbox().sandbox_id]
    listed = http.get("/_mock/sandboxes").json()["sandboxes"]
    assert listed[0]["sandbox_id"] == "default"
    assert {"sandbox_id": names[0], "scenario": "whole"} in listed
    assert {"sandbox_id": names[1], "scenario": None} in listed


def test_deleting(whole: Sandbox, http: httpx.Client) -> None:
    """204; its credentials end with it."""
    token = whole.document["connected"][0]
    response = whole.control("DELETE", "")
    assert (response.status_code, response.content) == (204, b"")
    assert whole.call(token["access_token"], "GET", "/v1/userinfo").status_code == 401
    response = whole.token(grant_type="refresh_token", refresh_token=token["refresh_token"])
    assert response.json()["error"] == "invalid_client"
    names = [item["sandbox_id"] for item in http.get("/_mock/sandboxes").json()["sandboxes"]]
    assert whole.sandbox_id not in names
    for method in ("GET", "DELETE"):
        assert_problems(whole.control(method, ""), 404, "sandbox_id")


def test_default_always_exists(http: httpx.Client) -> None:
    """It cannot be deleted."""
    response = http.delete("/_mock/sandboxes/default")
    assert response.status_code == 422
    expected = "another sandbox: this one always exists"
    assert response.json() == problem("sandbox_id", "'default'", expected)
    assert http.get("/_mock/sandboxes/default").status_code == 200


def test_resetting(whole: Sandbox) -> None:
    """Back to the first state: same ids, same tokens, whatever has happened."""
    before = whole.document
    first = whole.connect("mary@acme.test", scope="free_busy_write")
    for item in before["connected"]:
        revoke(whole, sub=item["sub"])
    key = before["admin_api_key"]
    new = {"name": "New", "url": "https://new.example"}
    whole.call(key, "POST", "/v1/applications", json=new)
    whole.control("POST", "/people", json={"email": "new@acme.test"})
    whole.control("POST", "/organizations", json={"domain": "new.test"})
    whole.control("POST", "/consents", json={"page": "authorize", "decision": "allow"})
    whole.advance(days=3)
    assert whole.control("GET", "").json() != before

    response = whole.control("POST", "/reset")
    assert (response.status_code, response.json()) == (200, before)
    assert whole.control("GET", "").json() == before
    assert whole.control("GET", "/consents").json() == {"consents": []}
    assert whole.control("GET", "/journal").json() == {"requests": []}
    for item in before["connected"]:
        assert read(whole, item, "/v1/userinfo")["sub"] == item["sub"]
    # The same calls as before get the same answers.
    assert whole.connect("mary@acme.test", scope="free_busy_write") == first
    assert whole.call(first["access_token"], "GET", "/v1/userinfo").status_code == 200


# --- What is refused -----------------------------------------------------------------

WRONG_SANDBOXES: dict[str, tuple[Any, list[str]]] = {
    "a list": ([], ["the document"]),
    "an unknown key": ({"sandbox": "x"}, ["sandbox"]),
    "an unknown scenario": ({"scenario": "nowhere"}, ["scenario"]),
    "a file": ({"scenario": "/etc/passwd"}, ["scenario"]),
    "a path": ({"scenario": "../scenarios/default"}, ["scenario"]),
    "a number": ({"scenario": 5}, ["scenario"]),
    "an id with spaces": ({"sandbox_id": "a b"}, ["sandbox_id"]),
    "an id with slashes": ({"sandbox_id": "a/b"}, ["sandbox_id"]),
    "an empty id": ({"sandbox_id": ""}, ["sandbox_id"]),
    "a long id": ({"sandbox_id": "x" * 65}, ["sandbox_id"]),
    "several": ({"seed": -1, "clock": "x", "exact": "maybe"}, ["seed", "clock", "exact"]),
    "a fixture's file": (
        {"scenario": {"include": ["../secret.yaml"]}},
        ["scenario.include[0]"],
    ),
    "deep in the document": (
        {"scenario": {"people": [{"email": "jane"}], "clock": 5}},
        ["scenario.clock", "scenario.people[0].email"],
    ),
    "somebody unknown": ({"scenario": {"connected": [{"person": JANE}]}},
                         ["scenario.connected[0].person"]),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG_SANDBOXES)
def test_wrong_sandboxes(http: httpx.Client, case: str) -> None:
    """422: every problem with place, found and expected; no sandbox is left behind."""
    body, places = WRONG_SANDBOXES[case]
    before = http.get("/_mock/sandboxes").json()
    response = http.post("/_mock/sandboxes", json=body)
    assert response.status_code == 422, response.text
    assert sorted(one["place"] for one in response.json()["errors"]) == sorted(places)
    assert http.get("/_mock/sandboxes").json() == before


def test_a_body_that_is_no_json(http: httpx.Client) -> None:
    """422 on the body."""
    assert_problems(http.post("/_mock/sandboxes", content="{"), 422, "the body")


@pytest.mark.parametrize(
    ("method", "path", "status", "place"),
    [
        ("GET", "/_mock/nowhere", 404, "path"),
        ("GET", "/_mock/sandboxes/nobody/journal", 404, "sandbox_id"),
        ("POST", "/_mock/sandboxes/nobody/connect", 404, "sandbox_id"),
        ("PUT", "/_mock/sandboxes", 405, "method"),
        ("PATCH", "/_mock/sandboxes/default/clock", 405, "method"),
    ],
)
def test_what_does_not_exist(
    http: httpx.Client, method: str, path: str, status: int, place: str
) -> None:
    """404 and 405 in the same form."""
    response = http.request(method, path)
    assert_problems(response, status, place)
    assert ("allow" in response.headers) == (status == 405)


@pytest.fixture
def own_origin(http: httpx.Client) -> str:
    url = http.base_url
    return f"{url.scheme}://{url.host}:{url.port}"


FOREIGN = [
    {"Origin": "https://evil.example"},
    {"Origin": "http://localhost:1"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Host": "rebound.example"},
]


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/_mock/sandboxes"),
        ("POST", "/_mock/sandboxes"),
        ("POST", "/_mock/sandboxes/default/reset"),
        ("DELETE", "/_mock/sandboxes/default/journal"),
    ],
)
def test_pages_of_other_sites_are_refused(
    http: httpx.Client, headers: dict[str, str], method: str, path: str
) -> None:
    """403 for what a browser sends from another origin."""
    place = "Host" if "Host" in headers else "Origin"
    assert_problems(http.request(method, path, headers=headers), 403, place)


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_our_own_pages_are_not(http: httpx.Client, own_origin: str, site: str) -> None:
    """The server's own pages may."""
    headers = {"Origin": own_origin, "Sec-Fetch-Site": site}
    assert http.get("/_mock/sandboxes", headers=headers).status_code == 200
