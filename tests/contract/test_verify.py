"""POST …/journal/verify: were these requests made, so often, in this order?"""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.world.masking import shortened
from tests.contract.control import CLOCK, assert_problems
from tests.contract.documents import Document
from tests.contract.journal import Caller, verify


@pytest.fixture
def jane(open_sandbox: Any) -> Caller:
    """1 reads calendars, 2 and 3 write events, 4 reads them."""
    caller = Caller(open_sandbox(clock=CLOCK))
    caller.call("GET", "/v1/calendars")
    caller.write("Interviw")
    caller.write("Standup")
    caller.call("GET", "/v1/events", params={"tzid": "Etc/UTC"})
    return caller


WRITES = {"method": "POST", "path": "/v1/calendars/*/events"}

COUNTS: dict[str, tuple[Document, bool, str]] = {
    "at least one": ({}, True, "at least 1 request"),
    "as many": ({"exactly": 2}, True, "exactly 2 requests"),
    "too few": ({"exactly": 3}, False, "exactly 3 requests"),
    "too many": ({"exactly": 1}, False, "exactly 1 request"),
    "none": ({"exactly": 0}, False, "no request"),
    "at least": ({"at_least": 2}, True, "at least 2 requests"),
    "not at least": ({"at_least": 3}, False, "at least 3 requests"),
    "at most": ({"at_most": 2}, True, "at most 2 requests"),
    "not at most": ({"at_most": 1}, False, "at most 1 request"),
    "between": ({"at_least": 1, "at_most": 5}, True, "1 to 5 requests"),
}


@pytest.mark.parametrize("case", COUNTS)
def test_how_often(jane: Caller, case: str) -> None:
    """Exactly, at least, at most; without a number at least once."""
    counts, verified, words = COUNTS[case]
    verdict = verify(jane.sandbox, match=WRITES, **counts)
    assert (verdict["verified"], verdict["found"]) == (verified, 2)
    assert verdict["message"].startswith(f"Wanted: {words} with\n")


def test_what_is_verified(jane: Caller) -> None:
    """A message too, for whoever wants to see it."""
    assert verify(jane.sandbox, match={**WRITES, "body": {"$.summary": "Standup"}}) == {
        "verified": True,
        "found": 1,
        "message": (
            "Wanted: at least 1 request with\n"
            "  method POST\n"
            "  path /v1/calendars/*/events\n"
            '  body $.summary == "Standup"\n'
            "Found:  1 among 4 requests."
        ),
        "near_misses": [],
    }


def test_near_misses(jane: Caller) -> None:
    """Of what was not found, the message shows what came nearest, and what was other."""
    wanted = {**WRITES, "body": {"$.summary": "Interview"}, "status": 202}
    assert verify(jane.sandbox, match=wanted) == {
        "verified": False,
        "found": 0,
        "message": (
            "Wanted: at least 1 request with\n"
            "  method POST\n"
            "  path /v1/calendars/*/events\n"
            "  status 202\n"
            '  body $.summary == "Interview"\n'
            "Found:  none among 4 requests.\n"
            "Nearest:\n"
            f"  #2 POST {jane.events} → 202\n"
            '      body $.summary: wanted "Interview", found "Interviw"\n'
            f"  #3 POST {jane.events} → 202\n"
            '      body $.summary: wanted "Interview", found "Standup"'
        ),
        "near_misses": [
            {
                "number": number,
                "at": CLOCK,
                "request": f"POST {jane.events} → 202",
                "closeness": closeness,
                "missed": [
                    {
                        "criterion": "body $.summary",
                        "wanted": '"Interview"',
                        "found": f'"{summary}"',
                    }
                ],
            }
            for number, summary, closeness in ((2, "Interviw", 0.95), (3, "Standup", 0.87))
        ],
    }


def lines(verdict: Document) -> list[str]:
    """Those after what was wanted and how much there is."""
    text: str = verdict["message"]
    return text[text.index("Found:") :].splitlines()[1:]


NEAR: dict[str, tuple[Document, list[str]]] = {
    "a parameter": (
        {"path": "/v1/events", "query": {"tzid": "Europe/London"}},
        [
            "Nearest:",
            "  #4 GET /v1/events?tzid=Etc%2FUTC → 200",
            '      query tzid: wanted "Europe/London", found "Etc/UTC"',
        ],
    ),
    "a misspelt parameter": (
        {"path": "/v1/events", "query": "tzids"},
        [
            "Nearest:",
            "  #4 GET /v1/events?tzid=Etc%2FUTC → 200",
            "      query tzids: wanted anything, found none (did you mean tzid?)",
        ],
    ),
    "a status": (
        {"path": "/v1/calendars", "status": "4xx"},
        [
            "Nearest:",
            "  #1 GET /v1/calendars → 200",
            "      status: wanted 4xx, found 200",
        ],
    ),
    "a misspelt path": (
        {"path": "/v1/calenders", "method": "GET"},
        [
            "Nearest:",
            "  #1 GET /v1/calendars → 200",
            "      path: wanted /v1/calenders, found /v1/calendars",
        ],
    ),
    "no body": (
        {"path": "/v1/calendars", "method": "GET", "body": "$.name"},
        [
            "Nearest:",
            "  #1 GET /v1/calendars → 200",
            "      body $.name: wanted anything, found no body",
        ],
    ),
    "the wrong type": (
        {"path": "/v1/events", "response": {"$.pages.current": True}},
        [
            "Nearest:",
            "  #4 GET /v1/events?tzid=Etc%2FUTC → 200",
            "      response $.pages.current: wanted true, found 1",
        ],
    ),
}


@pytest.mark.parametrize("case", NEAR)
def test_what_is_near(jane: Caller, case: str) -> None:
    """A line for each thing that was other than wanted."""
    match, expected = NEAR[case]
    verdict = verify(jane.sandbox, match=match)
    assert not verdict["verified"]
    assert lines(verdict) == expected


def test_nothing_comes_near(jane: Caller) -> None:
    """Then there are the latest requests."""
    verdict = verify(jane.sandbox, match={"method": "DELETE", "path": "/v1/channels/*"})
    assert verdict["near_misses"] == []
    assert lines(verdict) == [
        "Nothing comes near. The latest requests:",
        "  #1 GET /v1/calendars → 200",
        f"  #2 POST {jane.events} → 202",
        f"  #3 POST {jane.events} → 202",
        "  #4 GET /v1/events?tzid=Etc%2FUTC → 200",
    ]


def test_too_many_are_listed(jane: Caller) -> None:
    """Five of them."""
    assert lines(verify(jane.sandbox, match=WRITES, exactly=0)) == [
        f"  #2 POST {jane.events} → 202",
        f"  #3 POST {jane.events} → 202",
    ]
    for _ in range(5):
        jane.call("GET", "/v1/userinfo")
    assert lines(verify(jane.sandbox, match={"path": "/v1/**"}, at_most=1))[4:] == [
        "  #5 GET /v1/userinfo → 200",
        "  and 4 more",
    ]


def test_an_empty_journal(jane: Caller) -> None:
    """Nothing was asked: nothing to show."""
    jane.sandbox.control("DELETE", "/journal")
    message = "Wanted: at least 1 request of any kind\nFound:  none among 0 requests."
    assert verify(jane.sandbox, match={}) == {
        "verified": False,
        "found": 0,
        "message": message,
        "near_misses": [],
    }
    assert verify(jane.sandbox, match={}, exactly=0)["verified"]


def test_in_order(jane: Caller) -> None:
    """Others may come between, unless it is strictly so."""
    steps = [{"path": "/v1/calendars"}, {"body": "$.summary==Standup"}, {"path": "/v1/events"}]
    assert verify(jane.sandbox, in_order=steps) == {
        "verified": True,
        "found": 3,
        "message": (
            "Wanted: 3 requests in this order:\n"
            "  1. path /v1/calendars\n"
            "     #1 GET /v1/calendars → 200\n"
            '  2. body $.summary == "Standup"\n'
            f"     #3 POST {jane.events} → 202\n"
            "  3. path /v1/events\n"
            "     #4 GET /v1/events?tzid=Etc%2FUTC → 200"
        ),
        "near_misses": [],
    }
    assert verify(jane.sandbox, in_order=steps[1:], strictly=True)["verified"]
    strictly = verify(jane.sandbox, in_order=steps, strictly=True)
    assert (strictly["verified"], strictly["found"]) == (False, 1)


def test_out_of_order(jane: Caller) -> None:
    """Which step was not found, after which request, and where it was."""
    steps = [{"path": "/v1/events"}, {**WRITES, "body": {"$.summary": "Standup"}}, {}]
    verdict = verify(jane.sandbox, in_order=steps)
    assert (verdict["verified"], verdict["found"]) == (False, 1)
    assert verdict["message"] == (
        "Wanted: 3 requests in this order:\n"
        "  1. path /v1/events\n"
        "     #4 GET /v1/events?tzid=Etc%2FUTC → 200\n"
        '  2. method POST · path /v1/calendars/*/events · body $.summary == "Standup"\n'
        "     NOT FOUND after #4\n"
        "  3. any request\n"
        "     not looked for\n"
        "Step 2 was made at another time:\n"
        f"  #3 POST {jane.events} → 202\n"
        "Looked through 4 requests."
    )


def test_since(jane: Caller) -> None:
    """Only what came after a request counts, or is near."""
    match = {**WRITES, "since": 2}
    assert verify(jane.sandbox, match=match, exactly=1)["verified"]
    verdict = verify(jane.sandbox, match={**match, "body": "$.sumary"})
    assert [miss["number"] for miss in verdict["near_misses"]] == [3]
    assert "  after request #2\n" in verdict["message"]


def test_several_checks(jane: Caller) -> None:
    """At once; the message is of those that are wrong, or else of all."""
    right, wrong = {"match": WRITES, "exactly": 2}, {"match": WRITES, "exactly": 5}
    verdicts = [verify(jane.sandbox, **check) for check in (right, wrong)]
    assert verify(jane.sandbox, checks=[right, wrong]) == {
        "verified": False,
        "message": verdicts[1]["message"],
        "checks": verdicts,
    }
    both = verify(jane.sandbox, checks=[right, right])
    assert both["verified"]
    assert both["message"] == "\n\n".join([verdicts[0]["message"]] * 2)


def test_what_a_body_no_longer_says(jane: Caller) -> None:
    """A body that was too long is no proof of anything, and the message says why."""
    jane.call("POST", "/v1/channels", content=b'{"callback_url": "%s"}' % (b"x" * 70_000))
    verdict = verify(jane.sandbox, match={"path": "/v1/channels", "body": "$.callback_url"})
    found = "found a body of 70020 bytes that was not kept whole"
    assert found in verdict["message"]
    binary = jane.call("POST", "/v1/channels", content=b"\xff\xff")
    assert binary.status_code >= 400
    verdict = verify(jane.sandbox, match={"path": "/v1/channels", "body": "$.x", "since": 5})
    assert "found a body that is no text" in verdict["message"]


def test_secrets_are_shortened(jane: Caller) -> None:
    """In what was wanted, and in what was found."""
    secret = jane.sandbox.application["client_secret"]
    refresh = {"grant_type": "refresh_token", "refresh_token": "another-refresh-token"}
    jane.sandbox.token(**refresh)
    body = {"$.refresh_token": jane.answer["refresh_token"], "$.client_secret": secret}
    match = {"path": "/oauth/token", "body": body, "credential": jane.token}
    message = verify(jane.sandbox, match=match)["message"]
    wanted = shortened(jane.answer["refresh_token"])
    assert f'body $.refresh_token == "{wanted}"' in message
    assert f'found "{shortened("another-refresh-token")}"' in message
    for hidden in (secret, jane.token, jane.answer["refresh_token"], "another-refresh-token"):
        assert hidden not in message


WRONG: dict[str, tuple[Document, str]] = {
    "nothing": ({}, "the document"),
    "both": ({"match": {}, "in_order": [{}]}, "the document"),
    "an unknown criterion": ({"match": {"url": "/v1"}}, "match.url"),
    "an unknown key": ({"match": {}, "times": 1}, "times"),
    "no number": ({"match": {}, "exactly": "1"}, "exactly"),
    "less than nothing": ({"match": {}, "at_least": -1}, "at_least"),
    "two counts": ({"match": {}, "exactly": 1, "at_most": 2}, "the document"),
    "counts of an order": ({"in_order": [{}], "exactly": 1}, "the document"),
    "strictly anything": ({"match": {}, "strictly": True}, "the document"),
    "no steps": ({"in_order": []}, "in_order"),
    "a wrong step": ({"in_order": [{}, {"status": "x"}]}, "in_order[1].status"),
    "a wrong path": ({"match": {"body": {"summary": 1}}}, "match.body"),
    "another type of conditions": ({"match": {"body": 5}}, "match.body"),
    "a wrong check": ({"checks": [{"match": {"status": 5}}]}, "checks[0].match.status"),
    "no checks": ({"checks": []}, "checks"),
    "checks and more": ({"checks": [{"match": {}}], "match": {}}, "match"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_verified(jane: Caller, case: str) -> None:
    """422 with the place."""
    document, place = WRONG[case]
    response = jane.sandbox.control("POST", "/journal/verify", json=document)
    assert_problems(response, 422, place)
    assert jane.sandbox.control("POST", "/journal/verify", json=[]).status_code == 422
