"""Events that are sound in form and out of all proportion: series, nesting, times, zones.

Each is written into a provider's calendar and into a Cronofy calendar, and whatever is
taken is read back by everything that shows it.
"""

from __future__ import annotations

import json
from time import process_time
from typing import Any
from urllib.parse import urlencode

import pytest

from mock_server.rules import time_zones
from tests.hostile.strategies import TEXTS, nested
from tests.hostile.wire import Answer, Wire, check_manners
from tests.hostile.worlds import EVENT, World

# Seconds of work, far above what is needed: what these prevent took minutes.
PATIENCE = 0.5

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EVERY_NTH = [{"day": day, "nth_of_period": nth} for day in DAYS for nth in range(-53, 54) if nth]

RULES: dict[str, dict[str, Any]] = {
    "every day, without end": {"frequency": "daily"},
    "each seventh day, if it is a Tuesday": {"frequency": "daily", "interval": 7},
    "the same, counted": {"frequency": "daily", "interval": 7, "count": 10_000},
    "a fifth Monday in a February that has none": {
        "frequency": "monthly",
        "interval": 48,
        "count": 10_000,
        "by_day": [{"day": "monday", "nth_of_period": 5}],
    },
    "a 53rd Monday": {
        "frequency": "yearly",
        "interval": 28,
        "count": 10_000,
        "by_day": [{"day": "monday", "nth_of_period": 53}],
    },
    "a hundred days in a year": {"frequency": "yearly", "count": 10_000, "by_day": EVERY_NTH[:100]},
    "Mondays, counted": {"frequency": "daily", "count": 10_000, "by_day": ["monday"]},
    "every ten thousand years": {"frequency": "yearly", "interval": 10_000},
    "over before it began": {"frequency": "daily", "until": "0001-01-01"},
    "until the end of time": {"frequency": "weekly", "until": "9999-12-31"},
}
RULES["each seventh day, if it is a Tuesday"]["by_day"] = ["tuesday"]
RULES["the same, counted"]["by_day"] = ["tuesday"]


@pytest.fixture(scope="module")
def world(wire: Wire) -> World:
    return World(wire)


@pytest.fixture(autouse=True)
def first_moment(world: World) -> None:
    world.reset()


class Writing:
    """Somebody with a provider's calendar, or with a Cronofy calendar."""

    def __init__(self, world: World, person: int) -> None:
        self.world, self.wire = world, world.wire
        self.token = world.tokens[person]
        self.email = ("rita@acme.test", "fred@acme.test")[person]
        self.path = f"/v1/calendars/{world.calendar_of(self.email)}/events"

    def write(self, **changes: Any) -> Answer:
        content = json.dumps({**EVENT, "event_id": "new", **changes}).encode()
        return self.send(content)

    def send(self, content: bytes) -> Answer:
        """Whatever is refused changes nothing; whatever is taken can be written again."""
        before = self.world.sandbox.state()
        headers = [("content-type", "application/json")]
        answer = self.wire.ask("POST", self.path, token=self.token, body=content, headers=headers)
        check_manners(answer)
        assert answer.status in {202, 422}, answer
        if answer.status == 422:
            assert self.world.sandbox.state() == before
            return answer
        before = self.world.sandbox.state()
        again = self.wire.ask("POST", self.path, token=self.token, body=content, headers=headers)
        assert again.status == 202, again
        assert self.world.sandbox.state() == before
        self.shown()
        return answer

    def shown(self) -> None:
        """Wherever the event stands, it can be shown; a snapshot of it can be put back."""
        base = f"/_mock/sandboxes/{self.world.sandbox_id}"
        snapshot = self.wire.ask("GET", f"{base}/snapshot")
        assert snapshot.status == 200, snapshot
        assert self.wire.ask("PUT", f"{base}/snapshot", body=snapshot.body).status == 200
        assert self.wire.ask("GET", f"{base}/snapshot").body == snapshot.body
        targets = [f"{base}/people/{self.email}/events", f"{base}/inbox"]
        for window in ({}, {"from": "1900-01-01", "to": "2100-12-31"}):
            query = {"tzid": "Asia/Tokyo", "include_managed": "true", "include_geo": "true"}
            query |= {"include_deleted": "true", "localized_times": "true", **window}
            targets += [f"/v1/events?{urlencode(query)}", f"/v1/free_busy?{urlencode(query)}"]
        if self.world.sandbox.messages:
            targets += [f"{base}/inbox/latest{suffix}" for suffix in ("", ".eml", ".ics")]
        for target in targets:
            token = self.token if target.startswith("/v1/") else None
            if target.startswith("/v1/events") and self.email.startswith("fred"):
                continue  # without the scope to read them
            started = process_time()
            answer = self.wire.ask("GET", target, token=token)
            assert process_time() - started < PATIENCE, target
            check_manners(answer)
            assert answer.status == 200, (target, answer)


@pytest.fixture(params=(0, 1), ids=("provider", "hosted"))
def writing(request: pytest.FixtureRequest, world: World) -> Writing:
    return Writing(world, request.param)


@pytest.mark.parametrize("rule", RULES)
def test_no_series_takes_long(writing: Writing, rule: str) -> None:
    """Not even where its days never come, or come every day for two hundred years."""
    exceptions = [{"date": f"{1900 + n // 12}-{n % 12 + 1:02}-01"} for n in range(1000)]
    recurrence = {"rules": [RULES[rule]], "exceptions": {"add": exceptions}}
    first = {"start": "1901-02-01T00:00:00Z", "end": "1901-02-01T00:30:00Z"}
    assert writing.write(**first, recurrence=recurrence).status == 202


def test_a_series_is_found_two_thousand_times(world: World) -> None:
    rita = Writing(world, 0)
    rita.wire.ask("DELETE", "/v1/events", token=rita.token, document={"delete_all": True})
    first = {"start": "1900-01-01T00:00:00Z", "end": "2100-01-01T00:00:00Z"}
    recurrence = {"rules": [{"frequency": "daily"}]}
    assert rita.write(**first, recurrence=recurrence).status == 202
    target = "/v1/events?tzid=Etc/UTC&from=1900-01-01&to=2100-12-31&only_managed=true"
    answer = rita.wire.ask("GET", target, token=rita.token)
    assert answer.json()["pages"]["total"] == 2000 // world.sandbox.switches.page_size


@pytest.mark.parametrize("listed", ["by_day", "exceptions"])
def test_no_rule_is_longer_than_it_needs(writing: Writing, listed: str) -> None:
    many: dict[str, Any] = {"rules": [{"frequency": "weekly", "by_day": ["monday"] * 101}]}
    place = "recurrence.rules[0].by_day"
    if listed == "exceptions":
        many = {"rules": [{"frequency": "daily"}]}
        many["exceptions"] = {"add": [{"date": "2026-05-13"}] * 1001}
        place = "recurrence.exceptions.add"
    answer = writing.write(recurrence=many)
    assert list(answer.json()["errors"]) == [place]
    assert answer.json()["errors"][place][0]["key"] == "errors.too_many"


@pytest.mark.parametrize("nth", [6, -6, 0, 10**9, True, 1.5, "1", [1], {}])
def test_no_month_has_a_sixth_monday(writing: Writing, nth: object) -> None:
    """What the API takes, a snapshot takes back."""
    rule = {"frequency": "monthly", "by_day": [{"day": "monday", "nth_of_period": nth}]}
    answer = writing.write(recurrence={"rules": [rule]})
    assert answer.status == 422, answer
    assert list(answer.json()["errors"]) == ["recurrence.rules[0].by_day[0].nth_of_period"]


@pytest.mark.parametrize("depth", [97, 98, 101, 250, 1000, 1020])
@pytest.mark.parametrize(
    "place", ["event_classes", "location.lat", "start", "recurrence.rules", "unknown"]
)
def test_no_body_is_deeper_than_anybody_can_go(writing: Writing, place: str, depth: int) -> None:
    """What is taken can be compared, kept and shown; nothing takes more than Ruby does."""
    name, _, inside = place.partition(".")
    deep = b"[" * depth + b"]" * depth
    value = b'{"%s":%s}' % (inside.encode(), deep) if inside else deep
    body = json.dumps({**EVENT, "event_id": "new"}).encode()[:-1]
    answer = writing.send(b'%s,"%s":%s}' % (body, name.encode(), value))
    if depth > 100:
        assert "100 levels" in (answer.header("mock-cronofy-hint") or "")


@pytest.mark.parametrize("body", [{"delete_all": nested(900)}, {"calendar_ids": nested(900)}])
def test_no_other_body_is_either(world: World, body: Any) -> None:
    answer = world.wire.ask("DELETE", "/v1/events", token=world.tokens[0], document=body)
    assert answer.status == 422, answer


@pytest.mark.parametrize("text", TEXTS)
def test_words_of_every_kind(writing: Writing, text: str) -> None:
    """In summaries, names and places: they get into mails and calendars as what they are."""
    said = {"summary": text or "x", "description": text, "location": {"description": text}}
    guests = [{"email": "guest@partner.test", "display_name": text}]
    writing.write(**said, attendees={"invite": guests})


@pytest.mark.parametrize(
    "tzid",
    [
        *("../etc/passwd", "/etc/passwd", "..", "localtime", "posixrules", "right/UTC"),
        *("europe/london", "Europe", "CET\0", "Factory", "GB-Eire", "Africa/Monrovia"),
        *("Pacific/Kiritimati", "Etc/GMT+12", "Pacific/Apia", "America/Coyhaique"),
    ],
)
@pytest.mark.parametrize(
    "span",
    [
        ("1900-01-01T00:00:00", "2100-12-31T23:59:59"),
        ("2026-03-29T01:30:00", "2026-10-25T01:30:00"),
        ("2011-12-30T12:00:00", "2011-12-30T12:00:00"),
        ("1900-01-01T00:00:00+23:59", "2100-12-31T23:59:59-23:59"),
    ],
    ids=str,
)
def test_zones_and_times(writing: Writing, tzid: str, span: tuple[str, str]) -> None:
    """A zone is known or it is not; every time that clocks show, or never show, is one."""
    answer = writing.write(tzid=tzid, start=span[0], end=span[1])
    known = tzid in time_zones.names()
    assert answer.status == (202 if known else 422), answer
