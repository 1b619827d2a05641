"""Each SDK's queries for events and busy times, sent raw, are answered like plain ones."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from tests.emulator import Sandbox
from tests.sdk import event_wire, wire
from tests.sdk.conftest import Visit
from tests.sdk.dialects import (
    DIALECTS,
    Request,
    node,
    php,
    pycronofy,
    ruby,
    send,
)
from tests.sdk.event_wire import WHEN, EventWorld
from tests.sdk.wire import Case

DAYS = ("2026-05-13", "2026-05-15")
SDKS = list(DIALECTS)
NOT_IN_PYTHON = "node ruby php csharp"

Wanted = Callable[[EventWorld], dict[str, Any]]


@pytest.fixture
def world(open_sandbox: Callable[..., Sandbox], visit: Visit) -> EventWorld:
    return EventWorld(open_sandbox(scenario=event_wire.SCENARIO), visit)


# By what they ask for; each finds something.
EVENTS: dict[str, Wanted] = {
    "with managed": lambda w: {"include_managed": True},
    "without managed": lambda w: {"include_managed": False},
    "only managed": lambda w: {"only_managed": True, "include_managed": False},
    "deleted and moved": lambda w: {
        "include_managed": True,
        "include_deleted": True,
        "include_moved": True,
        "from": "2026-05-13",
        "to": "2026-05-14",
    },
    "some days": lambda w: {"include_managed": True, "from": "2026-05-14", "to": "2026-05-22"},
    "some calendars": lambda w: {
        "include_managed": True,
        "calendar_ids": [w.calendar_id, w.team_id],
    },
    "one calendar": lambda w: {"include_managed": True, "calendar_ids": [w.calendar_id]},
    "changes": lambda w: {"include_managed": True, "last_modified": "2026-05-11T08:05:00Z"},
    "places": lambda w: {"include_managed": True, "include_geo": True},
    "in Tokyo": lambda w: {"include_managed": True, "tzid": "Asia/Tokyo", "from": "2026-05-12"},
}
FREE_BUSY: dict[str, Wanted] = {
    "with managed": lambda w: {"include_managed": True},
    "without managed": lambda w: {"include_managed": False},
    "some days": lambda w: {"include_managed": True, "from": "2026-05-14", "to": "2026-05-22"},
    "some calendars": lambda w: {
        "include_managed": True,
        "calendar_ids": [w.calendar_id, w.team_id],
    },
}
# pycronofy does not have these.
MORE_FREE_BUSY: dict[str, Wanted] = {
    "everything": lambda w: {
        "include_managed": True,
        "include_ids": True,
        "include_free": True,
        "include_deleted": True,
        "last_modified": "2026-05-11T08:00:00Z",
    },
}


def read(sdk: str, kind: str, wanted: Wanted) -> Case:
    def plainly(world: EventWorld) -> Any:
        parameters = {"tzid": "Etc/UTC", **wanted(world)}
        if sdk == "csharp":
            parameters["localized_times"] = True
        pairs: list[tuple[str, Any]] = []
        for name, value in parameters.items():
            if isinstance(value, list):
                pairs += [(f"{name}[]", item) for item in value]
            else:
                pairs.append((name, str(value).lower() if isinstance(value, bool) else value))
        answer = world.plain(f"/v1/{kind}?{urlencode(pairs)}")
        assert answer[kind]
        return answer

    return Case(lambda w: DIALECTS[sdk].read(kind, w.token, wanted(w)), plainly)


READS = {
    f"{sdk}: {kind} {name}": read(sdk, kind, wanted)
    for kind, cases in (
        ("events", EVENTS),
        ("free_busy", FREE_BUSY),
        ("free_busy", MORE_FREE_BUSY),
    )
    for name, wanted in cases.items()
    for sdk in SDKS
    if cases is not MORE_FREE_BUSY or sdk in NOT_IN_PYTHON
}


def plain(query: str) -> Callable[[EventWorld], Any]:
    def answer(world: EventWorld) -> Any:
        found = world.plain(f"/v1/events?tzid=Etc/UTC&{query.format(world.calendar_id)}")
        assert found["events"]
        return found

    return answer


def given(
    sdk: Callable[..., Request], query: str, path: str = "/v1/events"
) -> Callable[[EventWorld], Request]:
    return lambda w: sdk("GET", f"{path}?{query.format(w.calendar_id)}", w.token)


MANAGED = "include_managed=true"

ODDITIES = {
    "python: from and to as times": Case(
        given(
            pycronofy,
            "tzid=Etc%2FUTC&from=2026-05-12T00%3A00%3A00Z&to=2026-05-15T00%3A00%3A00Z",
        ),
        plain("from=2026-05-12&to=2026-05-15"),
    ),
    "python: only_managed beside include_managed=False": Case(
        given(pycronofy, "tzid=Etc%2FUTC&only_managed=True&include_managed=False"),
        plain("only_managed=true"),
    ),
    "ruby: brackets not encoded": Case(
        given(ruby, f"tzid=Etc/UTC&{MANAGED}&calendar_ids[]={{}}"),
        plain(f"{MANAGED}&calendar_ids[]={{}}"),
    ),
    "php: a read with a trailing slash": Case(
        given(php, f"tzid=Etc/UTC&{MANAGED}", "/v1/events/"), plain(MANAGED)
    ),
    "field: http_build_query's booleans": Case(
        given(php, "tzid=Etc%2FUTC&include_managed=1&include_moved=1&include_deleted=0"),
        plain(f"{MANAGED}&include_moved=true"),
    ),
    "field: one calendar without brackets": Case(
        given(node, f"tzid=UTC&{MANAGED}&calendar_ids={{}}"),
        plain(f"{MANAGED}&calendar_ids[]={{}}"),
    ),
    "field: milliseconds in from and to": Case(
        given(node, "tzid=UTC&from=2026-05-12T00:00:00.000Z&to=2026-05-15T00:00:00.000Z"),
        plain("from=2026-05-12&to=2026-05-15"),
    ),
    "field: last_modified without the last letter encoded": Case(
        given(php, f"tzid=Etc/UTC&{MANAGED}&last_modified=2026-05-11T08:05:00Z"),
        plain(f"{MANAGED}&last_modified=2026-05-11T08%3A05%3A00Z"),
    ),
}

CASES = {**READS, **ODDITIES}


@pytest.mark.parametrize("name", CASES)
def test_request(name: str, world: EventWorld, served: str) -> None:
    """The request is answered as a plain one would be."""
    wire.check(CASES[name], world, served)


@pytest.mark.parametrize("kind", ["events", "free_busy"])
@pytest.mark.parametrize("sdk", SDKS)
def test_pages(
    sdk: str, kind: str, open_sandbox: Callable[..., Sandbox], visit: Visit, served: str
) -> None:
    """Pages follow one another, each 200, at addresses of the emulator whatever Host is named."""
    scenario = {**event_wire.SCENARIO, "switches": {"page_size": 1}}
    world = EventWorld(open_sandbox(scenario=scenario), visit)
    dialect = DIALECTS[sdk]
    request = dialect.read(kind, world.token, {"include_managed": True})
    found = []
    for number in (1, 2, 3, 4):
        response = send(served, request)
        assert response.status == 200
        found += response.document[kind]
        pages = response.document["pages"]
        assert (pages.pop("current"), pages.pop("total")) == (number, 4)
        if number < 4:
            address = pages.pop("next_page")
            assert address.startswith(f"{served}/v1/{kind}/pages/")
            request = dialect.api("GET", urlsplit(address).path, world.token)
        assert pages == {}
    assert len({str(entry["start"]) for entry in found}) == 4


# Exactly what the C# SDK parses (EventTimeConverter, TimestampConverter).
STAMP = r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z"
DAY = r"\d{4}-\d{2}-\d{2}"
LOCAL = STAMP[:-1] + r"(Z|[+-]\d{2}:\d{2})"


@pytest.mark.parametrize("kind", ["events", "free_busy"])
@pytest.mark.parametrize("localized", [True, False])
def test_times_that_csharp_can_read(
    kind: str, localized: bool, world: EventWorld, served: str
) -> None:
    """Whole seconds, and no other form of a time, in whatever form it was written."""
    world.write("a", start="2026-05-13T09:00:00.000Z", tzid="Asia/Kolkata")
    world.write("b", start={"time": WHEN[0], "tzid": "America/St_Johns"})
    world.write("c", start=DAYS[0], end=DAYS[1], transparency="opaque")
    wanted = {"include_managed": True, "localized_times": localized}
    response = send(served, DIALECTS["csharp"].read(kind, world.token, wanted))
    entries = response.document[kind]
    assert len(entries) == 7
    for entry in entries:
        for name in ("start", "end"):
            if localized:
                time, zone = entry[name]["time"], entry[name]["tzid"]
                assert re.fullmatch(f"{LOCAL}|{DAY}", time), time
                assert zone
            else:
                assert re.fullmatch(f"{STAMP}|{DAY}", entry[name]), entry[name]
        for name in ("created", "updated") if kind == "events" else ():
            assert re.fullmatch(STAMP, entry[name]), entry[name]
