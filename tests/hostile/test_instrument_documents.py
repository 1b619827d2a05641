"""What a test writer hands over for faults, the timeline and questions, made to do harm."""

from __future__ import annotations

import difflib
import json
from typing import Any

import pytest

from tests.hostile.test_control import check
from tests.hostile.wire import Answer, Wire


class Box:
    """A sandbox, and Jane's token."""

    def __init__(self, wire: Wire, **wanted: Any) -> None:
        self.wire = wire
        self.document = wire.open_sandbox(**wanted)
        self.base = f"/_mock/sandboxes/{self.document['sandbox_id']}"
        connected = wire.connect(self.document["sandbox_id"], email="jane@acme.test")
        self.token: str = connected["access_token"]

    def control(self, method: str, path: str, document: Any = None, **options: Any) -> Answer:
        if document is not None:
            options["body"] = json.dumps(document).encode()
        answer = self.wire.ask(method, self.base + path, **options)
        check(answer)
        return answer

    def call(self, method: str, target: str, **options: Any) -> Answer:
        return self.wire.ask(method, target, token=self.token, **options)

    def everything(self) -> dict[str, Answer]:
        """Every reading call about what a test has set up, or asked for; all of them answer."""
        paths = ("", "/snapshot", "/diff", "/faults", "/outages", "/timeline", "/switches")
        shown = ("/journal", "/journal.har", "/journal.pact", "/contract", "/inbox")
        found = {path: self.control("GET", path) for path in (*paths, *shown)}
        assert {path: a.status for path, a in found.items()} == dict.fromkeys(found, 200)
        return found


@pytest.fixture
def box(wire: Wire) -> Box:
    return Box(wire)


def deep(levels: int) -> Any:
    value: Any = 0
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("levels", [99, 100, 101, 150, 245, 250])
def test_a_body_of_a_fault_that_is_taken_is_shown_everywhere(box: Box, levels: int) -> None:
    """However deep: in the fault, as an action, and in what has become of that."""
    fault = {"respond": {"status": 500, "body": deep(levels)}}
    entry = {"at": {"minutes": 1}, "do": {"add_fault": fault}}
    expected = 201 if levels <= 100 else 422
    assert box.control("POST", "/faults", fault).status == expected
    assert box.control("POST", "/timeline", entry).status == expected
    assert box.control("POST", "/timeline", {"entries": [entry]}).status == expected
    box.control("POST", "/clock/advance", {"hours": 1})
    box.everything()


@pytest.mark.parametrize("levels", [90, 500, 1000])
def test_a_value_of_any_depth_may_be_asked_for(box: Box, levels: int) -> None:
    box.call("POST", "/v1/channels", document={"a": deep(90)})
    body = b'{"match": {"body": {"$.a": %s}}}' % (b"[" * levels + b"]" * levels)
    answer = box.control("POST", "/journal/verify", body=body)
    assert answer.status == (200 if levels <= 100 else 422)


ITEMS = {"items": [0, 1, "ab", None, True, [], {"a": {"b": 1}}], "text": "ab"}

# A JSONPath, and what it finds in them.
PATHS = [
    ("$.items[?value(@)==1]", [1]),
    ("$.items[?count(@)==2]", []),
    ("$[?count(@)==1]", [ITEMS["items"], "ab"]),
    ("$.items[?length(@)==2]", ["ab"]),
    ("$.items[?length(value(@))==2]", ["ab"]),
    ("$.items[?count(@.*)==1]", [{"a": {"b": 1}}]),
    ("$.items[?@.a.b < 1e300]", [{"a": {"b": 1}}]),
]


@pytest.mark.parametrize(("path", "found"), PATHS)
def test_functions_take_whatever_they_meet(box: Box, path: str, found: list[Any]) -> None:
    box.call("POST", "/v1/channels", document=ITEMS)
    for value in found:
        answer = box.control("POST", "/journal/verify", {"match": {"body": {path: value}}})
        assert answer.json()["verified"]
    answer = box.control("POST", "/journal/verify", {"match": {"body": path}})
    assert answer.json()["verified"] is bool(found)


@pytest.mark.parametrize(
    "path",
    [
        *(
            "",
            " ",
            "$.",
            "$[",
            "@",
            "$['",
            "$.a | $.b",
            "$..~",
            "$[?#>0]",
            "^$",
            "$.\x00",
            "\ufeff$",
        ),
        *("$[?@.a == 1e999]", "$[?@.a == " + "9" * 400 + "]", "$[1e400]", f"$[{10**20}]"),
        *('$["\\ud800"]', '$[?match(@, "(a+)+$")]', '$[?search(@, "a")]', "$[?@ =~ /a/]"),
        *("$" + "[?(" * 100, "$" + "[?@" * 150 + "]" * 150, "$." + "a" * 500),
    ],
)
def test_what_is_no_jsonpath_is_refused(box: Box, path: str) -> None:
    """With words about it, wherever it stands."""
    box.call("POST", "/v1/channels", document=ITEMS)
    for match in ({"body": path}, {"response": [path]}, {"body": {path: 1}}):
        answer = box.control("POST", "/journal/verify", {"match": match})
        (problem,) = answer.json()["errors"]
        assert answer.status == 422
        assert problem["place"].startswith("match.")
        assert "JSONPath" in problem["expected"]


@pytest.mark.parametrize(
    "path",
    [
        *("$..[?count($..*)>1]", "$..[" + ",".join("*" * 100) + "]"),
        *("$..[?$.items == $.items && count($..*) > 1]", "$[" + ",".join(["*"] * 200) + "]..*"),
    ],
)
def test_a_jsonpath_that_looks_at_too_much_is_given_up(box: Box, path: str) -> None:
    items = [[[n] for n in range(300)] for _ in range(3)]
    box.call("POST", "/v1/channels", document={"items": items})
    answer = box.control("POST", "/journal/verify", {"match": {"body": path}})
    assert answer.status == 422
    assert "look at more than" in answer.json()["errors"][0]["found"]


def test_near_misses_are_compared_at_a_bounded_cost(
    box: Box, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many checks of a journal full of what is almost right: what is told of it becomes less."""
    compared = 0

    class Counting(difflib.SequenceMatcher[str]):
        def set_seqs(self, a: Any, b: Any) -> None:
            nonlocal compared
            compared += len(a) + len(b)
            super().set_seqs(a, b)

    for number in range(60):
        values = "&".join(f"tzid={number:040d}{other:040d}" for other in range(300))
        box.call("GET", f"/v1/calendars/{number:0150d}?{values}")
    monkeypatch.setattr(difflib, "SequenceMatcher", Counting)
    match = {"path": "/v1/calendars/" + "7" * 150, "query": {"tzid": "7" * 80}}
    checks = [{"match": {**match, "status": str(400 + n)}} for n in range(50)]
    answer = box.control("POST", "/journal/verify", {"checks": checks})
    assert not answer.json()["verified"]
    assert compared <= 1_100_000
    # One alone says what came near.
    near = {"path": "/v1/calendars/" + "0" * 149 + "x", "status": "4xx"}
    answer = box.control("POST", "/journal/verify", {"match": near})
    assert answer.json()["near_misses"]


@pytest.mark.parametrize(
    ("path", "query"),
    [
        *(("/journal", f"since={since}") for since in ("9" * 5000, "-1", "1_0", "%C2%B2", "")),
        *(("/journal", f"status={status}") for status in ("true", "%D9%A3%D9%A3%D9%A3", "6xx")),
        *(("/journal", q) for q in ("nope=1", "method=GET&method=GET", "body=%ff", "query=")),
        *(("/wait", f"journal=/v1&timeout={t}") for t in ("nan", "1e400", "-1", "61")),
        *(("/wait", f"journal=/v1&count={count}") for count in ("0", "1001", "9" * 30)),
        *(("/wait", q) for q in ("", "fault=", "fault=flt_0", "fault=a&journal=b", "message=%00")),
        *(("/diff", f"since={since}") for since in ("", "%00", "snp_0", "x" * 5000)),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(box: Box, path: str, query: str) -> None:
    assert box.control("GET", f"{path}?{query}").status in {404, 422}


def test_the_control_api_has_no_faults(box: Box) -> None:
    """One that meets everything does not keep anybody from taking it back."""
    box.control("POST", "/faults", {"match": {"path": "/**"}, "respond": {"status": 599}})
    assert box.call("GET", "/v1/userinfo").status == 599
    box.everything()
    assert box.control("DELETE", "/faults").status == 204
    assert box.call("GET", "/v1/userinfo").status == 200


@pytest.mark.parametrize(
    "pattern",
    [
        *("/" + "*a" * 240, "/*a*" * 120, "/**/a" * 100, "/**/*a*" * 70, "/**" * 160),
        *("/**" + "/*" * 30 + "/x", "/{a}" * 120, "/" + "a*" * 200 + "b"),
    ],
)
def test_no_pattern_takes_long(box: Box, pattern: str) -> None:
    """A hundred of each, and paths that fit until their very end."""
    fault = {"match": {"path": pattern}, "respond": {"status": 500}}
    entry = {"when": {"request": f"* {pattern}"}, "do": {"clear_journal": {}}}
    assert box.control("POST", "/faults", {"faults": [fault] * 50}).status == 201
    assert box.control("POST", "/timeline", {"entries": [entry] * 50}).status == 201
    for path in ("/v1/" + "a" * 3000, "/a" * 1500, "/" * 3000, "/aaaa" * 600 + "b"):
        assert box.call("GET", path).status in {404, 500}


def test_entries_that_trigger_each_other_come_to_an_end(box: Box) -> None:
    """Each mail disconnects a profile, of which a mail tells: as often as they were asked to."""
    happens = [
        {"disconnect_profile": {"person": "jane@acme.test"}},
        {"reconnect_profile": {"person": "jane@acme.test"}},
    ]
    entry = {"when": {"mail": "jane@acme.test", "times": 50}, "do": happens}
    box.control("POST", "/timeline", {"entries": [entry] * 3})
    box.control("POST", "/actions", {"disconnect_profile": {"person": "jane@acme.test"}})
    box.control("POST", "/clock/advance", {"seconds": 1})
    entries = box.control("GET", "/timeline").json()["entries"]
    assert [entry["state"] for entry in entries] == ["done"] * 3
    assert [entry["when"]["met"] for entry in entries] == [50] * 3
    assert [len(entry["happened"]) for entry in entries] == [100] * 3


def test_an_action_that_fails_ends_its_entry_alone(box: Box) -> None:
    """What it could not do is in the entry; the next entry, and the call, go on."""
    fails = {"delete_event": {"person": "jane@acme.test", "summary": "<b>\x1b[31m"}}
    when = {"request": "GET /v1/userinfo", "times": 3}
    entries = [
        {"when": when, "do": [fails, {"clear_journal": {}}]},
        {"when": when, "do": {"make_calendar": {"person": "jane@acme.test", "name": "New"}}},
    ]
    box.control("POST", "/timeline", {"entries": entries})
    assert [box.call("GET", "/v1/userinfo").status for _ in range(2)] == [200, 200]
    failed, other = box.control("GET", "/timeline").json()["entries"]
    assert (failed["state"], [one["action"] for one in failed["happened"]]) == (
        *("failed", ["delete_event"]),
    )
    assert failed["happened"][0]["errors"]
    assert len(other["happened"]) == 2
    assert len(box.control("GET", "/journal").json()["requests"]) == 2
    box.everything()
