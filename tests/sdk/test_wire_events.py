"""Each SDK's changes of events, sent raw, bring about what a plain request does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.emulator import Sandbox
from tests.sdk import event_wire, wire
from tests.sdk.conftest import Visit
from tests.sdk.dialects import (
    DIALECTS,
    Dialect,
    Request,
    csharp,
    node,
    php,
    pycronofy,
    ruby,
)
from tests.sdk.event_wire import WHEN, WORDS, ZONE, EventWorld, answered, external, left, written
from tests.sdk.expected import unprocessable
from tests.sdk.matching import Like
from tests.sdk.wire import REDIRECT_URI, Call, Case

DAYS = ("2026-05-13", "2026-05-15")
NOT_IN_PYTHON = "node ruby php csharp"


@pytest.fixture
def world(open_sandbox: Callable[..., Sandbox], visit: Visit) -> EventWorld:
    return EventWorld(open_sandbox(scenario=event_wire.SCENARIO), visit)


def event(sdk: Dialect, **more: Any) -> dict[str, Any]:
    return {"event_id": "a/1", **WORDS, **sdk.times(*WHEN, ZONE), **more}


def upsert(body: Callable[[Dialect], Any], **plain: Any) -> Call:
    return Call(
        lambda sdk, w: sdk.api("POST", w.path, w.token, body(sdk)),
        wire.nothing,
        202,
        written("a/1", **plain),
    )


PLACE = {"description": "Höhe 3 / Süd", "lat": "51.5", "long": "-0.12"}
MORE = {
    "location": PLACE,
    "url": "https://acme.test/plans/1",
    "reminders": [{"minutes": 30}, {"minutes": 5}],
    "reminders_create_only": True,
    "event_private": True,
    "color": "#1A73E8",
    "attendees": {"invite": [{"email": "guest@else.test", "display_name": "A Guest"}]},
    "transparency": "transparent",
}


def delete(members: Callable[[EventWorld], Any], effect: event_wire.Effect) -> Call:
    return Call(
        lambda sdk, w: sdk.api("DELETE", w.path, w.token, members(w)), wire.nothing, 202, effect
    )


def bulk(members: Callable[[EventWorld], Any], effect: event_wire.Effect) -> Call:
    return Call(
        lambda sdk, w: sdk.api("DELETE", "/v1/events", w.token, members(w)),
        wire.nothing,
        202,
        effect,
        by=NOT_IN_PYTHON,
    )


def batch(sdk: Dialect, world: EventWorld) -> Request:
    entries = [
        ("POST", event(sdk)),
        ("DELETE", {"event_id": "moved"}),
        ("DELETE", {"event_uid": world.review_uid}),
        ("POST", {**event(sdk), "summary": ""}),
    ]
    body = {"batch": [{"method": m, "relative_url": world.path, "data": d} for m, d in entries]}
    return sdk.api("POST", "/v1/batch", world.token, body)


REQUIRED = unprocessable("summary", "errors.required", "required")

WRITES = {
    "upsert": upsert(event),
    "upsert all that can be said": upsert(lambda sdk: event(sdk, **MORE), **MORE),
    "upsert days": upsert(
        lambda sdk: {"event_id": "a/1", **WORDS, **sdk.times(*DAYS, "Etc/UTC")},
        start=DAYS[0],
        end=DAYS[1],
        tzid="Etc/UTC",
    ),
    "upsert with nothing": Call(
        lambda sdk, w: sdk.api("POST", w.path, w.token, event(sdk, summary="")),
        wire.document(REQUIRED),
        422,
        left("moved"),
    ),
    "edit an external event": Call(
        lambda sdk, w: sdk.api(
            "POST",
            w.path,
            w.token,
            {"event_uid": w.review_uid, **WORDS, **sdk.times(*WHEN, ZONE)},
        ),
        wire.nothing,
        202,
        external("Planning", "Standup"),
    ),
    "delete": delete(lambda w: {"event_id": "moved"}, left()),
    "delete an external event": delete(lambda w: {"event_uid": w.review_uid}, external("Standup")),
    "delete what is no event_uid": Call(
        lambda sdk, w: sdk.api("DELETE", w.path, w.token, {"event_uid": "moved"}),
        wire.document(
            unprocessable(
                "event_uid", "errors.must_be_external_event_uid", "must be an external event uid"
            )
        ),
        422,
        left("moved"),
    ),
    "delete everything": bulk(lambda w: {"delete_all": True}, left()),
    "delete in calendars": bulk(lambda w: {"calendar_ids": [w.calendar_id, w.team_id]}, left()),
    "delete in another calendar": bulk(lambda w: {"calendar_ids": [w.team_id]}, left("moved")),
    "participation": Call(
        lambda sdk, w: sdk.api(
            "POST",
            f"{w.path}/{w.invited_uid}/participation_status",
            w.token,
            {"status": "accepted"},
        ),
        wire.nothing,
        202,
        answered("accepted"),
        by="python ruby php csharp",
    ),
    "batch": Call(
        batch,
        wire.document(
            {"batch": [{"status": 202}] * 3 + [{"status": 422, "data": REQUIRED}]},
        ),
        207,
        lambda w: left("a/1")(w) and external("Standup")(w),
    ),
    "a conferencing service": Call(
        lambda sdk, w: sdk.api(
            "POST",
            "/v1/conferencing_service_authorizations",
            w.token,
            {"redirect_uri": REDIRECT_URI, "provider_name": "zoom"},
        ),
        wire.document(
            {"authorization_request": {"url": Like(r"http://127\.0\.0\.1:\d+/conf[\w/-]+")}}
        ),
    ),
}

ODDITIES = {
    "python: delete everything, in the query": Case(
        lambda w: pycronofy("DELETE", "/v1/events?delete_all=True", w.token),
        wire.nothing,
        202,
        left(),
    ),
    "python: delete in calendars, in the query": Case(
        lambda w: pycronofy(
            "DELETE",
            f"/v1/events?calendar_ids%5B%5D={w.team_id}&calendar_ids%5B%5D={w.calendar_id}",
            w.token,
        ),
        wire.nothing,
        202,
        left(),
    ),
    "python: times with UTC and offsets": Case(
        lambda w: pycronofy(
            "POST",
            w.path,
            w.token,
            event(
                DIALECTS["python"], start="2026-05-13T09:00:00UTC", end="2026-05-13T10:00:00+00:00"
            ),
        ),
        wire.nothing,
        202,
        written("a/1"),
    ),
    "python: times as objects": Case(
        lambda w: pycronofy(
            "POST",
            w.path,
            w.token,
            {
                "event_id": "a/1",
                **WORDS,
                "start": {"time": WHEN[0], "tzid": ZONE},
                "end": {"time": WHEN[1], "tzid": ZONE},
            },
        ),
        wire.nothing,
        202,
        written("a/1"),
    ),
    "node: options of the event beside its id": Case(
        lambda w: node("DELETE", w.path, w.token, {"event_id": "moved", **WORDS, "start": None}),
        wire.nothing,
        202,
        left(),
    ),
    "node: both ids": Case(
        lambda w: node("POST", w.path, w.token, event(DIALECTS["node"], event_uid=w.review_uid)),
        wire.nothing,
        202,
        lambda w: written("a/1")(w) and external("Review", "Standup")(w),
    ),
    "node: unknown members": Case(
        lambda w: node(
            "POST",
            w.path,
            w.token,
            event(DIALECTS["node"], eventId="x", calendarId="y", bearer_token=w.token),
        ),
        wire.nothing,
        202,
        written("a/1"),
    ),
    "ruby: an empty place": Case(
        lambda w: ruby(
            "POST",
            w.path,
            w.token,
            event(DIALECTS["ruby"], location={"description": ""}, url=None, reminders=[]),
        ),
        wire.nothing,
        202,
        written("a/1", reminders=[]),
    ),
    "php: trailing slashes": Case(
        lambda w: php("POST", f"{w.path}/", w.token, event(DIALECTS["php"])),
        wire.nothing,
        202,
        written("a/1"),
    ),
    "php: delete nothing in particular": Case(
        lambda w: php("DELETE", "/v1/events", w.token),
        wire.document(unprocessable("delete_all", "errors.required", "required")),
        422,
        left("moved"),
    ),
    "php: delete no event": Case(
        lambda w: php("DELETE", w.path, w.token),
        wire.document(unprocessable("event_id", "errors.required", "required")),
        422,
        left("moved"),
    ),
    "php: an empty batch": Case(
        lambda w: php("POST", "/v1/batch", w.token, {"batch": []}),
        wire.document(unprocessable("batch", "errors.required", "required")),
        422,
    ),
    "php: no data in a batch": Case(
        lambda w: php(
            "POST",
            "/v1/batch",
            w.token,
            {"batch": [{"method": "DELETE", "relative_url": w.path, "data": []}]},
        ),
        wire.document(
            {
                "batch": [
                    {
                        "status": 422,
                        "data": unprocessable("event_id", "errors.required", "required"),
                    }
                ]
            }
        ),
        207,
    ),
    "csharp: an url taken away": Case(
        lambda w: csharp("POST", w.path, w.token, event(DIALECTS["csharp"], url=None)),
        wire.nothing,
        202,
        written("a/1"),
    ),
    "csharp: times of two zones": Case(
        lambda w: csharp(
            "POST",
            w.path,
            w.token,
            event(
                DIALECTS["csharp"],
                end={"time": "2026-05-13 10:00:00Z", "tzid": "America/New_York"},
            ),
        ),
        wire.nothing,
        202,
        written("a/1", end={"time": WHEN[1], "tzid": "America/New_York"}),
    ),
}

CASES = {**wire.in_dialects(WRITES), **ODDITIES}


@pytest.mark.parametrize("name", CASES)
def test_request(name: str, world: EventWorld, served: str) -> None:
    """The request is answered as a plain one would be, and has the same effect."""
    wire.check(CASES[name], world, served)
