"""Each SDK's queries for availability, sent raw, find what a plain query finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.emulator import Sandbox
from tests.sdk import availability_wire, wire
from tests.sdk.availability_wire import (
    FORMS,
    HOUR,
    NUMBERS,
    TEXTS,
    AvailabilityWorld,
    Form,
    Members,
    a_sequence,
    an_hour,
    both,
    exact,
    group,
    in_sequence,
    managed,
    of_a_member,
    of_both,
    one_of_two,
    overlapping,
    with_buffers,
    with_one_of_two,
)
from tests.sdk.conftest import Visit
from tests.sdk.dialects import Request, csharp, node, php, pycronofy, ruby
from tests.sdk.expected import unprocessable
from tests.sdk.team import item, period, time
from tests.sdk.wire import Answer, Case

SEQUENCES = "/v1/sequenced_availability"
QUERY = "/v1/availability"
NOT_IN_CSHARP = "python node ruby php"


@pytest.fixture
def world(open_sandbox: Callable[..., Sandbox], visit: Visit) -> AvailabilityWorld:
    return AvailabilityWorld(open_sandbox(scenario=availability_wire.SCENARIO), visit)


NOBODY = "acc_000000000000000000000000"
NOBODY_KNOWN = unprocessable(
    "participants[0].members[0].sub",
    "errors.not_recognized",
    f"{NOBODY!r} has not authorized this application",
)
FREE = ("09:00-10:00", "11:00-12:00", "13:00-17:00")


@dataclass(frozen=True)
class Asked:
    """What is asked, what is found, and which of the SDKs can ask it."""

    members: Members
    answer: Answer
    by: str = wire.ALL
    status: int = 200
    path: str = QUERY


ASKED = {
    "two people": Asked(an_hour, of_both(*FREE)),
    "several periods": Asked(
        lambda f, w: an_hour(f, w, **f.when(period("09:00-11:00"), period("13:00-14:00"))),
        of_both("09:00-10:00", "13:00-14:00"),
    ),
    "one of two": Asked(one_of_two, with_one_of_two),
    "a member's times and calendars": Asked(of_a_member, of_both("09:00-10:00", "11:00-12:00")),
    "buffers and an interval": Asked(with_buffers, of_both("14:00-17:00")),
    "managed availability": Asked(
        managed,
        lambda w: {"available_periods": [item("11:00-15:00", w.jane_sub)]},
    ),
    "few results": Asked(lambda f, w: an_hour(f, w, max_results=2), of_both(*FREE[:2])),
    "slots": Asked(
        lambda f, w: an_hour(f, w, response_format="slots", max_results=3),
        of_both(*FREE[:2], "13:00-14:00", named="available_slots"),
        NOT_IN_CSHARP,
    ),
    "overlapping slots": Asked(
        overlapping,
        of_both("11:00-12:00", "13:00-14:00", "13:30-14:30", named="available_slots"),
        NOT_IN_CSHARP,
    ),
    "exact times": Asked(exact, of_both("09:00-10:00", "13:15-14:15"), NOT_IN_CSHARP),
    "nobody": Asked(
        lambda f, w: an_hour(f, w, participants=[]),
        wire.document(unprocessable("participants", "errors.required", "required")),
        status=422,
    ),
    "nobody known": Asked(
        lambda f, w: an_hour(f, w, participants=[group(NOBODY)]),
        wire.document(NOBODY_KNOWN),
        status=422,
    ),
    # The PHP SDK has no method for them.
    "a sequence": Asked(a_sequence, in_sequence(*TEXTS), "python node csharp", path=SEQUENCES),
    "a numbered sequence": Asked(a_sequence, in_sequence(*NUMBERS), "ruby", path=SEQUENCES),
}


def asked(form: Form, wanted: Asked) -> Case:
    return Case(
        lambda w: form.post(wanted.path, w, wanted.members(form, w)), wanted.answer, wanted.status
    )


QUERIES = {
    f"{sdk}: {name}": asked(FORMS[sdk], wanted)
    for name, wanted in ASKED.items()
    for sdk in wanted.by.split()
}


def plain(**changes: Any) -> Callable[[Any], dict[str, Any]]:
    """A query as the documentation has it, with ``changes``."""
    return lambda w: an_hour(FORMS["ruby"], w, **changes)


def token(sdk: Callable[..., Request], body: Callable[[Any], Any], path: str = QUERY) -> Any:
    """Shown Jane's access token."""
    return lambda w: sdk("POST", path, w.token, body(w))


def key(sdk: Callable[..., Request], body: Callable[[Any], Any], path: str = QUERY) -> Any:
    """Shown the application's secret."""
    return lambda w: sdk("POST", path, w.client_secret, body(w))


def required(field: str) -> Answer:
    return wire.document(unprocessable(field, "errors.required", "required"))


def invalid(field: str, description: str) -> Answer:
    return wire.document(unprocessable(field, "errors.invalid", description))


def times(start: str, end: str) -> Callable[[Any], dict[str, Any]]:
    return plain(query_periods=[{"start": start, "end": end}])


ALL_DAY = of_both(*FREE)

ODDITIES = {
    "python: no duration": Case(
        token(pycronofy, plain(required_duration=[])),
        required("required_duration"),
        422,
    ),
    "python: no periods": Case(
        token(
            pycronofy, lambda w: {"participants": both(w), "required_duration": HOUR, "buffer": {}}
        ),
        required("query_periods"),
        422,
    ),
    "python: buffers and an interval of null": Case(
        token(pycronofy, plain(start_interval=None, buffer={"before": None, "after": {}})),
        ALL_DAY,
    ),
    "node: the secret as bearer_token, in the body too": Case(
        lambda w: node("POST", QUERY, w.client_secret, plain(bearer_token=w.client_secret)(w)),
        ALL_DAY,
    ),
    "node: a Bearer of nothing": Case(
        lambda w: node("POST", QUERY, body=plain()(w)), wire.nothing, 401
    ),
    "ruby: the access token where there is one": Case(token(ruby, plain()), ALL_DAY),
    "ruby: no members": Case(
        key(ruby, plain(participants=[{"members": [], "required": "all"}])),
        required("participants[0].members"),
        422,
    ),
    "php: client credentials beside the secret": Case(
        lambda w: php("POST", QUERY, w.client_secret, plain(**w.credentials)(w)), ALL_DAY
    ),
    "php: no duration": Case(
        key(php, plain(required_duration=None)), required("required_duration"), 422
    ),
    "php: an empty buffer": Case(key(php, plain(buffer=[])), ALL_DAY),
    "php: member statuses": Case(
        key(php, plain(include_member_statuses=True, max_results=1)),
        lambda w: {
            **of_both(FREE[0])(w),
            "member_statuses": [
                {"sub": sub, "sync_status": "active"} for sub in (w.jane_sub, w.ben_sub)
            ],
        },
    ),
    "php: events that are to be moved": Case(
        key(php, plain(excluded_events=[{"event_id": "none"}, {"event_uid": "none"}])), ALL_DAY
    ),
    "php: exact times beside periods": Case(
        key(php, plain(query_slots=[{"start": time("09:00")}])),
        invalid("query_slots", "must not be beside query_periods"),
        422,
    ),
    "ruby: periods under both names": Case(
        key(ruby, plain(available_periods=[period("09:00-12:00")])),
        invalid("query_periods", "must not be given under both names"),
        422,
    ),
    "csharp: nothing said of how many": Case(
        token(csharp, lambda w: plain(participants=[{"members": both(w)[0]["members"]}])(w)),
        ALL_DAY,
    ),
    "csharp: no periods added": Case(
        token(
            csharp,
            lambda w: {
                "participants": both(w),
                "required_duration": HOUR,
                "available_periods": [],
            },
        ),
        required("query_periods"),
        422,
    ),
    "field: numbers as texts": Case(
        lambda w: key(
            ruby,
            plain(
                participants=[group(w.jane_sub, w.ben_sub, required="2")],
                required_duration={"hours": "1", "minutes": "0"},
                start_interval={"minutes": "60"},
            ),
        )(w),
        ALL_DAY,
    ),
    "field: times with an offset": Case(
        key(ruby, times("2026-05-12T11:00:00+02:00", "2026-05-12T17:00:00+00:00")), ALL_DAY
    ),
    "field: times with milliseconds": Case(
        key(node, times("2026-05-12T09:00:00.000Z", "2026-05-12 17:00:00Z")), ALL_DAY
    ),
    "field: what is unknown": Case(
        key(ruby, plain(tzid="Asia/Tokyo", sequence_title="x", event={"start": None})), ALL_DAY
    ),
    "field: trailing slash": Case(key(php, plain(), f"{QUERY}/"), ALL_DAY),
}

CASES = {**QUERIES, **ODDITIES}


@pytest.mark.parametrize("name", CASES)
def test_request(name: str, world: AvailabilityWorld, served: str) -> None:
    """The request finds what a plain one would."""
    wire.check(CASES[name], world, served)
