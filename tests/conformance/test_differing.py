"""A server that differs: each difference is named, where it is and by nobody else."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from mock_server.world.masking import shortened
from tests.conformance.conftest import Connect, failed, report
from tests.conformance.tampering import Passing, Tamper


def changing(request: str, change: Callable[[Any], None], status: int = 200) -> Tamper:
    """Changes the document of one call's answers."""

    def tamper(passing: Passing) -> None:
        if passing.request == request and passing.status == status:
            document = orjson.loads(passing.content)
            change(document)
            passing.content = orjson.dumps(document)

    return tamper


def answering(request: str, status: int, content: bytes = b"", kind: str = "") -> Tamper:
    """Answers one call like this, whatever it asks."""

    def tamper(passing: Passing) -> None:
        if passing.request == request:
            passing.status, passing.content = status, content
            passing.headers = {"Content-Type": kind} if kind else {}

    return tamper


def each(entries: list[Any], **members: Any) -> None:
    for entry in entries:
        entry.update(members)


def _taking_any_zone(passing: Passing) -> None:
    if b"tzid_unrecognized" in passing.content:
        answering("GET /v1/free_busy", 200, b"{}", "application/json")(passing)


def _forbidding(request: str, challenge: str) -> Tamper:
    """Answers 403 where this challenge belongs to a 401."""

    def tamper(passing: Passing) -> None:
        if passing.request == request and passing.headers.get("www-authenticate") == challenge:
            passing.status = 403

    return tamper


_UNKNOWN = (
    'Bearer realm="cronofy", error="invalid_token", '
    'error_description="The token is unknown, expired, revoked, or of another kind"'
)


def _open_to_browsers(passing: Passing) -> None:
    if passing.request == "GET /v1/calendars":
        passing.headers["Access-Control-Allow-Origin"] = "*"


# What is changed, the check that alone fails, where and what it finds.
DEVIATIONS: dict[str, tuple[Tamper, str, str, str]] = {
    "a member has another kind": (
        changing("GET /v1/channels", lambda d: d.update(channels="none")),
        "answers.channels",
        "channels",
        '"none"',
    ),
    "a member is missing": (
        changing("GET /v1/available_periods", lambda d: d.pop("pages")),
        "answers.available_periods",
        "pages",
        "none",
    ),
    "a value is not one of those known": (
        changing("GET /v1/events", lambda d: each(d["events"], status="maybe")),
        "answers.events",
        "events[0].status",
        '"maybe"',
    ),
    "an account by another name": (
        changing("GET /v1/account", lambda d: d["account"].update(name="John Doe")),
        "identity.account",
        "account.name",
        '"John Doe"',
    ),
    "another sub": (
        changing("GET /v1/calendars", lambda d: d.update(sub="acc_0")),
        "calendars.agree",
        "sub",
        '"acc_0"',
    ),
    "a wrong time zone is taken": (
        _taking_any_zone,
        "free-busy.time-zone",
        "",
        'status 200, application/json: "{}"',
    ),
    "a page is promised and not given": (
        changing("GET /v1/free_busy", lambda d: d["pages"].update(total=2)),
        "free-busy.pages",
        "pages.next_page",
        "null",
    ),
    "no credential is forbidden": (
        _forbidding("GET /v1/profiles", 'Bearer realm="cronofy"'),
        "credentials.missing",
        "",
        "status 403, an empty body",
    ),
    "an unknown credential is forbidden": (
        _forbidding("POST /v1/batch", _UNKNOWN),
        "credentials.unknown",
        "",
        "status 403, an empty body",
    ),
    "browsers are let in": (_open_to_browsers, "calls.no-cors", "", '"*"'),
    "a path that nobody has is answered": (
        answering("GET /v1/mock_cronofy_conformance", 200, b"{}", "application/json"),
        "calls.unknown-path",
        "",
        'status 200, application/json: "{}"',
    ),
}


@pytest.mark.parametrize("name", DEVIATIONS)
def test_one_deviation_is_named_once(
    tampering: Callable[[Tamper], str], connect: Connect, name: str
) -> None:
    tamper, check, at, found = DEVIATIONS[name]
    document = report(tampering(tamper), connect())
    assert failed(document) == [check]
    (outcome,) = (one for one in document["checks"] if one["name"] == check)
    assert (outcome["differences"][0]["at"], outcome["differences"][0]["found"]) == (at, found)


def test_of_several_deviations_each_is_named(
    tampering: Callable[[Tamper], str], connect: Connect
) -> None:
    chosen = [DEVIATIONS[name] for name in ("a member is missing", "another sub")]

    def tamper(passing: Passing) -> None:
        for change, *_ in chosen:
            change(passing)

    document = report(tampering(tamper), connect())
    assert failed(document) == [check for _, check, *_ in chosen]


def test_what_is_only_assumed_fails_nothing(
    tampering: Callable[[Tamper], str], connect: Connect
) -> None:
    def tamper(passing: Passing) -> None:
        if passing.status == 401:
            passing.content = b"not yours"

    document = report(tampering(tamper), connect(), "--only", "credentials")
    levels = {d["level"] for check in document["checks"] for d in check["differences"]}
    assert (failed(document), levels) == ([], {"assumption"})
    assert document["summary"]["assumptions"] > 0


def test_unknown_members_are_noted(tampering: Callable[[Tamper], str], connect: Connect) -> None:
    tamper = changing("GET /v1/calendars", lambda d: each(d["calendars"], colour="#ff0000"))
    document = report(tampering(tamper), connect(), "--only", "answers.calendars")
    (check,) = document["checks"]
    assert check["result"] == "passed"
    assert check["differences"] == [
        {
            "level": "note",
            "request": "GET /v1/calendars",
            "at": "calendars[0].colour",
            "expected": "no such member",
            "found": '"#ff0000"',
        }
    ]


def test_secrets_in_what_differs_are_shortened(
    tampering: Callable[[Tamper], str], connect: Connect
) -> None:
    """A server that echoes credentials does not get them into a report."""
    jane = connect()
    echo = " ".join(jane.secrets).encode()
    words = ("--refresh-token", jane.token["refresh_token"])
    document = report(tampering(answering("GET /v1/channels", 500, echo)), jane, *words)
    assert failed(document) == ["answers.channels"]
    (check,) = (one for one in document["checks"] if one["name"] == "answers.channels")
    assert " ".join(map(shortened, jane.secrets)) in check["differences"][0]["found"]


def test_what_was_made_is_deleted_after_a_failure_too(
    tampering: Callable[[Tamper], str], connect: Connect
) -> None:
    """Every answer to a writing is lost, though it has been carried out."""
    jane = connect()

    def lost(passing: Passing) -> None:
        if passing.request.startswith("POST /v1/") and passing.status in {200, 202, 207}:
            passing.status, passing.content = 500, b""

    document = report(tampering(lost), jane, "--writes", "--only", "writing")
    results = {check["name"]: check["result"] for check in document["checks"]}
    # What is refused or deleted is not made.
    passed = [name for name, result in results.items() if result != "failed"]
    assert passed == ["writing.refusals", "writing.delete-unknown"]
    assert jane.read("/v1/events", tzid="Etc/UTC", only_managed="true")["events"] == []
    assert jane.read("/v1/channels")["channels"] == []
    assert jane.read("/v1/availability_rules")["availability_rules"] == []
    assert jane.read("/v1/available_periods")["available_periods"] == []


def test_what_could_not_be_deleted_is_told(
    tampering: Callable[[Tamper], str], connect: Connect
) -> None:
    def stuck(passing: Passing) -> None:
        if passing.request.startswith("DELETE /v1/available_periods"):
            passing.status, passing.content = 500, b""

    document = report(tampering(stuck), connect(), "--writes", "--only", "writing.available-period")
    told = [difference["expected"] for difference in document["checks"][0]["differences"]]
    assert told[0] == "status 202"
    assert re.fullmatch(r"the available period mock-cronofy-conformance-\S+ deleted again", told[1])


def test_an_answer_that_does_not_come_in_time_is_a_difference(
    tampering: Callable[[Tamper], str], connect: Connect
) -> None:
    released = threading.Event()

    def slow(passing: Passing) -> None:
        if passing.request == "GET /v1/profiles":
            released.wait(10)

    document = report(tampering(slow), connect(), "--timeout", "0.5", "--only", "answers.profiles")
    released.set()
    (difference,) = document["checks"][0]["differences"]
    assert (difference["expected"], difference["found"]) == (
        "an answer",
        "no answer within 0.5 s",
    )
