"""scheduling.md §3.2 and §3.3: weekly hours of an account, as an application says them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.documents import Document, errors
from tests.contract.events import (
    LEFT_OUT,
    SCOPE,
    Open,
    Writer,
    accepted,
    open_writer,
    refused,
    second_application,
)
from tests.contract.managed import RULES, hours, put_rule, rule, rule_path, rules
from tests.emulator import Sandbox


@pytest.fixture
def writer(open_sandbox: Open) -> Writer:
    return open_writer(open_sandbox)


def test_a_life(writer: Writer) -> None:
    """3.2: a rule is made, read, listed, replaced and deleted."""
    first = rule(hours(), hours("tuesday", "10:00", "24:00"))
    put_rule(writer, first)
    assert writer.call("GET", rule_path("default")).json() == {"availability_rule": first}
    second = rule(hours("sunday", "00:00", "24:00"), availability_rule_id="weekend", tzid="Etc/UTC")
    put_rule(writer, second)
    assert rules(writer) == [first, second]
    third = rule(hours("friday"), tzid="America/New_York")
    put_rule(writer, third)
    assert rules(writer) == [third, second]
    accepted(writer.call("DELETE", rule_path("default")))
    assert rules(writer) == [second]
    refused(writer.call("GET", rule_path("default")), 404)


def test_no_rules(writer: Writer) -> None:
    """3.2: an account that has none lists none; what it lists has no pages."""
    assert writer.call("GET", RULES).json() == {"availability_rules": []}


def test_the_whole_rule_is_replaced(writer: Writer) -> None:
    """3.2 (assumed): calendar_ids are absent when never set, and cleared by leaving them out."""
    put_rule(writer, rule(calendar_ids=[writer.calendar_id]))
    put_rule(writer, rule())
    assert rules(writer) == [rule()]


ACCEPTED: dict[str, tuple[Document, Document]] = {
    "3.2-24:00-as-end[app]": (rule(hours(end="24:00")), {}),
    "3.2-from-midnight[docs]": (rule(hours(start="00:00", end="00:01")), {}),
    "3.2-the-last-minute[docs]": (rule(hours(start="23:59", end="24:00")), {}),
    "3.2-several-a-day[docs]": (
        rule(hours(end="12:00"), hours(start="13:00"), hours("tuesday")),
        {},
    ),
    "3.2-out-of-order[docs]": (rule(hours("tuesday"), hours("monday"), hours(end="10:00")), {}),
    "3.2-overlapping-stays-as-given[assumed]": (rule(hours(), hours(start="08:00")), {}),
    "3.2-twice-the-same[assumed]": (rule(hours(), hours()), {}),
    "3.2-no-hours[assumed]": (rule(weekly_periods=[]), {}),
    "3.2-every-day[docs]": (
        rule(
            *map(
                hours,
                ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"),
            )
        ),
        {},
    ),
    "3.2-id-of-64[docs]": (rule(availability_rule_id="x" * 64), {}),
    "3.2-id-with-signs[docs]": (rule(availability_rule_id="a b?c#d&~"), {}),
    "3.2-alias-of-a-zone[assumed]": (rule(tzid="Asia/Calcutta"), {}),
    "0-calendar_ids-null": (rule(calendar_ids=None), {"calendar_ids": LEFT_OUT}),
    "0-unknown-fields": (rule(bearer_token="x"), {"bearer_token": LEFT_OUT}),
    "0-unknown-fields-inside": (
        rule({**hours(), "title": "work"}),
        {"weekly_periods": [hours()]},
    ),
}


@pytest.mark.parametrize("case", ACCEPTED)
def test_accepted(writer: Writer, case: str) -> None:
    """200 with the rule, which reads answer likewise."""
    body, differences = ACCEPTED[case]
    expected = {**body, **differences}
    expected = {name: value for name, value in expected.items() if value is not LEFT_OUT}
    answer = writer.call("POST", RULES, body)
    assert (answer.status_code, answer.json()) == (200, {"availability_rule": expected})
    assert rules(writer) == [expected]
    path = rule_path(body["availability_rule_id"])
    assert writer.call("GET", path).json() == {"availability_rule": expected}
    accepted(writer.call("DELETE", path))
    assert rules(writer) == []


@pytest.mark.parametrize("form", ["list", "twice", "text"])
def test_calendar_ids(writer: Writer, form: str) -> None:
    """3.2: the calendars that matter are answered as they were given, each once."""
    calendar_id = writer.calendar_id
    given = {"list": [calendar_id], "twice": [calendar_id, calendar_id], "text": calendar_id}
    expected = rule(calendar_ids=[calendar_id])
    answer = writer.call("POST", RULES, rule(calendar_ids=given[form]))
    assert (answer.status_code, answer.json()) == (200, {"availability_rule": expected})
    assert rules(writer) == [expected]


def weekly(**wrong: Any) -> Document:
    """A rule whose second period has these members."""
    second = {**hours(), **wrong}
    return rule(hours(), {name: value for name, value in second.items() if value is not LEFT_OUT})


REFUSED: dict[str, tuple[Document, dict[str, str]]] = {
    "3.2-nothing[assumed]": (
        {},
        dict.fromkeys(("availability_rule_id", "tzid", "weekly_periods"), "required"),
    ),
    "3.2-no-id[assumed]": (
        rule(availability_rule_id=LEFT_OUT),
        {"availability_rule_id": "required"},
    ),
    "3.2-empty-id[assumed]": (rule(availability_rule_id=""), {"availability_rule_id": "required"}),
    "3.2-id-of-65[assumed]": (
        rule(availability_rule_id="x" * 65),
        {"availability_rule_id": "too_long"},
    ),
    "3.2-id-not-ASCII[assumed]": (
        rule(availability_rule_id="é"),
        {"availability_rule_id": "invalid"},
    ),
    "3.2-id-a-number[assumed]": (rule(availability_rule_id=7), {"availability_rule_id": "invalid"}),
    "3.2-no-tzid[assumed]": (rule(tzid=LEFT_OUT), {"tzid": "required"}),
    "3.2-empty-tzid[assumed]": (rule(tzid=""), {"tzid": "required"}),
    "3.2-unknown-tzid[assumed]": (rule(tzid="Europe/Lundon"), {"tzid": "unknown_tzid"}),
    "3.2-tzid-a-number[assumed]": (rule(tzid=1), {"tzid": "unknown_tzid"}),
    "3.2-no-weekly_periods[assumed]": (
        rule(weekly_periods=LEFT_OUT),
        {"weekly_periods": "required"},
    ),
    "3.2-weekly_periods-null[assumed]": (rule(weekly_periods=None), {"weekly_periods": "required"}),
    "3.2-weekly_periods-an-object[assumed]": (
        rule(weekly_periods=hours()),
        {"weekly_periods": "invalid"},
    ),
    "3.2-a-period-of-text[assumed]": (rule("monday"), {"weekly_periods[0]": "invalid"}),  # type: ignore[arg-type]
    "3.2-an-empty-period[assumed]": (
        rule(hours(), {}),
        {f"weekly_periods[1].{name}": "required" for name in ("day", "start_time", "end_time")},
    ),
    "3.2-no-day[assumed]": (weekly(day=LEFT_OUT), {"weekly_periods[1].day": "required"}),
    "3.2-day-null[assumed]": (weekly(day=None), {"weekly_periods[1].day": "required"}),
    "3.2-bad-day[assumed]": (weekly(day="mon"), {"weekly_periods[1].day": "not_recognized"}),
    "3.2-day-in-capitals[assumed]": (
        weekly(day="Monday"),
        {"weekly_periods[1].day": "not_recognized"},
    ),
    "3.2-no-start_time[assumed]": (
        weekly(start_time=LEFT_OUT),
        {"weekly_periods[1].start_time": "required"},
    ),
    "3.2-no-end_time[assumed]": (
        weekly(end_time=LEFT_OUT),
        {"weekly_periods[1].end_time": "required"},
    ),
    "3.2-equal-times[assumed]": (
        weekly(end_time="09:00"),
        {"weekly_periods[1].end_time": "invalid"},
    ),
    "3.2-across-midnight[assumed]": (
        weekly(start_time="22:00", end_time="06:00"),
        {"weekly_periods[1].end_time": "invalid"},
    ),
    "3.2-24:00-as-start[assumed]": (
        weekly(start_time="24:00", end_time="24:00"),
        {"weekly_periods[1].start_time": "invalid"},
    ),
    "3.2-calendar_ids-empty[assumed]": (rule(calendar_ids=[]), {"calendar_ids": "required"}),
    "3.2-calendar_ids-of-nothing[assumed]": (rule(calendar_ids=[""]), {"calendar_ids": "required"}),
    "3.2-calendar_ids-a-number[assumed]": (rule(calendar_ids=7), {"calendar_ids": "invalid"}),
    "3.2-unknown-calendar[assumed]": (
        rule(calendar_ids=["cal_1"]),
        {"calendar_ids": "invalid_calendar_ids"},
    ),
} | {
    f"3.2-bad-time-{text!r}[assumed]": (
        weekly(end_time=text),
        {"weekly_periods[1].end_time": "invalid"},
    )
    for text in (
        "",
        "9:00",
        "09:60",
        "25:00",
        "24:01",
        "17",
        "17:00:00",
        "17.00",
        "-1:00",
        "٠٩:٠٠",
        17,
    )
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(writer: Writer, case: str) -> None:
    """422 with the place, and the rule that was there stays."""
    body, fields = REFUSED[case]
    put_rule(writer, rule(hours("saturday")))
    refused(writer.call("POST", RULES, body), 422, fields)
    assert rules(writer) == [rule(hours("saturday"))]


def test_all_that_is_wrong(writer: Writer) -> None:
    """0: everything is told at once."""
    body = rule(hours("mon"), hours(end="08:00"), tzid="Mars", availability_rule_id="x" * 65)
    expected = {
        "availability_rule_id": "too_long",
        "tzid": "unknown_tzid",
        "weekly_periods[0].day": "not_recognized",
        "weekly_periods[1].end_time": "invalid",
    }
    assert writer.call("POST", RULES, body).json() == errors(expected)


def test_somebody_elses_calendar(writer: Writer) -> None:
    """3.2 (assumed): calendar not of the account → errors.invalid_calendar_ids."""
    mary = Writer(writer.sandbox, writer.sandbox.connect("mary@acme.test"))
    body = rule(calendar_ids=[writer.calendar_id, mary.calendar_id])
    refused(writer.call("POST", RULES, body), 422, {"calendar_ids": "invalid_calendar_ids"})


@pytest.mark.parametrize("rule_id", ["other", "DEFAULT", "x" * 300, "é"])
def test_unknown(writer: Writer, rule_id: str) -> None:
    """3.2: reading what is not there is exactly 404 [elements], deleting it 202 (assumed)."""
    put_rule(writer, rule())
    refused(writer.call("GET", rule_path(rule_id)), 404)
    accepted(writer.call("DELETE", rule_path(rule_id)))
    assert rules(writer) == [rule()]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_an_id_with_a_slash(writer: Writer, method: str) -> None:
    """3.2 (assumed): it can be listed, but in a path it is another path, encoded or not."""
    put_rule(writer, rule(availability_rule_id="a/b"))
    for path in (rule_path("a/b"), f"{RULES}/a/b"):
        refused(writer.call(method, path), 404)
    assert rules(writer) == [rule(availability_rule_id="a/b")]


def test_delete_with_the_id_in_the_body(writer: Writer) -> None:
    """3.2, J: Node sends it there as well; Python sends {} and PHP []."""
    bodies: tuple[Any, ...] = ({"availability_rule_id": "default"}, {}, [])
    for body in bodies:
        put_rule(writer, rule())
        accepted(writer.sandbox.call(writer.token, "DELETE", rule_path("default"), json=body))
        assert rules(writer) == []


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_trailing_slash(writer: Writer, method: str) -> None:
    """0: accepted [php]."""
    put_rule(writer, rule())
    assert writer.call("GET", f"{RULES}/").json() == {"availability_rules": [rule()]}
    assert writer.call(method, f"{rule_path('default')}/").status_code in {200, 202}


@pytest.mark.parametrize("mode", ["read_write", "free_busy", "no_calendar"])
def test_in_each_mode(open_sandbox: Open, mode: str) -> None:
    """3.2: rules do not depend on how much of the calendars is seen."""
    writer = open_writer(open_sandbox, access_mode=mode, scope="read_write free_busy_write")
    put_rule(writer, rule(calendar_ids=[writer.calendar_id]))
    assert rules(writer) == [rule(calendar_ids=[writer.calendar_id])]


def test_application_calendars(sandbox: Sandbox) -> None:
    """3.2 (assumed): they have rules as accounts do."""
    body = {**sandbox.credentials, "application_calendar_id": "room"}
    room = sandbox.http.post("/v1/application_calendars", json=body).json()
    answer = sandbox.call(room["access_token"], "POST", RULES, json=rule())
    assert (answer.status_code, answer.json()) == (200, {"availability_rule": rule()})


def test_credential(writer: Writer) -> None:
    """3.2: the access token of a user; any scope will do (assumed)."""
    key = writer.sandbox.application["client_secret"]
    refused(writer.sandbox.call(key, "GET", RULES), 401)
    refused(writer.sandbox.call(key, "POST", RULES, json=rule()), 401)
    reading = Writer(
        writer.sandbox, writer.sandbox.connect("joe@acme.test", scope="read_free_busy")
    )
    put_rule(reading, rule())


@pytest.mark.parametrize("plan", ["starter", "emerging"])
def test_plan(open_sandbox: Open, plan: str) -> None:
    """3.2: plan Emerging, or Starter, as the lowest one was called before."""
    application = {"plan": plan, "mode": "production"}
    sandbox = open_sandbox(scenario={"applications": [application]})
    put_rule(Writer(sandbox, sandbox.connect()), rule())


def test_of_application_and_account(open_sandbox: Open) -> None:
    """3.3: another application does not see them, nor has another account any."""
    writer = open_writer(open_sandbox, two=True)
    other = second_application(writer)
    mary = Writer(writer.sandbox, writer.sandbox.connect("mary@acme.test"))
    put_rule(writer, rule())
    assert (rules(other), rules(mary)) == ([], [])
    refused(other.call("GET", rule_path("default")), 404)
    put_rule(other, rule(tzid="Etc/UTC"))
    accepted(mary.call("DELETE", rule_path("default")))
    assert (rules(writer), rules(other)) == ([rule()], [rule(tzid="Etc/UTC")])


def test_revoked(open_sandbox: Open) -> None:
    """3.3 (assumed): they end with the authorization, and with no other."""
    writer = open_writer(open_sandbox, two=True)
    other = second_application(writer)
    put_rule(writer, rule())
    put_rule(other, rule())
    body = {**writer.sandbox.credentials, "sub": writer.sub}
    assert writer.sandbox.http.post("/oauth/token/revoke", json=body).status_code == 200
    again = Writer(writer.sandbox, writer.sandbox.connect(scope=SCOPE))
    assert again.sub == writer.sub
    assert (rules(again), rules(other)) == ([], [rule()])


def test_reset_and_snapshot(writer: Writer) -> None:
    """They go with a reset, and come back with a snapshot."""
    put_rule(writer, rule(calendar_ids=[writer.calendar_id]))
    snapshot = writer.sandbox.control("GET", "/snapshot").json()
    put_rule(writer, rule(hours("sunday")))
    assert writer.sandbox.control("PUT", "/snapshot", json=snapshot).status_code == 200
    assert rules(writer) == [rule(calendar_ids=[writer.calendar_id])]
    assert writer.sandbox.control("POST", "/reset").status_code == 200
    assert rules(Writer(writer.sandbox, writer.sandbox.connect())) == []
