"""The contract report as a document and as JUnit XML: of a sandbox, and of the whole server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest
from starlette.testclient import TestClient

from mock_server.api.browser import PAGES, Page
from mock_server.api.catalogue import ENDPOINTS, UNBUILT
from mock_server.api.endpoint import Endpoint
from mock_server.app import create_app
from mock_server.settings import Settings
from tests.emulator import Sandbox
from tests.findings.reports import DOCS, JANE, Document, report, userinfo

Open = Callable[..., Sandbox]

ASSUMED = {
    "code": "assumed",
    "level": "note",
    "title": "An endpoint whose behaviour is assumed in part",
    "text": "Cronofy's documentation leaves parts of this open: /docs says what is assumed",
}


@pytest.fixture
def alone() -> Iterator[httpx.Client]:
    """A server that nobody else asks."""
    app: Any = create_app(Settings())
    with TestClient(app, base_url="http://localhost:8282", follow_redirects=False) as client:
        yield client


def opened(http: httpx.Client) -> Sandbox:
    return Sandbox(http, http.post("/_mock/sandboxes").json())


def whole(http: httpx.Client) -> Document:
    document: Document = http.get("/_mock/contract").json()
    return document


def test_a_report(sandbox: Sandbox) -> None:
    """Findings, what matters most first; every endpoint and page, called or not; what is not
    built; and a summary."""
    answer = sandbox.connect(JANE)
    sandbox.call(answer["access_token"], "GET", "/v1/userinfo?page=1")
    userinfo(sandbox, answer)
    sandbox.call(answer["access_token"], "POST", "/v1/add_to_calendar")
    document = report(sandbox)
    declared: list[Endpoint | Page] = [*ENDPOINTS, *PAGES]
    statuses = {"GET /v1/userinfo": {"200": 2}}
    assert document == {
        "sandbox_id": sandbox.sandbox_id,
        "summary": {"errors": 0, "warnings": 1, "notes": 2, "calls": 3, "more": 0},
        "findings": [
            {
                "code": "unknown_parameter",
                "level": "warning",
                "title": "A parameter that Cronofy does not have",
                "text": "ignored: unknown query parameter page",
                "operation": "GET /v1/userinfo",
                "count": 1,
                "first": 1,
                "last": 1,
                "docs": f"{DOCS}api/identity/userinfo/",
            },
            {
                "code": "not_built",
                "level": "note",
                "title": "A call that the emulator does not have yet",
                "text": "POST /v1/add_to_calendar (Add to Calendar) exists at Cronofy, but this "
                "version of the emulator does not have it yet",
                "operation": "POST /v1/add_to_calendar",
                "count": 1,
                "first": 3,
                "last": 3,
                "docs": None,
            },
            {
                **ASSUMED,
                "operation": "GET /v1/userinfo",
                "count": 2,
                "first": 1,
                "last": 2,
                "docs": f"{DOCS}api/identity/userinfo/",
            },
        ],
        "coverage": [
            {
                "operation": each.operation,
                "title": each.title,
                "calls": sum(statuses.get(each.operation, {}).values()),
                "statuses": statuses.get(each.operation, {}),
                "fidelity": each.fidelity,
            }
            for each in declared
        ],
        "unbuilt": [
            {
                "operation": each.operation,
                "title": each.title,
                "calls": int(each.path == "/v1/add_to_calendar"),
            }
            for each in UNBUILT
        ],
    }


def test_the_whole_server(alone: httpx.Client) -> None:
    """It counts what any sandbox was asked, those that were reset or have ended too, and calls
    that reached none; it numbers nothing, since each sandbox has a journal of its own."""
    for end in ("reset", "delete", "nothing"):
        sandbox = opened(alone)
        answer = sandbox.connect(JANE)
        sandbox.call(answer["access_token"], "GET", "/v1/userinfo?page=1")
        if end == "reset":
            sandbox.control("POST", "/reset")
            assert report(sandbox)["summary"]["calls"] == 0
        elif end == "delete":
            sandbox.control("DELETE", "")
    alone.get("/v1/userinfo", headers={"Authorization": "Bearer nobody's"})
    alone.get("/v1/userinfo")
    alone.get("/oauth/authorize", params={"client_id": "nobody's"})
    document = whole(alone)
    assert document["sandbox_id"] is None
    assert document["summary"] == {"errors": 3, "warnings": 2, "notes": 2, "calls": 6, "more": 0}
    listed = {(f["code"], f["operation"]): f["count"] for f in document["findings"]}
    assert listed == {
        ("unknown_parameter", "GET /v1/userinfo"): 3,
        ("unknown_credential", "GET /v1/userinfo"): 1,
        ("missing_credential", "GET /v1/userinfo"): 1,
        ("unknown_credential", "GET /oauth/authorize"): 1,
        ("missing_state", "GET /oauth/authorize"): 1,
        ("assumed", "GET /v1/userinfo"): 5,
        ("assumed", "GET /oauth/authorize"): 1,
    }
    assert {(f["first"], f["last"]) for f in document["findings"]} == {(None, None)}
    covered = {c["operation"]: c["statuses"] for c in document["coverage"] if c["calls"]}
    assert covered == {
        "GET /v1/userinfo": {"200": 3, "401": 2},
        "GET /oauth/authorize": {"400": 1},
    }


def test_forgetting(alone: httpx.Client) -> None:
    """A sandbox's report is forgotten alone, or with that of the whole server."""
    first, second = opened(alone), opened(alone)
    for sandbox in (first, second):
        userinfo(sandbox, sandbox.connect(JANE))
    alone.get("/v1/userinfo")
    assert whole(alone)["summary"]["calls"] == 3
    assert first.control("DELETE", "/contract").status_code == 204
    assert report(first)["summary"] == dict.fromkeys(
        ("errors", "warnings", "notes", "calls", "more"), 0
    )
    assert whole(alone)["summary"]["calls"] == 2
    # The journal is another thing.
    assert len(first.control("GET", "/journal").json()["requests"]) == 1
    second.control("DELETE", "/journal")
    assert report(second)["summary"]["calls"] == 1
    assert alone.delete("/_mock/contract").status_code == 204
    assert whole(alone)["summary"]["calls"] == report(second)["summary"]["calls"] == 0


def test_the_emulator_s_own_pages_do_not_count(alone: httpx.Client) -> None:
    """Nor does the control API: nobody asks Cronofy for them."""
    for path in ("/", "/docs", "/contract", "/mailboxes", "/nothing", "/_mock/sandboxes"):
        alone.get(path)
    assert whole(alone)["summary"]["calls"] == 0


def test_junit(sandbox: Sandbox) -> None:
    """One test case for each operation that was called and for each finding; errors and warnings
    fail, notes do not."""
    answer = sandbox.connect(JANE)
    sandbox.call(answer["access_token"], "GET", "/v1/userinfo?page=1")
    sandbox.call(answer["access_token"], "POST", "/v1/channels", json={})
    response = sandbox.control("GET", "/contract?format=junit")
    assert response.headers["content-type"] == "application/xml"
    suites = ElementTree.fromstring(response.content)
    (suite,) = suites
    counts = {"tests": "6", "failures": "2", "errors": "0", "skipped": "0"}
    counts["name"] = f"Cronofy contract: {sandbox.sandbox_id}"
    assert suites.attrib == suite.attrib == counts
    cases = [(c.attrib["classname"], c.attrib["name"], [child.tag for child in c]) for c in suite]
    assumed = f"assumed: {ASSUMED['text']}"
    assert cases == [
        ("GET /v1/userinfo", "called", ["system-out"]),
        ("POST /v1/channels", "called", ["system-out"]),
        ("POST /v1/channels", "refused: callback_url: required", ["failure"]),
        (
            "GET /v1/userinfo",
            "unknown_parameter: ignored: unknown query parameter page",
            ["failure"],
        ),
        ("GET /v1/userinfo", assumed, ["system-out"]),
        ("POST /v1/channels", assumed, ["system-out"]),
    ]
    failure = suite[3][0]
    assert failure.attrib == {
        "type": "warning",
        "message": "ignored: unknown query parameter page",
    }
    assert failure.text == (
        "warning: A parameter that Cronofy does not have, once\n"
        f"ignored: unknown query parameter page\n{DOCS}api/identity/userinfo/"
    )
    whole = sandbox.http.get("/_mock/contract?format=junit")
    assert ElementTree.fromstring(whole.content)[0].attrib["name"].endswith("the whole server")


@pytest.mark.parametrize("text", ["<b>&amp;'\"", "]]>", "\x00\x1b[31m", "ünï\u2028", "\ufffe"])
def test_junit_of_anything(sandbox: Sandbox, text: str) -> None:
    """Whatever applications send, the XML can be read."""
    token = sandbox.connect(JANE)["access_token"]
    sandbox.call(token, "GET", "/v1/userinfo", params={f"x{text}": "1"})
    sandbox.call(token, "POST", "/v1/channels", json={text: 1})
    response = sandbox.control("GET", "/contract?format=junit")
    suites = ElementTree.fromstring(response.content)
    assert int(suites.attrib["failures"]) >= 1


def test_thousands_of_findings(sandbox: Sandbox) -> None:
    """250 of each level are told apart, none is lost for others of less importance; how many
    others there were is said."""
    token = sandbox.connect(JANE)["access_token"]
    for number in range(300):
        sandbox.call(token, "GET", "/v1/userinfo", params={f"p{number}": "1"})
    for number in range(260):
        sandbox.call(token, "GET", f"/v1/nothing_{number}x")
    document = report(sandbox)
    assert document["summary"] == {
        "errors": 250,
        "warnings": 250,
        "notes": 1,
        "calls": 560,
        "more": 60,
    }


def test_a_long_text_is_cut(sandbox: Sandbox) -> None:
    token = sandbox.connect(JANE)["access_token"]
    sandbox.call(token, "POST", "/v1/channels", json={f"{'x' * 100}{n}": 1 for n in range(900)})
    assert all(len(found["text"]) <= 1000 for found in report(sandbox)["findings"])


def test_no_secret_is_told(sandbox: Sandbox) -> None:
    """Neither tokens nor codes nor secrets stand in a report, whatever they were sent for."""
    answer = sandbox.connect(JANE)
    token, secret = answer["access_token"], sandbox.application["client_secret"]
    sandbox.call(token, "GET", "/v1/userinfo", params={"access_token": token})
    sandbox.http.post("/oauth/token", json={"client_id": token, "client_secret": secret})
    sandbox.token(grant_type=secret)
    sandbox.token(grant_type="authorization_code", code=token, redirect_uri=secret)
    sandbox.call(token, "GET", f"/v1/{secret}")
    sandbox.call(token, "POST", f"/v1/calendars/{token}/events", json={})
    sandbox.authorize(scope=token, state=token)
    sandbox.authorize(redirect_uri=token)
    for response in (sandbox.control("GET", "/contract"), sandbox.http.get("/_mock/contract")):
        for hidden in (token, secret, answer["refresh_token"]):
            assert hidden not in response.text


def test_what_the_report_is_asked_for(sandbox: Sandbox) -> None:
    """A format that there is not, and a parameter that there is not, are named."""
    response = sandbox.control("GET", "/contract?format=html&since=1")
    assert response.status_code == 422
    assert response.json() == {
        "errors": [
            {
                "place": "query",
                "found": "the parameter 'since'",
                "expected": "one of format",
            },
            {"place": "format", "found": "'html'", "expected": "one of json, junit"},
        ]
    }
    assert sandbox.http.get("/_mock/sandboxes/none/contract").status_code == 404


def test_every_documented_operation_has_an_address(sandbox: Sandbox) -> None:
    """Under Cronofy's documentation for developers."""
    token = sandbox.connect(JANE)["access_token"]
    for endpoint in ENDPOINTS:
        path = endpoint.path.replace("{", "").replace("}", "")
        sandbox.call(token, endpoint.method, f"{path}?x=1", json={})
    addresses = [f["docs"] for f in report(sandbox)["findings"] if f["operation"]]
    assert len(addresses) > 80
    assert all(address.startswith(f"{DOCS}a") for address in addresses)
