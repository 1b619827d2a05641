"""What reports, exports and terminals show of requests that were made to do harm."""

from __future__ import annotations

import json
import re
from urllib.parse import quote
from xml.etree import ElementTree

import httpx
import pytest

from mock_server.testing import MockCronofy
from tests.hostile.test_instrument_documents import Box
from tests.hostile.wire import Wire

ODD = (
    *("<script>alert(1)</script>", "</title><b>", '"><img src=x onerror=alert(1)>', "{{7*7}}"),
    *("\x1b[31mred", "two\nlines", "one\r\n#1 GET /v1/never → 200", "\u202e", "\u2028", "\x9b0m"),
    *("]]>", "<!DOCTYPE x>", "\x00", "\ufffe", "\U0001f600", "'\"`$(id)"),
)


@pytest.fixture
def box(wire: Wire) -> Box:
    """A sandbox in which every odd text stands wherever an application can put it."""
    box = Box(wire)
    application = box.document["applications"][0]
    credentials = {name: application[name] for name in ("client_id", "client_secret")}
    for text in ODD:
        encoded = quote(text, safe="")
        box.call("GET", f"/v1/{encoded}")
        box.call("GET", f"/v1/calendars?{encoded}={encoded}&code={encoded}")
        box.call("POST", "/v1/channels", document={text: text, "callback_url": text})
        body = {**credentials, "grant_type": text, text: text}
        box.wire.ask("POST", "/oauth/token", document=body)
        box.wire.ask("GET", f"/oauth/authorize?client_id={credentials['client_id']}&{encoded}=1")
        box.control("POST", "/faults", {"match": {"credential": text}, "respond": {"lost": True}})
    return box


def test_everything_is_shown(box: Box) -> None:
    box.everything()


def test_no_page_takes_it_for_markup(box: Box) -> None:
    sandbox_id = box.document["sandbox_id"]
    for target in ("/contract", f"/contract?sandbox_id={sandbox_id}"):
        page = box.wire.ask("GET", target)
        assert page.status == 200
        assert not re.search(r"<(script>alert|img|b>|!DOCTYPE x)", page.text)
        assert "&lt;script&gt;alert" in page.text


def test_junit_stays_xml(box: Box) -> None:
    answer = box.control("GET", "/contract?format=junit")
    suites = ElementTree.fromstring(answer.body)
    names = [case.get("name", "") for case in suites.iter("testcase")]
    assert any("<script>alert(1)</script>" in name for name in names)


def test_a_message_of_verification_has_lines_of_its_own_alone(box: Box) -> None:
    """Nobody's request begins a line in it, or moves the cursor of a terminal."""
    for text in ODD:
        for match in (
            {"path": f"/v1/{text.replace('#', '*')}s"},
            {"method": "GET", "query": {text: "other"}, "path": "/v1/calendars"},
            {"body": {"$.callback_url": f"{text}s"}, "path": "/v1/channels"},
        ):
            answer = box.control("POST", "/journal/verify", {"match": match}).json()
            assert not answer["verified"]
            for line in answer["message"].split("\n"):
                assert line.isprintable(), line
            for miss in answer["near_misses"]:
                missed = [text for each in miss["missed"] for text in each.values()]
                assert all(shown.isprintable() for shown in (miss["request"], *missed)), miss


def test_the_text_of_a_diff_has_lines_of_its_own_alone(box: Box) -> None:
    for text in ODD:
        if text.isprintable():
            continue
        body = {"application_calendar_id": text, **box.document["applications"][0]}
        wanted = ("application_calendar_id", "client_id", "client_secret")
        body = {name: body[name] for name in wanted}
        box.wire.ask("POST", "/v1/application_calendars", document=body)
    text = box.control("GET", "/diff").json()["text"]
    assert text
    assert all(line.isprintable() for line in text.split("\n"))


def test_the_journal_of_a_failed_test_has_lines_of_its_own_alone(served: str) -> None:
    """It is printed with the test's report."""
    with MockCronofy(served) as client, client.sandbox() as sandbox:
        token = sandbox.connect("jane@acme.test").access_token
        for text in ODD:
            address = f"{served}/v1/{quote(text, safe='')}"
            headers = {"Authorization": f"Bearer {token}"}
            httpx.post(address, headers=headers, content=text.encode())
        for line in sandbox.journal.text().split("\n"):
            assert line.isprintable(), line


def test_secrets_that_hold_each_other_are_shortened_alike(box: Box) -> None:
    """The longest first: no end of one is left, whichever is looked for before the other."""
    long, short = "abcdefghijklmnopqrst", "abcdefghijklmnop"
    target = f"/v1/{long}/{short}?code={short}&access_token={long}"
    box.control("DELETE", "/journal")
    box.call("GET", target)
    shown = [box.control("GET", f"/journal{kind}").text for kind in ("", ".har", ".pact")]
    for document in shown:
        assert short not in document
        assert "qrst" not in document


def test_no_secret_is_in_a_rule_of_a_pact(box: Box) -> None:
    """Where the name of a member is one: the rule's path names it as the body does."""
    box.control("DELETE", "/journal")
    body = {box.token: {"code": "abc", "it's": {"code": "x\\"}}}
    box.call("POST", "/v1/channels", document=body)
    pact = box.control("GET", "/journal.pact").json()
    assert box.token not in json.dumps(pact)
