"""Several changes of events in one call, through both SDKs."""

from __future__ import annotations

import pytest
from pycronofy.batch import BatchBuilder
from pycronofy.exceptions import PyCronofyPartialSuccessError

from tests.sdk.clients import NodeClient, PythonClient, Refused
from tests.sdk.diary import Diary, event
from tests.sdk.event_calls import Entry, refusal
from tests.sdk.expected import unprocessable

ACCEPTED = {"status": 202}
NO_SUMMARY = {"status": 422, "data": unprocessable("summary", "errors.required", "required")}


def retro(diary: Diary) -> Entry:
    return ("upsert", diary.calendar_id, event(event_id="retro", summary="Retro"))


def test_success(diary: Diary) -> None:
    """Entries are carried out in order, and each answers 202."""
    entries: list[Entry] = [
        ("upsert", diary.calendar_id, event()),
        retro(diary),
        ("delete", diary.calendar_id, "retro"),
        ("delete", diary.calendar_id, "unknown"),
    ]
    assert diary.events.batch(*entries) == [ACCEPTED] * 4
    assert diary.managed() == [diary.written()]
    retros = [("REQUEST", 0), ("CANCEL", 1)]
    assert diary.mails() == ([("REQUEST", 0), *retros] if diary.hosted else [])


def test_partial_success(diary: Diary) -> None:
    """What fails says why, in its place, and stops nothing else."""
    entries: list[Entry] = [
        ("upsert", diary.calendar_id, event(event_id="none", summary="")),
        ("upsert", diary.calendar_id, event()),
        ("upsert", "cal_none_none", event()),
        ("delete_external", diary.calendar_id, "planning"),
        *(("upsert", i, event()) for i in diary.own.values() if i != diary.calendar_id),
    ]
    malformed = unprocessable(
        "event_uid", "errors.must_be_external_event_uid", "must be an external event uid"
    )
    assert diary.events.batch(*entries) == [
        NO_SUMMARY,
        ACCEPTED,
        {"status": 404},
        {"status": 422, "data": malformed},
        *({"status": 403} for _ in entries[4:]),
    ]
    assert diary.managed() == [diary.written()]


@pytest.mark.parametrize("mode", ["read_write-google", "read_write-office365"], indirect=True)
def test_external_events(diary: Diary) -> None:
    """Jane's own events, edited and deleted in a batch once she has agreed to that."""
    review = next(e for e in diary.events.read() if e["summary"] == "Review")
    words = event(event_uid=review["event_uid"], summary="Second review")
    del words["event_id"]
    both: list[Entry] = [
        ("upsert", diary.calendar_id, words),
        ("delete_external", diary.calendar_id, review["event_uid"]),
    ]
    assert diary.events.batch(*both) == [{"status": 403}] * 2
    diary.elevate()
    assert diary.events.batch(both[0]) == [ACCEPTED]
    assert "Second review" in [e["summary"] for e in diary.events.read()]
    assert diary.events.batch(*both[1:], both[0]) == [ACCEPTED, {"status": 404}]
    assert [e["summary"] for e in diary.events.read()] == ["Exhibition", "Bank holiday"]


@pytest.mark.parametrize("mode", ["read_write-google", "no_calendar"], indirect=True)
def test_sizes(diary: Diary) -> None:
    """One to fifty entries."""
    entries: list[Entry] = [
        ("upsert", diary.calendar_id, event(event_id=f"planning-{number}")) for number in range(51)
    ]
    too_many = unprocessable("batch", "errors.too_many", "must have at most 50 entries")
    assert refusal(diary.events.batch, *entries) == (422, too_many)
    required = unprocessable("batch", "errors.required", "required")
    assert refusal(diary.events.batch) == (422, required)
    assert diary.managed() == []
    assert diary.events.batch(*entries[1:]) == [ACCEPTED] * 50
    assert len(diary.managed()) == 50


@pytest.mark.parametrize("mode", ["read_write-google"], indirect=True)
def test_what_cannot_be_batched(diary: Diary) -> None:
    """404 in its place; available periods can be, like events."""
    period = {
        "available_period_id": "p-1",
        "start": "2026-05-12T09:00:00Z",
        "end": "2026-05-12T10:00:00Z",
    }
    requests = [
        ("POST", "/v1/calendars", {"profile_id": diary.profile_id, "name": "New"}),
        ("DELETE", "/v1/events", {"delete_all": True}),
        ("POST", "/v1/available_periods", period),
        ("DELETE", "/v1/available_periods", {"delete_all": True}),
    ]
    if isinstance(diary.client, PythonClient):
        builder = BatchBuilder()
        for method, url, data in requests:
            builder.add_entry(method, url, data)
        with pytest.raises(PyCronofyPartialSuccessError) as failed:
            diary.client.client.batch(builder)
        answers = [entry.response for entry in failed.value.batch_response.entries]
    else:
        assert isinstance(diary.client, NodeClient)
        entries = [{"method": m, "relative_url": u, "data": data} for m, u, data in requests]
        answers = diary.client.call("batch", batch=entries)["batch"]
    assert answers == [{"status": 404}, {"status": 404}, ACCEPTED, ACCEPTED]


@pytest.mark.parametrize("mode", ["no_calendar"], indirect=True)
def test_malformed_entries(diary: Diary) -> None:
    """An entry that is none spoils the whole batch: 422 with its place."""
    if isinstance(diary.client, PythonClient):
        builder = BatchBuilder()
        builder.add_entry("POST", None, event())
        with pytest.raises(Refused) as refused:
            diary.client.call(diary.client.client.batch, builder)
    else:
        assert isinstance(diary.client, NodeClient)
        with pytest.raises(Refused) as refused:
            diary.client.call("batch", batch=[{"method": "POST", "data": event()}])
    assert refused.value.status == 422
    assert list(refused.value.document["errors"]) == ["batch[0].relative_url"]
