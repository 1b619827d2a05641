"""GET …/journal: every request with its answer, and which of them a query finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mock_server.world.journal import MOST_BODY
from mock_server.world.masking import shortened
from tests.contract.control import CLOCK, JANE, assert_problems
from tests.contract.documents import ANY_NUMBER, Like
from tests.contract.journal import Caller, entry, journal, numbers, outline
from tests.contract.stories import decide, read
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]


@pytest.fixture
def sandbox(open_sandbox: Open) -> Sandbox:
    return open_sandbox(clock=CLOCK)


@pytest.fixture
def jane(sandbox: Sandbox) -> Caller:
    return Caller(sandbox)


def test_the_journal(sandbox: Sandbox) -> None:
    """Requests with number, operation, status, hint and findings; DELETE forgets them, and
    numbers go on. Control calls are not in it."""
    answer = sandbox.connect(JANE)
    assert journal(sandbox) == []
    read(sandbox, answer, "/v1/userinfo")
    sandbox.call(answer["access_token"], "POST", "/v1/calendars", json={"name": "x", "odd": 1})
    decide(sandbox, "authorize", "deny")
    sandbox.authorize(prompt="consent", state="kept")
    client_id = sandbox.application["client_id"]
    whose = {"client_id": client_id, "sub": answer["sub"]}
    found = outline(sandbox)
    findings = [one.pop("findings") for one in found]
    expected = [
        entry(1, "GET", "/v1/userinfo", 200, **whose),
        entry(2, "POST", "/v1/calendars", 422, **whose, hint="profile_id: required"),
        entry(
            3,
            "GET",
            "/oauth/authorize",
            302,
            client_id=client_id,
            query=Like("response_type=code&client_id=.+&prompt=consent&state=kept"),
        ),
    ]
    assert found == [{k: v for k, v in one.items() if k != "findings"} for one in expected]
    assert findings[0] == []
    text = "ignored: unknown query parameter prompt"
    assert {"code": "unknown_parameter", "level": "warning", "text": text} in findings[2]
    response = sandbox.control("DELETE", "/journal")
    assert (response.status_code, response.content) == (204, b"")
    assert journal(sandbox) == []
    read(sandbox, answer, "/v1/userinfo")
    assert numbers(sandbox) == [4]


def test_a_request_with_its_answer(jane: Caller) -> None:
    """Headers by name, bodies as JSON, credentials shortened."""
    jane.call("POST", "/v1/channels", json={"callback_url": "http://localhost:9/x?token=abcdefg"})
    (one,) = journal(jane.sandbox)
    headers = one["request"].pop("headers")
    assert headers["authorization"] == jane.bearer
    assert headers["content-type"] == "application/json"
    assert one["request"] == {
        "body": {"callback_url": f"http://localhost:9/x?token={shortened('abcdefg')}"},
        "size": ANY_NUMBER,
        "cut": False,
    }
    headers = one["response"].pop("headers")
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert one["response"] == {
        "status": 200,
        "body": {
            "channel": {
                "channel_id": Like("chn_.+"),
                "callback_url": f"http://localhost:9/x?token={shortened('abcdefg')}",
                "filters": {},
            }
        },
        "size": ANY_NUMBER,
        "cut": False,
    }


def test_a_form(sandbox: Sandbox) -> None:
    """Is shown as a mapping; several values of one name as a list."""
    form = {**sandbox.credentials, "grant_type": "refresh_token", "odd": ["1", "2"]}
    sandbox.http.post("/oauth/token", data=form)
    (one,) = journal(sandbox)
    secret = sandbox.application["client_secret"]
    assert one["request"]["body"] == {**form, "client_secret": shortened(secret)}


BODIES: dict[str, tuple[dict[str, Any], Any, bool]] = {
    "nothing": ({"content": b""}, None, False),
    "no JSON": ({"content": b"<a>"}, "<a>", False),
    "half a document": ({"content": b'{"a": '}, '{"a": ', False),
    "bytes that are no text": ({"content": b"\xff\xfe\x00"}, None, True),
    "ever so deep": ({"content": b"[" * 5000 + b"]" * 5000}, "[" * 5000 + "]" * 5000, False),
    "much": ({"content": b"x" * (MOST_BODY + 1)}, "x" * MOST_BODY, True),
    "cut within a character": (
        {"content": "é".encode() * MOST_BODY},
        "é" * (MOST_BODY // 2),
        True,
    ),
    "half a character": ({"content": b'{"a": "\\ud800"}'}, '{"a": "\\ud800"}', False),
}


@pytest.mark.parametrize("case", BODIES)
def test_a_body_of_any_kind(jane: Caller, case: str) -> None:
    """What is not JSON is text; of what is no text, or too long, it is said that it is not all
    there."""
    options, body, cut = BODIES[case]
    headers = {"Content-Type": "application/json"}
    jane.call("POST", jane.events, headers=headers, **options)
    (one,) = journal(jane.sandbox)
    shown = {name: one["request"][name] for name in ("body", "size", "cut")}
    assert shown == {"body": body, "size": len(options["content"]), "cut": cut}


def test_what_makes_room(jane: Caller) -> None:
    """Of the oldest requests only an outline stays, which says so."""
    for _ in range(70):
        jane.call("POST", jane.events, content=b"x" * MOST_BODY)
    found = journal(jane.sandbox)
    assert len(found) == 70
    first, last = found[0], found[-1]
    assert first["query"] is None
    assert first["request"] == {"headers": {}, "body": None, "size": MOST_BODY, "cut": True}
    assert last["request"]["body"] == "x" * MOST_BODY


def test_the_journal_is_bounded(jane: Caller) -> None:
    """The latest thousand requests."""
    for _ in range(1003):
        jane.call("GET", "/v1/profiles")
    jane.call("GET", "/v1/userinfo")
    found = numbers(jane.sandbox)
    assert found == list(range(5, 1005))


def test_warnings_travel_with_the_answer(jane: Caller) -> None:
    """Odd but accepted requests carry the reason in Mock-Cronofy-Warning and the journal."""
    body = {"profile_id": jane.answer["linking_profile"]["profile_id"], "name": "New", "odd": 1}
    response = jane.call("POST", "/v1/calendars", json=body)
    assert response.status_code == 200
    warning = "ignored: unknown parameter odd"
    assert response.headers.get_list("mock-cronofy-warning") == [warning]
    (only,) = journal(jane.sandbox)
    found = {"code": "unknown_parameter", "level": "warning", "text": warning}
    assert only["findings"] == [found]


def test_hints_travel_with_a_refusal(sandbox: Sandbox) -> None:
    """A refusal says what would have been right, in Mock-Cronofy-Hint and the journal."""
    answer = sandbox.connect(JANE, scope="read_only")
    response = sandbox.call(answer["access_token"], "POST", "/v1/calendars", json={})
    assert response.status_code == 403
    hint = "the scope create_calendar is needed; granted is: read_only"
    assert response.headers["mock-cronofy-hint"] == hint
    (only,) = journal(sandbox)
    assert only["hint"] == hint


# --- Queries -------------------------------------------------------------------------


@pytest.fixture
def busy(jane: Caller) -> Caller:
    """1 reads calendars, 2 and 3 write events, 4 reads them, 5 is refused, 6 refreshes, 7 is
    somebody else's."""
    jane.call("GET", "/v1/calendars")
    jane.write("Interview", attendees={"invite": [{"email": "kim@partner.test"}]})
    jane.write("Standup")
    jane.call("GET", "/v1/events", params={"tzid": "Etc/UTC", "from": "2026-05-11"})
    jane.call("GET", "/v1/free_busy")
    refresh = {"grant_type": "refresh_token", "refresh_token": jane.answer["refresh_token"]}
    jane.sandbox.http.post("/oauth/token", data={**jane.sandbox.credentials, **refresh})
    mary = jane.sandbox.connect("mary@acme.test")
    jane.sandbox.call(mary["access_token"], "GET", "/v1/userinfo")
    return jane


FOUND: dict[str, list[int]] = {
    "path=/v1/events": [4],
    "path=/v1": [],
    "path=/v1/*": [1, 4, 5, 7],
    "path=/v1/**": [1, 2, 3, 4, 5, 7],
    "path=/v1/calendars/{calendar_id}/events": [2, 3],
    "path=**/token": [6],
    "path=/**/cal*/**": [1, 2, 3],
    "method=POST": [2, 3, 6],
    "method=post&path=/v1/**": [2, 3],
    "method=smtp": [],
    "status=202": [2, 3],
    "status=2xx&method=GET": [1, 4, 7],
    "status=4xx": [5],
    "operation=POST /v1/calendars/{calendar_id}/events": [2, 3],
    "since=5": [6, 7],
    "query=tzid": [4],
    "query=tzid==Etc/UTC&query=from": [4],
    "query=tzid==Europe/London": [],
    "body=$.summary": [2, 3],
    "body=$.summary==Standup": [3],
    'body=$.summary=="Standup"': [3],
    "body=$.summary==standup": [],
    "body=$.attendees.invite[*].email==kim@partner.test": [2],
    "body=$.attendees.invite[?@.email=='kim@partner.test']": [2],
    "body=$..email&body=$.event_id==interview": [2],
    "body=$.grant_type==refresh_token": [6],
    "response=$.calendars[0].calendar_primary==true": [1],
    "response=$.pages.current==1": [4],
    "response=$.errors": [5],
    "fault_id=flt_1": [],
    "outage_id=out_1": [],
}


@pytest.mark.parametrize("query", FOUND)
def test_what_a_query_finds(busy: Caller, query: str) -> None:
    """All conditions hold; paths are patterns, bodies are asked by JSONPath."""
    pairs = [tuple(part.split("=", 1)) for part in query.split("&")]
    assert numbers(busy.sandbox, pairs) == FOUND[query]


def test_what_a_credential_finds(busy: Caller) -> None:
    """Calls by a client_id, a sub, or the token or secret that they carry."""
    ours = [1, 2, 3, 4, 5]
    whose = {
        busy.client_id: [1, 2, 3, 4, 5, 6, 7],
        busy.sub: ours,
        busy.token: ours,
        busy.answer["refresh_token"]: [6],
        busy.sandbox.application["client_secret"]: [6],
        "unknown": [],
    }
    found = {value: numbers(busy.sandbox, {"credential": value}) for value in whose}
    assert found == whose
    assert numbers(busy.sandbox, {"sub": busy.sub}) == ours
    assert numbers(busy.sandbox, {"client_id": "another"}) == []


def test_what_a_call_has_met(sandbox: Sandbox) -> None:
    """A fault and an outage are told apart, and each finds its calls, also while one waits."""
    token = sandbox.connect(JANE)["access_token"]
    document = {"match": {"path": "/v1/userinfo"}, "respond": {"status": 418}}
    fault_id = sandbox.control("POST", "/faults", json=document).json()["fault_id"]
    sandbox.call(token, "GET", "/v1/userinfo")
    outage_id = sandbox.control("POST", "/outages", json={"data_center": "us"}).json()["outage_id"]
    sandbox.call(token, "GET", "/v1/account")
    sandbox.authorize()
    met = [(one["status"], one["fault_id"], one["outage_id"]) for one in journal(sandbox)]
    assert met == [(418, fault_id, None), (503, None, outage_id), (503, None, outage_id)]
    assert numbers(sandbox, {"fault_id": fault_id}) == [1]
    assert numbers(sandbox, {"outage_id": outage_id}) == [2, 3]
    query = {"journal": "/v1/account", "outage_id": outage_id, "timeout": 0}
    assert sandbox.control("GET", "/wait", params=query).status_code == 200


WRONG: dict[str, str] = {
    "paths=/v1": "paths",
    "path=": "path",
    "path=/a&path=/b": "path",
    "status=20": "status",
    "status=6xx": "status",
    "method=G T": "method",
    "method=GTE": "method",
    "path=/v1/events?tzid=x": "path",
    "path=/_mock/health": "path",
    "since=-1": "since",
    "since=x": "since",
    "body=summary": "body",
    "body=$.[": "body",
    "body=": "body",
    "body=$[?match(@.a, '(a+)+b')]": "body",
    "body=$[?search(@.a, '(a+)+b')]": "body",
    "response=$" + "[0]" * 200: "response",
    "body=$[?" + "(" * 400: "body",
    "query===x": "query",
}


@pytest.mark.parametrize("query", WRONG, ids=lambda query: query[:30])
def test_what_a_query_cannot_be(sandbox: Sandbox, query: str) -> None:
    """422 with the place, what was found, and what was expected."""
    pairs = [tuple(part.split("=", 1)) for part in query.split("&")]
    assert_problems(sandbox.control("GET", "/journal", params=pairs), 422, WRONG[query])


EXPENSIVE = (
    "$..*..*..*..*",
    "$" + "[0,0,0,0]" * 40,
    "$..[?$..[?$..[?@..a]]]",
    "$" + "[*,*]" * 60,
    "$" + "[::1,::1]" * 40,
)


@pytest.mark.parametrize("path", EXPENSIVE, ids=lambda path: path[:20])
def test_an_expression_that_would_take_for_ever(jane: Caller, path: str) -> None:
    """Is given up with a 422: it blocks nobody."""
    document: Any = [1, 2]
    for _ in range(90):
        document = [document, document] if len(str(document)) < 20_000 else [document]
    jane.call("POST", jane.events, json=document)
    response = jane.sandbox.control("GET", "/journal", params={"body": f"{path}.nowhere"})
    assert_problems(response, 422, "the question")


def test_a_pattern_that_would_take_for_ever(jane: Caller) -> None:
    """Does not: wildcards are taken where they first fit."""
    jane.call("GET", "/v1/" + "a/" * 400)
    jane.call("GET", "/v1/" + "a" * 900)
    assert numbers(jane.sandbox, {"path": "/**/a" * 100 + "/z"}) == []
    assert numbers(jane.sandbox, {"path": "/v1/" + "*a" * 100 + "*z"}) == []
    assert numbers(jane.sandbox, {"path": "/v1/" + "*a" * 100}) == [2]
