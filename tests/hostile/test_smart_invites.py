"""Smart Invites of whatever words there are: in requests, in the file, and in mails."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest

from mock_server.delivery import itip
from mock_server.ical import answers
from tests.hostile.strategies import NUMBERS, OTHERS, TEXTS, nested
from tests.hostile.wire import Answer, Wire, check_manners
from tests.hostile.worlds import World

TIMES = {"start": "2026-06-02T09:00:00Z", "end": "2026-06-02T09:30:00Z"}
SINGLE: dict[str, Any] = {
    "smart_invite_id": "booking",
    "method": "request",
    "callback_url": "http://127.0.0.1:1/si",
    "recipient": {"email": "kim@guest.test", "status": "pending"},
    "organizer": {"name": "Agency", "email": "agency@acme.test"},
    "event": {
        "summary": "Viewing",
        "description": "Two rooms",
        "tzid": "Europe/Madrid",
        "start": {"time": TIMES["start"], "tzid": "Europe/Madrid"},
        "end": TIMES["end"],
        "location": {"description": "Calle Mayor", "lat": "1.0", "long": "2.0"},
        "url": "https://acme.test/",
        "reminders": [{"minutes": 5}],
        "transparency": "opaque",
        "color": "#aabbcc",
    },
}
SEVERAL: dict[str, Any] = {
    "smart_invite_id": "visit",
    "recipients": [{"email": "kim@guest.test", "status": "accepted"}, {"email": "lee@guest.test"}],
    "event": {"summary": "Visit", "start": "2026-06-02", "end": "2026-06-03"},
}
REMOVAL: dict[str, Any] = {
    "smart_invite_id": "visit",
    "method": "remove",
    "recipient": {"email": "kim@guest.test"},
}

# What would be a line of its own, or end what it stands in.
BREAKS = (
    "a\r\nATTENDEE:mailto:x@y.test",
    "a\nBEGIN:VALARM",
    "a\rX:1",
    "a\x0bX:1",
    "a\x0cX:1",
    "a\x1cX:1",
    "a\x85X:1",
    "a\u2028X:1",
    "a\"b;c:d,e\\n^n^'",
    "\ufeff",
    "\U0001f4c5" * 40,
    "ü" * 100,
)
ADDRESSES = (
    'a"b@x.test',
    "a;b@x.test",
    "a,b@x.test",
    "a:b@x.test",
    "a>b@x.test",
    "a%0d%0ab@x.test",
    "mailto:a@b.test",
    "a@b.test;X=1",
    "a@b.test\n",
    "ü@ö.test",
    "'a@b.test",
)
VALUES = (
    *TEXTS,
    *(number for number in NUMBERS if number != 10**400),
    *OTHERS,
    nested(60),
    *BREAKS,
    *ADDRESSES,
    "http://u:p@127.0.0.1:1/",
    "file:///etc/passwd",
    "http://127.0.0.1:1/\r\nX: y",
)
NAMES = {
    *("BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "METHOD", "UID", "DTSTAMP", "SEQUENCE"),
    *("DTSTART", "DTEND", "SUMMARY", "DESCRIPTION", "LOCATION", "GEO", "URL", "TRANSP", "STATUS"),
    *("ORGANIZER", "ATTENDEE", "ACTION", "TRIGGER", "COLOR", "TZID", "TZNAME", "RRULE", "RDATE"),
    *("TZOFFSETFROM", "TZOFFSETTO"),
}


@pytest.fixture(scope="module")
def world(wire: Wire) -> World:
    return World(wire)


@pytest.fixture(autouse=True)
def first_moment(world: World) -> None:
    world.reset()


def post(world: World, body: Any) -> Answer:
    key = world.main["client_secret"]
    return world.wire.ask("POST", "/v1/smart_invites", token=key, document=body)


def places(value: Any, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    keys: Any = value if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield (*at, key)
        if isinstance(value[key], dict | list):
            yield from places(value[key], (*at, key))


def exchanged(document: Any, at: tuple[Any, ...], value: Any) -> Any:
    document = inner = copy.deepcopy(document)
    for key in at[:-1]:
        inner = inner[key]
    inner[at[-1]] = value
    return document


def check_file(text: str, attendees: int) -> None:
    """It is made of the lines that invitations have, and of as many as it should be."""
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    lines = text.replace("\r\n ", "").split("\r\n")
    assert lines.pop() == ""
    for line in lines:
        assert line.partition(":")[0].partition(";")[0] in NAMES, line
        assert all(character >= " " or character == "\t" for character in line), line
    assert sum(line.startswith("ATTENDEE;") for line in lines) == attendees
    assert lines.count("BEGIN:VEVENT") == 1
    assert sum(line.startswith("BEGIN:VALARM") for line in lines) <= 1


@pytest.mark.parametrize("body", [SINGLE, SEVERAL, REMOVAL], ids=["single", "several", "removal"])
def test_every_field_takes_every_value(world: World, body: dict[str, Any]) -> None:
    """200 with a file that is whole, or 422 that names fields; never a failure, and no value
    becomes a line of the file."""
    for place in places(body):
        for value in VALUES:
            if body is REMOVAL:
                assert post(world, SEVERAL).status == 200
            answer = post(world, exchanged(body, place, value))
            check_manners(answer)
            where = (place, value)
            assert answer.status in {200, 404, 422}, (where, answer)
            if answer.status == 422:
                assert set(answer.json()) == {"errors"}, where
            elif answer.status == 200:
                found = answer.json()
                invited = len(found["recipients"]) if "recipients" in found else 1
                check_file(found["attachments"]["icalendar"], invited)
                if "removed" in found["attachments"]:
                    check_file(found["attachments"]["removed"]["icalendar"], 1)


@pytest.mark.parametrize("method", [[], {}, ["cancel"], {"cancel": 1}])
def test_a_method_that_is_no_word(world: World, method: object) -> None:
    """errors.invalid, as for a word that is no method."""
    answer = post(world, {**SINGLE, "method": method})
    assert answer.status == 422
    assert answer.json()["errors"]["method"][0]["key"] == "errors.invalid"


HALVES = (
    "=?utf-7?q?+2AA-?=",
    "=?unicode_escape?q?=5Cud800?=",
    "=?raw_unicode_escape?q?=5Cud800?=",
)


@pytest.mark.parametrize("word", HALVES)
def test_half_a_character_in_a_header(world: World, word: str) -> None:
    """Some charsets have halves of characters: they are replaced, or no answer about the mail
    could be written."""
    file = post(world, SINGLE).json()["attachments"]["icalendar"]
    content = (
        f"From: {word} <agency@acme.test>\r\nSubject: A {word} b\r\nMIME-Version: 1.0\r\n"
        f"Content-Type: text/calendar; method=REQUEST\r\n\r\n{file}"
    )
    found = itip.from_mail(content.encode())
    assert isinstance(found, itip.Invitation)
    assert (found.sender_name, found.subject) == ("?", "A ? b")
    assert json.dumps(found.subject).isascii()


def test_a_comment_without_end(world: World) -> None:
    """Callbacks would repeat it with every later answer: its beginning is enough."""
    file = (
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nUID:x\r\n"
        f"ATTENDEE;PARTSTAT=DECLINED:mailto:kim@guest.test\r\nCOMMENT:{'x' * 100_000}\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    found = itip.from_mail(f"Content-Type: text/calendar\r\n\r\n{file}".encode())
    assert isinstance(found, answers.Answer)
    assert found.comment == "x" * 10_000
