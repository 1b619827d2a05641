"""The page /contract: what applications called, held against what Cronofy documents."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from mock_server.api.browser import PAGES
from mock_server.api.catalogue import ENDPOINTS
from tests.emulator import Sandbox
from tests.pages.html import Page
from tests.pages.visitor import Visitor

Open = Callable[..., Sandbox]

JANE = "jane@acme.test"


def visit(sandbox: Sandbox) -> Visitor:
    return Visitor(sandbox.http).open("/contract", sandbox=sandbox.sandbox_id)


def test_the_start_page_leads_there(http: httpx.Client) -> None:
    """To the report of the whole server, which leads to that of each sandbox and back."""
    visitor = Visitor(http).open("/").follow("The contract report")
    assert visitor.page.heading == "Contract report"
    assert "on this server" in " ".join(visitor.lines)
    (current,) = [a for a in visitor.page.html.all("a") if "aria-current" in a.attributes]
    assert current.text() == "Contract"
    visitor.follow("default")
    assert "in the sandbox default," in " ".join(visitor.lines)
    assert "on this server" in " ".join(visitor.follow("The whole server").lines)


def test_a_report(sandbox: Sandbox) -> None:
    """How much there is, each finding with what to read about it, what was called and what not."""
    token = sandbox.connect(JANE)["access_token"]
    for _ in range(2):
        sandbox.call(token, "GET", "/v1/userinfo?page=1")
    sandbox.call(token, "GET", "/v1/nothing")
    visitor = visit(sandbox)
    lines = visitor.lines
    total = len(ENDPOINTS) + len(PAGES)
    assert lines[:2] == ["[The whole server]", "# Contract report"]
    assert lines[3 : lines.index("## What was called") + 4] == [
        "1 error, 1 warning, 1 note in 3 calls. [As JSON], [as JUnit XML]",
        "## Findings",
        "### error no endpoint",
        "A path that Cronofy does not have, once unknown_path",
        "Cronofy has no path /v1/nothing; /openapi.json lists those that exist",
        "In the journal: request 3.",
        "### warning GET /v1/userinfo",
        "A parameter that Cronofy does not have, 2 times unknown_parameter",
        "ignored: unknown query parameter page",
        "In the journal: requests 1 to 2. [Cronofy’s documentation of GET /v1/userinfo]",
        "## What was called",
        "### GET /v1/userinfo",
        "UserInfo: 2 times (2 × 200) assumed in part",
        f"Never called: {total - 1}",
    ]
    assert "POST /v1/channels Create notification channel" in lines
    document = sandbox.http.get(visitor.page.links["As JSON"]).json()
    assert document == sandbox.control("GET", "/contract").json()
    junit = sandbox.http.get(visitor.page.links["as JUnit XML"])
    assert junit.headers["content-type"] == "application/xml"


def test_an_empty_report(sandbox: Sandbox) -> None:
    lines = visit(sandbox).lines
    assert "0 errors, 0 warnings, 0 notes in 0 calls. [As JSON], [as JUnit XML]" in lines
    assert "Nothing to complain of." in lines
    assert "Nothing yet." in lines


def test_too_much_to_show(sandbox: Sandbox) -> None:
    """The page stays readable, and says how much there is besides."""
    token = sandbox.connect(JANE)["access_token"]
    for number in range(260):
        sandbox.call(token, "GET", "/v1/userinfo", params={f"p{number}": "1"})
    lines = visit(sandbox).lines
    assert sum(line.startswith("### warning") for line in lines) == 200
    assert "And 50 more: [all of them as JSON]." in lines
    assert "Others, too many to tell apart: 10 times." in lines


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "&amp;", "\u202etxt", "</article>"])
def test_markup_stays_text(sandbox: Sandbox, text: str) -> None:
    token = sandbox.connect(JANE)["access_token"]
    sandbox.call(token, "GET", "/v1/userinfo", params={text: "1"})
    assert f"ignored: unknown query parameter {text}" in visit(sandbox).lines


def test_who_may_look(sandbox: Sandbox) -> None:
    """Nobody under a public name; and only at a sandbox that there is."""
    for path in ("/contract", f"/contract?sandbox={sandbox.sandbox_id}"):
        renamed = {"Host": "evil.example"}
        assert sandbox.http.get(path, headers=renamed).status_code == 403
    response = sandbox.http.get("/contract?sandbox=none", headers={"Accept": "text/html"})
    assert response.status_code == 404
    assert "sandbox: found 'none', expected a living one" in Page(response.text).main.text()
