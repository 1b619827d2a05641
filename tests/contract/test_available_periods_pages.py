"""scheduling.md §3.1, pages: of fifty available periods, and how long they are there."""

from __future__ import annotations

import pytest

from tests.contract.documents import Document, Like
from tests.contract.events import (
    SCOPE,
    Open,
    Writer,
    accepted,
    open_writer,
    refused,
    second_application,
)
from tests.contract.managed import PERIODS, localized, page, period, periods, put_period


def fill(writer: Writer, count: int) -> list[str]:
    """As many periods, an hour each, in batches."""
    names = [f"p{number:03}" for number in range(count)]
    for first in range(0, count, 50):
        batch = [
            {
                "method": "POST",
                "relative_url": PERIODS,
                "data": period(name, f"{1 + number // 24:02}T{number % 24:02}:00", "31T23:59"),
            }
            for number, name in enumerate(names[first : first + 50], start=first)
        ]
        answer = writer.call("POST", "/v1/batch", {"batch": batch})
        assert answer.json() == {"batch": [{"status": 202}] * len(batch)}
    return names


@pytest.mark.parametrize(
    ("count", "switches", "lengths"),
    [
        pytest.param(50, {}, [50], id="3.1 page size 50 (assumed)"),
        pytest.param(101, {}, [50, 50, 1], id="3.1 three pages"),
        pytest.param(51, {"page_size": 10_000}, [50, 1], id="never more than 50"),
        pytest.param(5, {"page_size": 2}, [2, 2, 1], id="fewer by the switch page_size"),
    ],
)
def test_pages(open_sandbox: Open, count: int, switches: Document, lengths: list[int]) -> None:
    """3.1: pages are sent always; next_page is an absolute URL, and absent on the last one."""
    writer = open_writer(open_sandbox, switches=switches)
    names = fill(writer, count)
    url = Like(rf"{writer.sandbox.http.base_url}{PERIODS}/pages/[0-9a-f]{{24}}")
    found, query = [], "tzid=Etc/UTC"
    for number, length in enumerate(lengths, start=1):
        document = page(writer, query)
        expected = {"current": number, "total": len(lengths), "next_page": url}
        if number == len(lengths):
            del expected["next_page"]
        assert document["pages"] == expected
        assert len(document["available_periods"]) == length
        found += [one["available_period_id"] for one in document["available_periods"]]
        query = document["pages"].get("next_page", "")
    assert found == names


@pytest.fixture
def paged(open_sandbox: Open) -> Writer:
    """Two periods, on a page each."""
    writer = open_writer(open_sandbox, switches={"page_size": 1}, two=True)
    put_period(writer, "first", "09:00", "10:00", tzid="Asia/Tokyo")
    put_period(writer, "second", "11:00", "12:00", tzid="Asia/Tokyo")
    return writer


def next_page(writer: Writer, query: str = "") -> str:
    found: str = page(writer, query)["pages"]["next_page"]
    return found


def test_pages_are_a_snapshot(paged: Writer) -> None:
    """Assumed, as for events: they show what the first request found, in its form."""
    url = next_page(paged, "localized_times=true")
    accepted(paged.call("DELETE", PERIODS, {"delete_all": True}))
    (found,) = page(paged, url)["available_periods"]
    assert found["start"] == localized("20:00:00+09:00", "Asia/Tokyo")
    assert page(paged, f"{url}?localized_times=false&tzid=Mars")["available_periods"] == [found]
    assert periods(paged) == []


def test_pages_of_others(paged: Writer) -> None:
    """404 for another application, another kind, and what never was; gone after an hour."""
    url = next_page(paged)
    refused(second_application(paged).call("GET", url), 404)
    page_id = url.rpartition("/")[2]
    events = Writer(paged.sandbox, paged.sandbox.connect(scope=f"read_write {SCOPE}"))
    refused(events.call("GET", f"/v1/events/pages/{page_id}"), 404)
    refused(paged.call("GET", f"{PERIODS}/pages/{'0' * 24}"), 404)
    paged.sandbox.advance(minutes=60)
    later = Writer(paged.sandbox, paged.sandbox.connect())
    refused(later.call("GET", url), 404)


def test_pages_in_a_snapshot(paged: Writer) -> None:
    """A page goes out with a snapshot and comes back; one that makes no sense is refused."""
    url = next_page(paged)
    expected = page(paged, url)
    snapshot = paged.sandbox.control("GET", "/snapshot").json()
    paged.sandbox.control("POST", "/reset")
    assert paged.sandbox.control("PUT", "/snapshot", json=snapshot).status_code == 200
    assert page(paged, url) == expected
    snapshot["tables"]["result_pages"][0]["periods"][0]["tzid"] = "Mars"
    answer = paged.sandbox.control("PUT", "/snapshot", json=snapshot)
    assert answer.status_code == 422
    assert [one["place"] for one in answer.json()["errors"]] == ["tables.result_pages[0]"]


def revoke(writer: Writer) -> None:
    body = {**writer.sandbox.credentials, "sub": writer.sub}
    assert writer.sandbox.http.post("/oauth/token/revoke", json=body).status_code == 200


def test_revoked(paged: Writer) -> None:
    """3.3 (assumed): they end with the authorization, its pages too, and with no other."""
    other = second_application(paged)
    put_period(other)
    url = next_page(paged)
    revoke(paged)
    again = Writer(paged.sandbox, paged.sandbox.connect())
    assert again.sub == paged.sub
    assert (periods(again), periods(other)) == ([], [period()])
    refused(again.call("GET", url), 404)


def test_a_snapshot_after_a_revocation(paged: Writer) -> None:
    """What has ended with the authorization is in no snapshot, so it can be put back."""
    next_page(paged)
    revoke(paged)
    snapshot = paged.sandbox.control("GET", "/snapshot").json()
    assert paged.sandbox.control("PUT", "/snapshot", json=snapshot).status_code == 200
