"""The page /docs, and addresses that nothing has."""

from __future__ import annotations

import httpx
import pytest

from mock_server.api.browser import PAGES
from mock_server.api.catalogue import ENDPOINTS, UNBUILT
from tests.pages.visitor import Visitor


def test_every_endpoint(http: httpx.Client) -> None:
    """Every endpoint and page is there, built or not, with what is assumed of it."""
    lines = Visitor(http).open("/docs").lines
    for endpoint in ENDPOINTS:
        assert f"### {endpoint.method} {endpoint.path}" in lines
        assert f"{endpoint.title} {endpoint.fidelity}" in lines
        for assumption in endpoint.assumed:
            assert " ".join(assumption.split()) in " ".join(lines)
    for page in PAGES:
        place = lines.index(f"### GET {page.path}")
        assert lines[place + 1] == f"{page.title} {page.fidelity}"
        shown = lines[place + 2 : place + 2 + 2 * len(page.parameters)]
        assert shown[::2] == [parameter.name for parameter in page.parameters]
    for call in UNBUILT:
        assert f"{call.method} {call.path} {call.title}" in lines


def test_contents(http: httpx.Client) -> None:
    """The table of contents leads to every section."""
    page = Visitor(http).open("/docs").page
    ids = {e.attributes.get("id") for e in page.main.all("h2")}
    targets = {href[1:] for href in page.links.values() if href.startswith("#")}
    assert targets == ids


@pytest.mark.parametrize("path", ["/nothing", "/oauth", "/oauth/authorize/more", "/assets/x.css"])
def test_not_found(http: httpx.Client, path: str) -> None:
    """A browser gets a page, a program a short document; both get a hint."""
    page = http.get(path, headers={"Accept": "text/html,*/*"})
    assert page.status_code == 404
    assert Visitor(http)._arrive(page, path).lines[0] == "# Page not found"
    document = http.get(path)
    assert document.status_code == 404
    assert document.json() == {"error": "not_found"}
    assert document.headers["mock-cronofy-hint"] == page.headers["mock-cronofy-hint"]


def test_wrong_method(http: httpx.Client) -> None:
    """A path that exists says what it takes."""
    answer = http.delete("/docs")
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET"
    assert answer.headers["mock-cronofy-hint"] == "/docs takes GET, found DELETE"


def test_trailing_slash(http: httpx.Client) -> None:
    """A slash at the end does not matter (identity §1.2)."""
    assert http.get("/docs/").status_code == 200
