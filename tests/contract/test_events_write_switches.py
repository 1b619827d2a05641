"""Where writing events is only assumed, a scenario chooses (events §2.3)."""

from __future__ import annotations

import pytest

from tests.contract.events import (
    END,
    Open,
    Writer,
    accepted,
    external,
    open_writer,
    own_calendar,
    refused,
)


def _lapse(writer: Writer) -> None:
    path = f"/profiles/{writer.profile_id}/disconnect"
    assert writer.sandbox.control("POST", path).status_code == 200


def _come_back(writer: Writer) -> None:
    path = f"/profiles/{writer.profile_id}/reconnect"
    assert writer.sandbox.control("POST", path).status_code == 200


def _summaries(writer: Writer) -> list[str]:
    return sorted(event["summary"] for event in own_calendar(writer))


@pytest.fixture
def queueing(open_sandbox: Open) -> Writer:
    return open_writer(open_sandbox, switches={"queue_writes": True})


def test_what_is_written_meanwhile_waits_for_the_profile(queueing: Writer) -> None:
    """2.3-whole-423: the real API may answer 202 and queue."""
    queueing.write(event_id="before", summary="Before")
    _lapse(queueing)
    queueing.write(event_id="before", summary="Changed")
    queueing.write(event_id="new", summary="New")
    assert [event["summary"] for event in queueing.read()] == ["Changed", "New"]
    assert _summaries(queueing) == ["Before"]
    _come_back(queueing)
    assert [event["summary"] for event in queueing.read()] == ["Changed", "New"]
    assert _summaries(queueing) == ["Changed", "New"]


def test_what_is_deleted_meanwhile_is_deleted_then(queueing: Writer) -> None:
    queueing.write()
    _lapse(queueing)
    accepted(queueing.delete())
    assert (queueing.read(), _summaries(queueing)) == ([], ["Standup"])
    _come_back(queueing)
    assert (queueing.all_events(), _summaries(queueing)) == ([], [])


def test_deleted_and_written_again_meanwhile(queueing: Writer) -> None:
    """The provider hears of the last version only."""
    queueing.write(summary="First")
    _lapse(queueing)
    accepted(queueing.delete())
    queueing.write(summary="Second")
    _come_back(queueing)
    assert _summaries(queueing) == ["Second"]
    assert [event["summary"] for event in queueing.all_events()] == ["Second"]


def test_written_and_deleted_meanwhile(queueing: Writer) -> None:
    """The provider hears of nothing."""
    _lapse(queueing)
    queueing.write()
    accepted(queueing.delete())
    _come_back(queueing)
    assert (queueing.all_events(), _summaries(queueing)) == ([], [])


def test_the_person_goes_on_meanwhile(queueing: Writer) -> None:
    """What the application wrote later stands in the end; other events are left alone."""
    queueing.write()
    event_uid = queueing.event()["event_uid"]
    _lapse(queueing)
    external(queueing, event_uid=event_uid, summary="The person's")
    external(queueing, summary="Dentist")
    queueing.write(summary="The application's")
    _come_back(queueing)
    assert _summaries(queueing) == ["Dentist", "The application's"]


@pytest.mark.parametrize("year", [1949, 2051])
def test_years(open_sandbox: Open, year: int) -> None:
    """2.3-date out of bounds: the years are the scenario's."""
    switches = {"first_event_year": 1950, "last_event_year": 2050}
    writer = open_writer(open_sandbox, switches=switches)
    far = {"start": f"{year}-06-01T09:00:00Z", "end": f"{year}-06-01T10:00:00Z"}
    refused(writer.post(**far), 422, {"start": "invalid", "end": "invalid"})
    assert writer.read() == []
    near = {"start": "1950-01-01T09:00:00Z", "end": END}
    accepted(writer.post(**near))
    assert writer.event()["start"] == "1950-01-01T09:00:00Z"


@pytest.mark.parametrize("day", ["1001-06-01", "8999-06-01"])
def test_the_furthest_years(open_sandbox: Open, day: str) -> None:
    switches = {"first_event_year": 1000, "last_event_year": 9000}
    writer = open_writer(open_sandbox, switches=switches)
    writer.write(start=f"{day}T09:00:00Z", end=f"{day}T10:00:00Z", tzid="Asia/Tokyo")
    assert writer.event()["start"] == f"{day}T09:00:00Z"
    local = writer.event(localized_times="true")["start"]
    assert local["tzid"] == "Asia/Tokyo"
