"""events.md §4.2, pages: a reading in pieces, of which each tells where the next one is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.testclient import TestClient

from mock_server.app import create_app
from mock_server.settings import Settings
from tests.contract.documents import Document, Like
from tests.contract.events import JANE, SCOPE, refused
from tests.contract.reading import (
    EVENTS,
    FREE_BUSY,
    Open,
    Reader,
    entry,
    in_calendar,
    open_reader,
    out_of_calendar,
    second_reader,
)
from tests.emulator import Sandbox

PATHS = pytest.mark.parametrize("path", [EVENTS, FREE_BUSY])
QUERY = "tzid=Etc/UTC&include_managed=true"


def day(number: int) -> Document:
    at = f"2026-05-{number:02}T09:00:00Z"
    return entry(f"{number}", at, at.replace("09:", "10:"))


def open_pages(open_sandbox: Open, count: int = 5, size: int = 2) -> Reader:
    """``count`` events on as many days, two to a page."""
    events = [day(number) for number in range(12, 12 + count)]
    return open_reader(open_sandbox, *events, switches={"page_size": size})


def list_of(path: str) -> str:
    return path.rpartition("/")[2]


def pages(reader: Reader, path: str, query: str = QUERY) -> Iterator[Document]:
    """Every page, followed as the SDKs do."""
    answer = reader.get(path, query)
    while True:
        assert answer.status_code == 200, answer.text
        document = answer.json()
        yield document
        if "next_page" not in document["pages"]:
            return
        answer = reader.get(document["pages"]["next_page"])


def next_page(reader: Reader, path: str, query: str = QUERY) -> str:
    found: str = reader.page(path, query)["pages"]["next_page"]
    return found


@PATHS
@pytest.mark.parametrize(
    ("count", "size", "lengths"),
    [
        pytest.param(0, 2, [0], id="4.2 total: 1 even when empty (assumed)"),
        pytest.param(1, 2, [1], id="4.2 pages: less than one"),
        pytest.param(2, 2, [2], id="4.2 pages: just one"),
        pytest.param(3, 2, [2, 1], id="4.2 pages: two"),
        pytest.param(5, 1, [1, 1, 1, 1, 1], id="4.2 pages: of one each"),
        pytest.param(5, 10_000, [5], id="4.2 pages: the largest"),
    ],
)
def test_pages(open_sandbox: Open, path: str, count: int, size: int, lengths: list[int]) -> None:
    """current and total count from 1; next_page is an absolute URL, and absent on the last."""
    reader = open_pages(open_sandbox, count, size)
    listed = list_of(path)
    url = Like(rf"{reader.sandbox.http.base_url}{path}/pages/[0-9a-f]{{24}}")
    found = list(pages(reader, path))
    for number, page in enumerate(found, start=1):
        expected = {"current": number, "total": len(lengths), "next_page": url}
        if number == len(lengths):
            del expected["next_page"]
        assert page.keys() == {"pages", listed}
        assert page["pages"] == expected
    assert [len(page[listed]) for page in found] == lengths
    starts = [one["start"] for page in found for one in page[listed]]
    assert starts == [f"2026-05-{number:02}T09:00:00Z" for number in range(12, 12 + count)]


def test_page_size(open_sandbox: Open) -> None:
    """4.2: a page holds 100 where the scenario does not say otherwise (assumed)."""
    events = [entry("Standup", "2026-05-12", "2026-05-13")] * 201
    reader = open_reader(open_sandbox, *events)
    assert [len(page["events"]) for page in pages(reader, EVENTS)] == [100, 100, 1]
    assert [len(page["free_busy"]) for page in pages(reader, FREE_BUSY)] == [100, 100, 1]


@PATHS
@pytest.mark.parametrize(
    "extra",
    ["tzid=Asia/Tokyo&localized_times=true", "tzid=Mars", "et=element", "from=x&calendar_ids[]=y"],
)
def test_extra_parameters_are_ignored(open_sandbox: Open, path: str, extra: str) -> None:
    """4.2: the node SDK appends the other options to next_page."""
    reader = open_pages(open_sandbox)
    url = next_page(reader, path)
    expected = reader.get(url).json()
    # The next page of it is the same one again.
    assert reader.get(url, extra).json() == expected
    assert reader.get(url).json() == expected


@PATHS
def test_options_of_the_first_request(open_sandbox: Open, path: str) -> None:
    """4.2: all pages are answered as the first request wanted; userinfo comes with that only."""
    reader = open_pages(open_sandbox)
    query = "&localized_times=1&include_ids=1&include_userinfo=1&google_event_ids=1"
    first, *others = pages(reader, path, QUERY + query)
    listed = list_of(path)
    assert first.keys() == {"pages", listed, "userinfo"}
    assert first["userinfo"] == reader.call("GET", "/v1/userinfo").json()
    for page in others:
        assert page.keys() == {"pages", listed}
        for one in page[listed]:
            assert one["start"]["tzid"] == "Europe/London"
            assert one.keys() == first[listed][0].keys()


@PATHS
def test_a_snapshot(open_sandbox: Open, path: str) -> None:
    """4.2: the pages show what the first request found, whatever happens meanwhile (assumed)."""
    reader = open_pages(open_sandbox)
    expected = list(pages(reader, path))
    url = next_page(reader, path)
    for event in reader.events("from=2026-05-14")[1:]:
        out_of_calendar(reader, event["event_uid"])
    reader.write(start="2026-05-14T00:00:00Z", end="2026-05-14T01:00:00Z")
    in_calendar(reader, **day(13))
    listed = list_of(path)
    second = reader.get(url).json()
    assert second[listed] == expected[1][listed]
    third = reader.get(second["pages"]["next_page"]).json()
    assert third == expected[2]
    assert sum(len(page[listed]) for page in pages(reader, path)) == 6


@PATHS
def test_nobody_elses(open_sandbox: Open, path: str) -> None:
    """11.13: a page of another account, of another application, or of another kind is 404."""
    reader = open_pages(open_sandbox)
    url = next_page(reader, path)
    mary = Reader(reader.sandbox, reader.sandbox.connect("mary@acme.test", scope="read_write"))
    refused(mary.get(url), 404)
    refused(second_reader(reader).get(url), 404)
    other = FREE_BUSY if path == EVENTS else EVENTS
    refused(reader.get(f"{other}/pages/{url.rpartition('/')[2]}"), 404)
    assert reader.get(url).status_code == 200


@PATHS
@pytest.mark.parametrize("page", ["0" * 24, "1", "%2e%2e", "x" * 300, "é"])
def test_unknown(open_sandbox: Open, path: str, page: str) -> None:
    """4.2: unknown is 404 [ruby spec]."""
    refused(open_pages(open_sandbox).get(f"{path}/pages/{page}"), 404)


@PATHS
def test_lifetime(open_sandbox: Open, path: str) -> None:
    """4.2: a page is there for an hour, also for a token that was refreshed (assumed)."""
    reader = open_pages(open_sandbox)
    url = next_page(reader, path)
    expected = reader.get(url).json()
    reader.later(minutes=59, seconds=59)
    assert reader.get(url).json() == expected
    reader.later(seconds=1)
    refused(reader.get(url), 404)


@PATHS
def test_what_has_been_revoked(open_sandbox: Open, path: str) -> None:
    """A page shows nothing of a profile that the application has lost since."""
    reader = open_pages(open_sandbox)
    url = next_page(reader, path)
    assert reader.call("POST", f"/v1/profiles/{reader.profile_id}/revoke").status_code == 202
    answer = reader.get(url)
    assert answer.status_code == 200
    assert answer.json()[list_of(path)] == []


def test_reset(open_sandbox: Open) -> None:
    """Pages go with everything else when the sandbox begins anew."""
    reader = open_pages(open_sandbox)
    url = next_page(reader, EVENTS)
    assert reader.sandbox.control("POST", "/reset").status_code == 200
    reader = Reader(reader.sandbox, reader.sandbox.connect(JANE, scope=f"read_write {SCOPE}"))
    refused(reader.get(url), 404)


@pytest.mark.parametrize("host", ["localhost:8282", "cronofy:8282", "10.0.0.7", "127.0.0.1:80"])
def test_the_request_s_own_host(open_sandbox: Open, host: str) -> None:
    """4.2 next_page: leads back to where the request came in."""
    reader = open_pages(open_sandbox)
    answer = reader.sandbox.call(reader.token, "GET", f"{EVENTS}?{QUERY}", headers={"Host": host})
    assert urlsplit(answer.json()["pages"]["next_page"])[:2] == ("http", host)


@pytest.fixture
def published() -> Iterator[httpx.Client]:
    app: Any = create_app(Settings(public_url="https://calendars.example.com"))
    with TestClient(app, base_url="http://localhost:8282", follow_redirects=False) as client:
        yield client


@PATHS
def test_public_url(published: httpx.Client, path: str) -> None:
    """4.2 next_page: behind a proxy, the address that the setting names."""

    def open_one(**wanted: Any) -> Sandbox:
        return Sandbox(published, published.post("/_mock/sandboxes", json=wanted).json())

    url = next_page(open_pages(open_one), path)
    assert url.startswith(f"https://calendars.example.com{path}/pages/")
