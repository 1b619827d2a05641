"""Outages of a calendar provider, and of one of Cronofy's data centers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.control import assert_problems
from tests.contract.documents import Document, Like
from tests.emulator import Sandbox, redirected

Open = Callable[..., Sandbox]
CLOCK = "2026-05-11T08:00:00Z"
JANE, KIM = "jane@acme.test", "kim@acme.test"
TIMES = {"start": "2026-05-12T11:00:00Z", "end": "2026-05-12T12:00:00Z"}
OUTAGE_ID = Like(r"out_[0-9a-f]{24}")


@pytest.fixture
def world(open_sandbox: Open) -> Sandbox:
    """Jane is at Google, Kim at Microsoft; both are connected."""
    people = [
        {"email": JANE, "name": "Jane", "zoneinfo": "Etc/UTC"},
        {"email": KIM, "name": "Kim", "zoneinfo": "Etc/UTC", "provider": "office365"},
    ]
    scenario = {"people": people, "connected": [{"person": JANE}, {"person": KIM}]}
    return open_sandbox(scenario=scenario, clock=CLOCK)


def begin(sandbox: Sandbox, **outage: Any) -> Document:
    answer = sandbox.control("POST", "/outages", json=outage)
    assert answer.status_code == 201, answer.text
    document: Document = answer.json()
    return document


def end(sandbox: Sandbox, outage: Document) -> None:
    answer = sandbox.control("DELETE", f"/outages/{outage['outage_id']}")
    assert answer.status_code == 204, answer.text


def connected(sandbox: Sandbox, email: str) -> Document:
    found: Document = next(c for c in sandbox.document["connected"] if c["email"] == email)
    return found


def call(sandbox: Sandbox, email: str, method: str, path: str, **more: Any) -> Any:
    """A call for somebody; ``{calendar}`` is their primary one."""
    found = connected(sandbox, email)
    calendar = found["profiles"][0]["profile_calendars"][0]["calendar_id"]
    return sandbox.call(found["access_token"], method, path.format(calendar=calendar), **more)


def write(sandbox: Sandbox, email: str = JANE, **more: Any) -> int:
    event = {"event_id": "lunch", "summary": "Lunch", **TIMES, **more}
    path = "/v1/calendars/{calendar}/events"
    status: int = call(sandbox, email, "POST", path, json=event).status_code
    return status


def at_cronofy(sandbox: Sandbox, email: str = JANE) -> list[str]:
    query = {"from": "2026-05-11", "to": "2026-05-20", "tzid": "Etc/UTC", "include_managed": True}
    answer = call(sandbox, email, "GET", "/v1/events", params=query)
    return sorted(event["summary"] for event in answer.json()["events"])


def at_provider(sandbox: Sandbox, email: str = JANE) -> list[str]:
    listed = sandbox.control("GET", f"/people/{email}/events").json()["events"]
    return sorted(event["summary"] for event in listed)


def test_what_an_application_writes_waits(world: Sandbox) -> None:
    """It is accepted and read back; the provider gets it when the outage is over."""
    assert write(world, event_id="before", summary="Before") == 202
    outage = begin(world, provider="google")
    assert write(world) == 202
    assert write(world, summary="Late lunch") == 202
    assert write(world, event_id="before", summary="Before noon") == 202
    assert at_cronofy(world) == ["Before noon", "Late lunch"]
    assert at_provider(world) == ["Before"]
    end(world, outage)
    assert at_provider(world) == at_cronofy(world) == ["Before noon", "Late lunch"]


def test_what_an_application_deletes_waits(world: Sandbox) -> None:
    """So does what is deleted; what came and went meanwhile, the provider never sees."""
    write(world)
    outage = begin(world, provider="google")
    write(world, event_id="short", summary="Short-lived")
    for event_id in ("lunch", "short"):
        gone = {"event_id": event_id}
        assert call(world, JANE, "DELETE", "/v1/calendars/{calendar}/events", json=gone).is_success
    assert (at_cronofy(world), at_provider(world)) == ([], ["Lunch"])
    end(world, outage)
    assert (at_cronofy(world), at_provider(world)) == ([], [])


def test_what_people_do_is_seen_later(world: Sandbox) -> None:
    """Cronofy answers what it had before."""
    outage = begin(world, provider="google")
    world.control("POST", f"/people/{JANE}/events", json={"summary": "Dentist", **TIMES})
    assert at_cronofy(world) == []
    end(world, outage)
    assert at_cronofy(world) == ["Dentist"]


def test_other_providers_go_on(world: Sandbox) -> None:
    """An outage is of one provider."""
    begin(world, provider="google")
    assert write(world, KIM) == 202
    assert at_provider(world, KIM) == ["Lunch"]


def test_a_window_ends_by_itself(world: Sandbox) -> None:
    """As the clock moves; what waited follows at that moment."""
    window = {"from": {"minutes": 10}, "until": {"minutes": 20}}
    outage = begin(world, provider="google", window=window)
    assert outage == {
        "outage_id": OUTAGE_ID,
        "provider": "google",
        "window": {"from": "2026-05-11T08:10:00Z", "until": "2026-05-11T08:20:00Z"},
        "on": False,
    }
    assert write(world, event_id="1", summary="1") == 202
    assert at_provider(world) == ["1"]
    world.advance(minutes=10)
    path = f"/outages/{outage['outage_id']}"
    assert world.control("GET", path).json() == {**outage, "on": True}
    assert write(world, event_id="2", summary="2") == 202
    assert at_provider(world) == ["1"]
    happened = world.advance(minutes=10)["happened"]
    assert {
        "happened": "recover_provider",
        "subject": [outage["outage_id"]],
        "at": "2026-05-11T08:20:00Z",
    } in happened
    assert at_provider(world) == ["1", "2"]
    assert world.control("GET", "/outages").json() == {"outages": [outage]}


def test_two_outages_of_one_provider(world: Sandbox) -> None:
    """Only when the last is over does anything pass."""
    first, second = begin(world, provider="google"), begin(world, provider="google")
    write(world)
    end(world, first)
    assert at_provider(world) == []
    end(world, second)
    assert at_provider(world) == ["Lunch"]


def test_a_reset_ends_it(world: Sandbox) -> None:
    """As it was not there at first."""
    begin(world, provider="google")
    world.control("POST", "/reset")
    assert world.control("GET", "/outages").json() == {"outages": []}
    write(world)
    assert at_provider(world) == ["Lunch"]


def test_conferencing_stays_pending(world: Sandbox) -> None:
    """No link and no failure until the outage is over; then the link comes by itself."""
    outage = begin(world, provider="google")
    write(world, conferencing={"profile_id": "integrated"})
    world.advance(minutes=10)
    (event,) = (
        event
        for event in call(
            world,
            JANE,
            "GET",
            "/v1/events",
            params={
                "from": "2026-05-11",
                "to": "2026-05-20",
                "include_managed": True,
                "tzid": "Etc/UTC",
            },
        ).json()["events"]
    )
    assert "meeting_url" not in event
    end(world, outage)
    world.advance(minutes=1)
    (event,) = world.control("GET", f"/people/{JANE}/events").json()["events"]
    assert event["managed"]["conferencing"]["state"] == "assigned"


def test_nobody_connects(open_sandbox: Open) -> None:
    """Who signs in there goes back with an error; who signs in elsewhere does not."""
    people = [
        {"email": JANE, "name": "Jane", "consent": {"authorize": "allow"}, "zoneinfo": "Etc/UTC"}
    ]
    sandbox = open_sandbox(scenario={"people": people})
    outage = begin(sandbox, provider="google")
    back = redirected(sandbox.authorize(state="s"))
    assert back == {
        "error": "temporarily_unavailable",
        "error_description": f"Google is out of order: outage {outage['outage_id']}",
        "state": "s",
    }
    end(sandbox, outage)
    begin(sandbox, provider="apple")
    assert set(redirected(sandbox.authorize(state="s"))) == {"code", "state"}


def test_no_calendar_is_made(world: Sandbox) -> None:
    """Cronofy would have to make it at the provider."""
    found = connected(world, JANE)["profiles"][0]["profile_id"]
    begin(world, provider="google")
    answer = call(world, JANE, "POST", "/v1/calendars", json={"profile_id": found, "name": "Trips"})
    assert answer.status_code == 423


def test_nobody_relinks(world: Sandbox) -> None:
    """The page says so, and the profile stays as it was."""
    profile = connected(world, JANE)["profiles"][0]["profile_id"]
    lapsed = world.control("POST", f"/profiles/{profile}/disconnect").json()
    outage = begin(world, provider="google")
    assert world.http.post(lapsed["profile_relink_url"]).status_code == 503
    end(world, outage)
    assert world.http.post(lapsed["profile_relink_url"]).status_code == 200


def test_a_data_center(open_sandbox: Open) -> None:
    """Its applications get no answer but 503, from the API and from pages; others do."""
    applications = [
        {"client_id": f"outage-{where}", "client_secret": f"secret-{where}", "data_center": where}
        for where in ("de", "us")
    ]
    sandbox = open_sandbox(
        scenario={
            "applications": applications,
            "people": [{"email": JANE, "name": "Jane", "zoneinfo": "Etc/UTC"}],
        }
    )
    shown = {a["client_id"]: a["data_center"] for a in sandbox.document["applications"]}
    assert list(shown.values()) == ["de", "us"]
    tokens = [sandbox.connect(JANE, client_id=c)["access_token"] for c in shown]

    def statuses() -> list[int]:
        return [
            status
            for client_id, token in zip(shown, tokens, strict=True)
            for status in (
                sandbox.call(token, "GET", "/v1/account").status_code,
                sandbox.authorize(client_id=client_id).status_code,
            )
        ]

    outage = begin(sandbox, data_center="de")
    assert outage == {"outage_id": OUTAGE_ID, "data_center": "de", "on": True}
    assert statuses() == [503, 503, 200, 200]
    answer = sandbox.call(tokens[0], "GET", "/v1/account")
    hint = f"outage {outage['outage_id']} of data center de"
    assert (answer.content, answer.headers["mock-cronofy-hint"]) == (b"", hint)
    assert sandbox.control("DELETE", "/outages").status_code == 204
    assert statuses() == [200, 200, 200, 200]


def test_outages_of_a_scenario(open_sandbox: Open) -> None:
    """They begin with it."""
    scenario = {
        "people": [{"email": JANE, "name": "Jane", "zoneinfo": "Etc/UTC"}],
        "connected": [{"person": JANE}],
        "outages": [{"provider": "google"}],
    }
    sandbox = open_sandbox(scenario=scenario, clock=CLOCK)
    assert write(sandbox) == 202
    assert at_provider(sandbox) == []
    assert sandbox.control("DELETE", "/outages").status_code == 204
    assert at_provider(sandbox) == ["Lunch"]


WRONG: dict[str, tuple[Document, str]] = {
    "nothing": ({}, "the document"),
    "both": ({"provider": "google", "data_center": "us"}, "the document"),
    "an unknown provider": ({"provider": "none"}, "provider"),
    "an unknown data center": ({"data_center": "fr"}, "data_center"),
    "a window that is over": (
        {"provider": "google", "window": {"until": "2026-05-11T08:00:00Z"}},
        "window.until",
    ),
    "an empty window": ({"provider": "google", "window": {}}, "window"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_outage(world: Sandbox, case: str) -> None:
    document, place = WRONG[case]
    assert_problems(world.control("POST", "/outages", json=document), 422, place)


def test_an_outage_that_there_is_not(world: Sandbox) -> None:
    assert_problems(world.control("GET", "/outages/out_x"), 404, "outage_id")
    assert_problems(world.control("DELETE", "/outages/out_x"), 404, "outage_id")
