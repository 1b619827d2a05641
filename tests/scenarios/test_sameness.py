"""Same scenario, same seed, same calls: the same bytes. And whose credentials hold where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from mock_server.app import create_app
from mock_server.scenarios.files import scenario_names
from mock_server.scenarios.problems import shown
from mock_server.settings import Settings
from tests.contract.stories import exchange, read, revoke
from tests.emulator import Sandbox, redirected

Open = Callable[..., Sandbox]

CREDENTIALS = {
    "client_id": "acme-scheduler-client-id",
    "client_secret": "acme-scheduler-client-secret",
}


def server(stack: ExitStack, **settings: Any) -> httpx.Client:
    app: Any = create_app(Settings(**settings))
    client = TestClient(app, base_url="http://localhost:8282", follow_redirects=False)
    return stack.enter_context(client)


@pytest.fixture
def servers() -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """Two servers that know nothing of each other."""
    with ExitStack() as stack:
        yield server(stack), server(stack)


def opened(http: httpx.Client, **wanted: Any) -> Sandbox:
    response = http.post("/_mock/sandboxes", json=wanted)
    assert response.status_code == 201, response.text
    return Sandbox(http, response.json())


@pytest.mark.parametrize("scenario", scenario_names())
def test_two_servers_answer_the_same(
    servers: tuple[httpx.Client, httpx.Client], scenario: str
) -> None:
    """A sandbox of the same scenario and id is the same on every server, as a whole."""
    clock = "2026-05-11T08:00:00Z"
    wanted = {"scenario": scenario, "sandbox_id": "same", "clock": clock}
    one, other = (opened(http, **wanted) for http in servers)
    assert one.document == other.document
    assert beginning(one) == beginning(other)


def beginning(sandbox: Sandbox) -> Any:
    """A snapshot, but for what has become of deliveries, which is up to those who receive them,
    and its id, which follows from all it says."""
    snapshot = sandbox.control("GET", "/snapshot").json()
    del snapshot["snapshot_id"]
    for delivery in snapshot["tables"]["deliveries"]:
        for name in ("attempts", "due_at", "state"):
            del delivery[name]
    return snapshot


def story(sandbox: Sandbox) -> list[Any]:
    """Everything that is answered while Jane reconnects."""
    (before,) = sandbox.document["connected"]
    told = [sandbox.document, read(sandbox, before, "/v1/userinfo")]
    revoke(sandbox, token=before["refresh_token"])
    query = redirected(sandbox.authorize(scope="free_busy_write"))
    after = exchange(sandbox, query["code"])
    refreshed = sandbox.token(grant_type="refresh_token", refresh_token=after["refresh_token"])
    told += [query, after, refreshed.json(), read(sandbox, after, "/v1/calendars")]
    told.append(sandbox.control("GET", "/snapshot").json())
    return told


def test_same_calls_same_codes_and_tokens(servers: tuple[httpx.Client, httpx.Client]) -> None:
    """Not only the beginning: codes, tokens and ids that come later are the same, too."""
    wanted = {"scenario": "reconnect-individual", "sandbox_id": "same"}
    one, other = (story(opened(http, **wanted)) for http in servers)
    assert one == other


def test_a_reset_sandbox_begins_again(open_sandbox: Open) -> None:
    """After a reset the same story has the same codes and tokens."""
    sandbox = open_sandbox(scenario="reconnect-individual")
    before = story(sandbox)
    assert sandbox.control("POST", "/reset").json() == sandbox.document
    assert story(sandbox) == before


def test_another_seed_makes_other_ids(open_sandbox: Open) -> None:
    """And the same seed in another sandbox the same ids, but credentials of its own."""
    one, same, other = (
        open_sandbox(scenario="reconnect-individual", seed=seed).document["connected"][0]
        for seed in (1, 1, 2)
    )
    assert one["sub"] == same["sub"] != other["sub"]
    assert one["profiles"] == same["profiles"] != other["profiles"]
    assert len({one["access_token"], same["access_token"], other["access_token"]}) == 3
    assert len({one["refresh_token"], same["refresh_token"], other["refresh_token"]}) == 3


def test_made_up_people_are_the_same(servers: tuple[httpx.Client, httpx.Client]) -> None:
    """Faker's people and events come from the seed."""
    scenario = {
        "generate": {"people": 5},
        "people": [{"email": "jane@acme.test", "generate": {"events": 20}}],
        "clock": "2026-05-11T08:00:00Z",
    }
    one, other = (opened(http, scenario=scenario, sandbox_id="same") for http in servers)
    snapshot = one.control("GET", "/snapshot").json()
    assert snapshot == other.control("GET", "/snapshot").json()
    assert len(snapshot["tables"]["provider_events"]) == 20


def test_literal_credentials_hold_while_they_are_free() -> None:
    """The default sandbox holds what its scenario writes out; another sandbox gets derived
    ones that work; when the first ends, the literal ones are free again."""
    with ExitStack() as stack:
        http = server(stack, scenario="person-denies")
        (application,) = http.get("/_mock/sandboxes/default").json()["applications"]
        assert application.items() >= CREDENTIALS.items()
        document = {"applications": [{"client_id": "mine", "client_secret": "my-secret"}]}
        first = opened(http, scenario=document)
        assert first.credentials == {"client_id": "mine", "client_secret": "my-secret"}
        second = opened(http, scenario=document)
        assert not set(second.credentials.values()) & {"mine", "my-secret"}
        token = second.connect()
        assert read(second, token, "/v1/userinfo")["sub"] == token["sub"]
        first.control("DELETE", "")
        third = opened(http, scenario=document)
        assert third.credentials == first.credentials


def test_connected_finds_its_application_by_the_literal_client_id(open_sandbox: Open) -> None:
    """Also where that client_id was taken and has been replaced."""
    document = {
        "applications": [{"client_id": "one"}, {"client_id": "two"}],
        "people": [{"email": "jane@acme.test", "name": "Jane", "zoneinfo": "Europe/London"}],
        "connected": [{"person": "jane@acme.test", "application": "two"}],
    }
    open_sandbox(scenario=document)
    replaced = open_sandbox(scenario=document).document
    ids = [application["client_id"] for application in replaced["applications"]]
    assert not {"one", "two"} & set(ids)
    assert [connected["client_id"] for connected in replaced["connected"]] == [ids[1]]


TAKEN: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "client_id": (
        {"applications": [{"name": "Free"}, {"client_id": CREDENTIALS["client_id"]}]},
        {
            "place": "scenario.applications[1]",
            "found": "'acme-scheduler-client-id'",
            "expected": "a client_id that no other living sandbox holds",
        },
    ),
    "client_secret": (
        {"applications": [{"client_secret": CREDENTIALS["client_secret"]}]},
        {
            "place": "scenario.applications[0]",
            "found": "'acme-scheduler-client-secret'",
            "expected": "a bearer that no other living sandbox holds",
        },
    ),
    "admin_api_key": (
        {"admin_api_key": CREDENTIALS["client_secret"]},
        {
            "place": "scenario.admin_api_key",
            "found": "'acme-scheduler-client-secret'",
            "expected": "a bearer that no other living sandbox holds",
        },
    ),
    "access_token": (
        {
            "people": [{"email": "jane@acme.test"}],
            "connected": [
                {"person": "jane@acme.test", "access_token": CREDENTIALS["client_secret"]}
            ],
        },
        {
            "place": "scenario.connected[0]",
            "found": "'acme-scheduler-client-secret'",
            "expected": "a bearer that no other living sandbox holds",
        },
    ),
}


@pytest.mark.parametrize("kind", TAKEN)
def test_exact_refuses_what_is_taken(http: httpx.Client, kind: str) -> None:
    """409, naming the credential; no sandbox and none of its credentials are left behind."""
    scenario, problem = TAKEN[kind]
    scenario = {"applications": [{"client_id": "left-behind"}], **scenario}
    scenario["applications"] = [*scenario["applications"], {"client_id": "left-behind-too"}]
    before = http.get("/_mock/sandboxes").json()
    wanted = {"scenario": scenario, "sandbox_id": "exact", "exact": True}
    refused = http.post("/_mock/sandboxes", json=wanted)
    assert (refused.status_code, refused.json()) == (409, {"errors": [problem]})
    assert http.get("/_mock/sandboxes").json() == before
    # Whatever it had taken is free, and so is its id.
    free = {"applications": [{"client_id": "left-behind"}, {"client_id": "left-behind-too"}]}
    sandbox = opened(http, scenario=free, sandbox_id="exact", exact=True)
    sandbox.control("DELETE", "")


def test_exact_accepts_what_is_free(open_sandbox: Open) -> None:
    document = {"applications": [{"client_id": "free-id", "client_secret": "free-secret"}]}
    sandbox = open_sandbox(scenario=document, exact=True)
    assert sandbox.credentials == {"client_id": "free-id", "client_secret": "free-secret"}


def test_a_failed_creation_leaves_nothing(http: httpx.Client) -> None:
    """Neither the sandbox nor its credentials, though it failed at its very end; and what is
    wrong is told of the document in the request."""
    scenario = {
        "applications": [{"client_id": "left-behind", "client_secret": "left-secret"}],
        "people": [{"email": "jane@acme.test"}],
        "connected": [
            {"person": "jane@acme.test", "access_token": "left-token", "refresh_token": "left"},
            {"person": "jan@acme.test"},
        ],
    }
    before = http.get("/_mock/sandboxes").json()
    refused = http.post("/_mock/sandboxes", json={"scenario": scenario, "sandbox_id": "failed"})
    assert refused.status_code == 422
    assert refused.json() == {
        "errors": [
            {
                "place": "scenario.connected[1].person",
                "found": "'jan@acme.test'",
                "expected": "one of the people jane@acme.test (did you mean jane@acme.test?)",
            }
        ]
    }
    assert http.get("/_mock/sandboxes").json() == before
    scenario["connected"] = scenario["connected"][:1]
    sandbox = opened(http, scenario=scenario, sandbox_id="failed", exact=True)
    assert sandbox.document["connected"][0]["access_token"] == "left-token"
    sandbox.control("DELETE", "")


def test_a_request_makes_the_server_read_no_files(http: httpx.Client) -> None:
    """Scenarios and fixtures of the server's own are named; paths are refused."""
    for scenario in ("../default", "./default.yaml", "/etc/passwd"):
        refused = http.post("/_mock/sandboxes", json={"scenario": scenario})
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["place"] == "scenario"
    names = ["/etc/passwd", "./people.yaml", "..", "a\0b", "x" * 80]
    refused = http.post("/_mock/sandboxes", json={"scenario": {"include": ["acme", *names]}})
    assert refused.json() == {
        "errors": [
            {
                "place": f"scenario.include[{index}]",
                "found": shown(name),
                "expected": "one of acme, globex",
            }
            for index, name in enumerate(names, 1)
        ]
    }
    refused = http.post("/_mock/sandboxes", json={"scenario": {"include": ["x" * 5000]}})
    assert refused.status_code == 422


def test_a_document_includes_fixtures_by_name(open_sandbox: Open) -> None:
    """A scenario in a request combines with fixtures as one in a file does."""
    jane = {"email": "jane@acme.test", "consent": {"authorize": "deny"}}
    sandbox = open_sandbox(scenario={"include": ["acme"], "people": [jane]})
    assert redirected(sandbox.authorize()) == {"error": "access_denied"}
    people = {person["email"]: person for person in sandbox.document["people"]}
    assert people["jane@acme.test"]["name"] == "Jane Doe"
