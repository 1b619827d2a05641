"""events.md §2.8: recurrence, an alpha feature."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.documents import Document
from tests.contract.events import (
    SCOPE,
    Open,
    Writer,
    accepted,
    open_writer,
    own_calendar,
    refused,
    written,
)

ON = {"features": {"recurring_events": True, "free_busy": True, "no_access": True}}
DAILY: Document = {"rules": [{"frequency": "daily", "count": 3}]}


def rule(**members: Any) -> Document:
    return {"rules": [{"frequency": "weekly", **members}]}


def kept(**changes: Any) -> Document:
    """The recurrence as the control API tells it."""
    document = {
        "frequency": "weekly",
        "interval": 1,
        "by_day": [],
        "count": None,
        "until": None,
        "exceptions": [],
    }
    return {**document, **changes}


def stands(writer: Writer) -> Any:
    (event,) = own_calendar(writer)
    return event["recurrence"]


def day(name: str, nth: int | None = None) -> Document:
    return {"day": name, "nth_of_period": nth}


ACCEPTED: dict[str, tuple[Document, Document | None]] = {
    **{
        f"2.8-{frequency}[docs: recurring-events]": (
            {"rules": [{"frequency": frequency}]},
            kept(frequency=frequency),
        )
        for frequency in ("daily", "weekly", "monthly", "yearly")
    },
    "2.8-interval[docs: recurring-events]": (rule(interval=2), kept(interval=2)),
    "2.8-count[docs: recurring-events]": (rule(count=10), kept(count=10)),
    "2.8-until[docs: recurring-events]": (rule(until="2026-06-30"), kept(until="2026-06-30")),
    "2.8-by_day[docs: recurring-events]": (
        rule(by_day=["tuesday", "friday"]),
        kept(by_day=[day("tuesday"), day("friday")]),
    ),
    "2.8-by_day-objects[3p compat]": (
        {"rules": [{"frequency": "monthly", "by_day": [{"day": "tuesday", "nth_of_period": 2}]}]},
        kept(frequency="monthly", by_day=[day("tuesday", 2)]),
    ),
    **{
        f"2.8-by_day-first-{frequency}[3p compat]": (
            {
                "rules": [
                    {"frequency": frequency, "by_day": [{"day": "tuesday", "nth_of_period": 1}]}
                ]
            },
            kept(frequency=frequency, by_day=[day("tuesday")]),
        )
        for frequency in ("daily", "weekly")
    },
    "2.8-by_day-objects-weekly[3p compat]": (
        rule(by_day=[{"day": "tuesday"}]),
        kept(by_day=[day("tuesday")]),
    ),
    "2.8-exceptions.add[typings]": (
        {**rule(), "exceptions": {"add": [{"date": "2026-05-19"}, {"date": "2026-05-19"}]}},
        kept(exceptions=["2026-05-19"]),
    ),
    "2.8-nulls[assumed]": (
        {**rule(interval=None, by_day=None, count=None, until=None), "exceptions": None},
        kept(),
    ),
    "2.8-exceptions-of-php[assumed]": ({**rule(), "exceptions": []}, kept()),
    "2.8-no-rules[docs: recurring-events]": ({"rules": []}, None),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_a_rule(open_sandbox: Open, case: str) -> None:
    sent, expected = ACCEPTED[case]
    writer = open_writer(open_sandbox, **ON)
    writer.write(recurrence=sent)
    assert stands(writer) == expected


REFUSED: dict[str, tuple[Any, dict[str, str]]] = {
    "2.8-two-rules[3p compat]": (
        {"rules": [{"frequency": "daily"}, {"frequency": "weekly"}]},
        {"rules": "max_recurrence_rules_exceeded"},
    ),
    "2.8-frequency[3p compat]": (
        {"rules": [{"frequency": "hourly"}]},
        {"rules[0].frequency": "not_recognized"},
    ),
    "2.8-no-frequency[3p compat]": ({"rules": [{}]}, {"rules[0].frequency": "required"}),
    **{
        f"2.8-interval-{value!r}[3p compat]": (
            rule(interval=value),
            {"rules[0].interval": "must_be_integer_greater_than_zero"},
        )
        for value in (0, -1, 1.5, "2", True)
    },
    **{
        f"2.8-count-{value!r}[3p compat]": (
            rule(count=value),
            {"rules[0].count": "must_be_integer_greater_than_zero"},
        )
        for value in (0, "many")
    },
    "2.8-long-interval[assumed]": (
        rule(interval=10_001),
        {"rules[0].interval": "must_be_integer"},
    ),
    "2.8-many[assumed]": (rule(count=10_001), {"rules[0].count": "must_be_integer"}),
    **{
        f"2.8-nth-{nth}-{frequency}[assumed]": (
            {
                "rules": [
                    {
                        "frequency": frequency,
                        "by_day": [{"day": "monday", "nth_of_period": nth}],
                    }
                ]
            },
            {"rules[0].by_day[0].nth_of_period": "must_be_integer"},
        )
        for frequency, nth in (("monthly", 6), ("monthly", -6), ("yearly", 54), ("yearly", 0))
    },
    **{
        f"2.8-until-{value!r}[3p compat]": (
            rule(until=value),
            {"rules[0].until": "must_be_date"},
        )
        for value in ("soon", "2026-02-30", "2026-06-30T00:00:00Z", 7)
    },
    "2.8-count-and-until[3p compat]": (
        rule(count=2, until="2026-06-30"),
        {"rules[0]": "not_supported_count_until_combination"},
    ),
    "2.8-by_day-name[3p compat]": (
        rule(by_day=["Monday"]),
        {"rules[0].by_day[0].day": "not_recognized"},
    ),
    "2.8-by_day-text[assumed]": (rule(by_day="monday"), {"rules[0].by_day": "invalid"}),
    "2.8-by_day-key[3p compat]": (
        rule(by_day=["monday", {"day": "monday", "hour": 1}]),
        {"rules[0].by_day[1].hour": "not_supported"},
    ),
    "2.8-by_day-nth-weekly[assumed]": (
        rule(by_day=[{"day": "monday", "nth_of_period": 2}]),
        {"rules[0].by_day[0].nth_of_period": "not_supported"},
    ),
    "2.8-by_day-nth-daily[assumed]": (
        {"rules": [{"frequency": "daily", "by_day": [{"day": "monday", "nth_of_period": -1}]}]},
        {"rules[0].by_day[0].nth_of_period": "not_supported"},
    ),
    **{
        f"2.8-rules-missing-{index}[assumed]": (sent, {"rules": "required"})
        for index, sent in enumerate(({}, [], {"exceptions": {"add": []}}, {"exceptions": []}))
    },
    "2.8-other-key[3p compat]": ({**rule(), "zone": 1}, {"zone": "not_supported"}),
    "2.8-other-key-of-a-rule[3p compat]": (
        rule(by_month=[1]),
        {"rules[0].by_month": "not_supported"},
    ),
    "2.8-other-key-of-exceptions[3p compat]": (
        {**rule(), "exceptions": {"remove": []}},
        {"exceptions.remove": "not_supported"},
    ),
    "2.8-exception-date[3p compat]": (
        {**rule(), "exceptions": {"add": [{"date": "2026-05-19"}, {"date": "x"}]}},
        {"exceptions.add[1].date": "must_be_date"},
    ),
    "2.8-rules-no-list[assumed]": ({"rules": {"frequency": "daily"}}, {"rules": "invalid"}),
    "2.8-a-text[assumed]": ("weekly", {"": "invalid"}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_422(open_sandbox: Open, case: str) -> None:
    """Paths below recurrence; nothing is written."""
    sent, fields = REFUSED[case]
    writer = open_writer(open_sandbox, **ON)
    paths = {f"recurrence.{path}".rstrip("."): key for path, key in fields.items()}
    refused(writer.post(recurrence=sent), 422, paths)
    assert own_calendar(writer) == []


def test_left_out_and_removed(open_sandbox: Open) -> None:
    """2.8: omitted is retained, no rules and null end it."""
    for end in (None, {"rules": []}, {"rules": None}):
        writer = open_writer(open_sandbox, **ON)
        writer.write(recurrence=rule())
        writer.write(summary="Moved")
        assert stands(writer) == kept()
        writer.write(recurrence=rule(interval=2))
        assert stands(writer) == kept(interval=2)
        writer.write(recurrence=end)
        assert stands(writer) is None
        assert writer.event() == written(writer.calendar_id)


def test_reads(open_sandbox: Open) -> None:
    """2.8 [3p compat]: the first occurrence has event_id and recurrence, later ones the series."""
    writer = open_writer(open_sandbox, **ON)
    writer.write(recurrence=DAILY)
    first, *later = writer.read()
    uid = first["event_uid"]
    series = first["series_identifier"]
    recurring = {"recurring": True, "series_identifier": series}
    assert first == written(
        writer.calendar_id,
        recurrence={"rules": [{"frequency": "daily", "interval": 1, "count": 3}]},
        **recurring,
    )
    options = {"delete": False, "update": False, "change_participation_status": False}
    for number, occurrence in enumerate(later, 13):
        plain = written(writer.calendar_id, **recurring)
        del plain["event_id"]
        assert occurrence == {
            **plain,
            "event_uid": occurrence["event_uid"],
            "start": f"2026-05-{number}T09:00:00Z",
            "end": f"2026-05-{number}T09:30:00Z",
            "series_master": uid,
            "options": options,
        }
    assert len({event["event_uid"] for event in (first, *later)}) == 3
    accepted(writer.delete())
    assert writer.read() == []


def test_the_first_date_is_an_exception(open_sandbox: Open) -> None:
    """2.8: what is left of the series begins later; that is its first occurrence."""
    writer = open_writer(open_sandbox, **ON)
    dates = [{"date": "2026-05-12"}, {"date": "2026-05-13"}]
    sent = {"rules": [{"frequency": "daily", "interval": 1, "count": 4}]}
    sent["exceptions"] = {"add": dates}  # type: ignore[assignment]
    writer.write(recurrence=sent)
    first, second = writer.read()
    assert first == written(
        writer.calendar_id,
        start="2026-05-14T09:00:00Z",
        end="2026-05-14T09:30:00Z",
        recurrence=sent,
        recurring=True,
        series_identifier=first["series_identifier"],
    )
    assert "event_id" not in second
    assert second["series_master"] == first["event_uid"]
    (later,) = writer.read(**{"from": "2026-05-15", "to": "2026-05-16"})
    assert later == second
    dates += [{"date": "2026-05-14"}, {"date": "2026-05-15"}]
    writer.write(recurrence=sent)
    assert writer.read() == []


@pytest.mark.parametrize("features", [{}, {"recurring_events": False}], ids=str)
def test_switched_off(open_sandbox: Open, features: Document) -> None:
    """Ignored with a warning, whatever it says; a series that is there stays one."""
    writer = open_writer(open_sandbox, features={"free_busy": True, **features})
    for sent in (rule(), rule(interval=0), "weekly", None):
        response = writer.post(recurrence=sent)
        accepted(response)
        assert response.headers["mock-cronofy-warning"] == (
            "ignored: recurrence, an alpha feature that is off for this application "
            "(features: recurring_events)"
        )
    assert writer.event() == written(writer.calendar_id)
    assert stands(writer) is None


@pytest.mark.parametrize("mode", ["free_busy", "no_calendar"])
def test_by_mail(open_sandbox: Open, mode: str) -> None:
    """One invitation for the whole series, and another when it becomes another series."""
    writer = open_writer(open_sandbox, access_mode=mode, scope=SCOPE, **ON)
    writer.write(recurrence=DAILY)
    writer.write(recurrence=DAILY)
    assert writer.invites() == [("REQUEST", 0)]
    message = writer.sandbox.control("GET", "/inbox/latest").json()
    ics = writer.sandbox.http.get(message["invite"]["ics_url"]).text
    assert "RRULE:FREQ=DAILY;COUNT=3\r\n" in ics
    writer.write(recurrence=None)
    assert writer.invites() == [("REQUEST", 0), ("REQUEST", 1)]
