"""events.md §§2.4, 2.5, 9.3: conferencing in events, and its templates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.contract.documents import Document, Like, errors, person
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]

JANE = "jane@acme.test"
CLOCK = "2026-05-11T08:00:00Z"
PENDING = {"pending": True}
JOIN_URLS = {
    "zoom": Like(r"https://zoom\.us/j/\d{11}"),
    "go_to": Like(r"https://meet\.goto\.com/\d{9}"),
    "ms_teams": Like(
        r"https://teams\.microsoft\.com/l/meetup-join/19%3Ameeting_[0-9a-f]{12}%40thread\.v2/0"
    ),
    "google_meet": Like(r"https://meet\.google\.com/[a-z]{3}-[a-z]{4}-[a-z]{3}"),
    "webex": Like(r"https://meet\.webex\.com/meet/pr\d{10}"),
}
EXPLICIT = {
    "profile_id": "explicit",
    "provider_description": "Jitsi",
    "join_url": "https://meet.jit.si/standup",
}


def assigned(provider_name: str) -> Document:
    return {"provider_name": provider_name, "join_url": JOIN_URLS[provider_name]}


class Jane:
    """Jane with conferencing services, and one calendar to write events into."""

    def __init__(self, open_sandbox: Open, *services: str | Document, **how: Any) -> None:
        named = [{"provider_name": s} if isinstance(s, str) else s for s in services]
        jane = person(provider=how.pop("provider", "google"), conferencing=named)
        self.sandbox = open_sandbox(clock=CLOCK, scenario={"people": [jane]})
        answer = self.sandbox.connect(JANE, **how)
        self.token: str = answer["access_token"]
        self.refresh_token: str = answer["refresh_token"]
        data = answer["userinfo"]["cronofy.data"]
        self.services = {
            profile["provider_name"]: profile["profile_id"]
            for profile in data["conferencing_profiles"]
        }
        self.profile_id: str = data["profiles"][0]["profile_id"]
        (self.calendar_id,) = (
            calendar["calendar_id"]
            for profile in data["profiles"]
            for calendar in profile["profile_calendars"]
            if not calendar["calendar_readonly"]
        )

    @property
    def path(self) -> str:
        return f"/v1/calendars/{self.calendar_id}/events"

    def post(self, wanted: str | Document | None, **members: Any) -> httpx.Response:
        """Upsert the event with the ``conferencing`` that is wanted; None leaves it out."""
        body = {
            "event_id": "standup",
            "summary": "Standup",
            "start": "2026-05-12T09:00:00Z",
            "end": "2026-05-12T09:30:00Z",
            **members,
        }
        if wanted is not None:
            body["conferencing"] = {"profile_id": wanted} if isinstance(wanted, str) else wanted
        return self.sandbox.call(self.token, "POST", self.path, json=body)

    def write(self, wanted: str | Document | None, **members: Any) -> None:
        response = self.post(wanted, **members)
        assert (response.status_code, response.content) == (202, b""), response.text

    def refused(self, wanted: Document | str, fields: dict[str, str], **members: Any) -> None:
        response = self.post(wanted, **members)
        assert (response.status_code, response.json()) == (422, errors(fields))

    def event(self) -> Document:
        """The one event that the application has written."""
        query = {"tzid": "Etc/UTC", "only_managed": 1}
        answer = self.sandbox.call(self.token, "GET", "/v1/events", params=query)
        assert answer.status_code == 200, answer.text
        (event,) = answer.json()["events"]
        found: Document = event
        return found

    def conferencing(self) -> Document | None:
        return self.event().get("conferencing")

    def arranged(self) -> Document | None:
        """``conferencing`` once its time has come."""
        self.sandbox.advance(seconds=2)
        return self.conferencing()

    def control(self, action: str, profile_id: str, **body: Any) -> None:
        response = self.sandbox.control("POST", f"/profiles/{profile_id}/{action}", json=body)
        assert response.status_code == 200, response.text


@pytest.mark.parametrize("provider_name", JOIN_URLS)
def test_a_connected_service(open_sandbox: Open, provider_name: str) -> None:
    """9.3: pending from the 202 on, and two seconds later where to join."""
    jane = Jane(open_sandbox, provider_name)
    jane.write(jane.services[provider_name])
    before = jane.event()
    assert before["conferencing"] == PENDING
    jane.sandbox.advance(seconds=1)
    assert jane.event() == before
    jane.sandbox.advance(seconds=1)
    after = jane.event()
    assert after == {
        **before,
        "conferencing": assigned(provider_name),
        "updated": "2026-05-11T08:00:02Z",
    }
    jane.sandbox.advance(minutes=50)
    assert jane.event() == after


@pytest.mark.parametrize(
    ("provider", "provider_name"), [("google", "google_meet"), ("office365", "ms_teams")]
)
def test_integrated(open_sandbox: Open, provider: str, provider_name: str) -> None:
    """The calendar provider's own; it is also the default of who has connected nothing."""
    for wanted in ("integrated", "default"):
        jane = Jane(open_sandbox, provider=provider)
        jane.write(wanted)
        assert jane.conferencing() == PENDING
        assert jane.arranged() == assigned(provider_name)


@pytest.mark.parametrize(
    "how",
    [
        {"access_mode": "free_busy"},
        {"access_mode": "no_calendar"},
        {"provider": "apple"},
        {"provider": "outlook_com"},
    ],
    ids=str,
)
def test_no_integrated(open_sandbox: Open, how: Document) -> None:
    """Seed 001: 422 where the calendar's flag is false, and nothing is written; default is no
    conference, or a service that was connected."""
    jane = Jane(open_sandbox, **how, scope="free_busy_write create_event read_events")
    key = {"conferencing.profile_id": "integrated_conferencing_not_available"}
    jane.refused("integrated", key)
    jane.write("default")
    assert jane.arranged() is None
    jane = Jane(
        open_sandbox, "google_meet", **how, scope="free_busy_write create_event read_events"
    )
    jane.write("default")
    assert jane.arranged() == assigned("google_meet")


def test_application_calendar(sandbox: Sandbox) -> None:
    """Nobody has connected anything to it: none but an explicit conference."""
    wanted = {**sandbox.credentials, "application_calendar_id": "rooms"}
    token = sandbox.http.post("/v1/application_calendars", json=wanted).json()["access_token"]
    (calendar,) = sandbox.call(token, "GET", "/v1/calendars").json()["calendars"]
    times = {"start": "2100-05-12T09:00:00Z", "end": "2100-05-12T10:00:00Z"}
    for conferencing, status in (("integrated", 422), ("default", 202), (EXPLICIT, 202)):
        wish = {"profile_id": conferencing} if isinstance(conferencing, str) else conferencing
        body = {"event_id": "e", "summary": "Fair", "conferencing": wish, **times}
        path = f"/v1/calendars/{calendar['calendar_id']}/events"
        assert sandbox.call(token, "POST", path, json=body).status_code == status


def test_default(open_sandbox: Open) -> None:
    """The most recently linked service that is connected, before the calendar's own."""
    jane = Jane(open_sandbox, "zoom", "webex", {"provider_name": "go_to", "connected": False})
    jane.write("default")
    assert jane.arranged() == assigned("webex")
    jane.control("disconnect", jane.services["webex"])
    jane.write("default", event_id="standup", summary="Moved")
    assert jane.conferencing() == assigned("webex")
    jane.write("none")
    jane.write("default")
    assert jane.arranged() == assigned("zoom")


def test_explicit(open_sandbox: Open) -> None:
    """At once, and for past events too: nothing is generated."""
    jane = Jane(open_sandbox)
    jane.write(EXPLICIT)
    expected = {"provider_name": "Jitsi", "join_url": EXPLICIT["join_url"]}
    assert jane.conferencing() == expected
    past = {"start": "2026-05-04T09:00:00Z", "end": "2026-05-04T09:30:00Z"}
    jane.write({**EXPLICIT, "dial_in": "1234"}, **past)
    assert jane.arranged() == expected


WRONG: dict[str, tuple[Document, dict[str, str]]] = {
    "nothing": ({}, {"conferencing.profile_id": "required"}),
    "an empty one": ({"profile_id": ""}, {"conferencing.profile_id": "required"}),
    "a service's name": ({"profile_id": "zoom"}, {"conferencing.profile_id": "not_recognized"}),
    "an unknown profile": (
        {"profile_id": "pro_unknown"},
        {"conferencing.profile_id": "not_recognized"},
    ),
    "explicit alone": (
        {"profile_id": "explicit"},
        {
            "conferencing.join_url": "required",
            "conferencing.provider_description": "required",
        },
    ),
    "explicit nowhere": (
        {"profile_id": "explicit", "provider_description": "Jitsi"},
        {"conferencing.join_url": "required"},
    ),
    **{
        f"explicit to {url}": (
            {"profile_id": "explicit", "provider_description": "Jitsi", "join_url": url},
            {"conferencing.join_url": "invalid_url"},
        )
        for url in ("meet.jit.si/x", "tel:+441234", "javascript:alert(1)", "https://a b.test")
    },
    "explicit without a name": (
        {"profile_id": "explicit", "join_url": "https://meet.jit.si/x"},
        {"conferencing.provider_description": "required"},
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong(open_sandbox: Open, case: str) -> None:
    """2.3: 422; an event that is there stays as it is."""
    jane = Jane(open_sandbox, "zoom")
    jane.write(None)
    before = jane.event()
    wanted, fields = WRONG[case]
    jane.refused(wanted, fields, summary="Another")
    assert jane.event() == before


def test_other_profiles(open_sandbox: Open) -> None:
    """Neither a calendar's profile nor another account's service is one to choose."""
    jane, key = Jane(open_sandbox, "zoom"), {"conferencing.profile_id": "not_recognized"}
    jane.refused(jane.profile_id, key)
    body = person("mary@acme.test", conferencing=[{"provider_name": "zoom"}])
    jane.sandbox.control("POST", "/people", json=body)
    data = jane.sandbox.connect("mary@acme.test")["userinfo"]["cronofy.data"]
    (hers,) = data["conferencing_profiles"]
    jane.refused(hers["profile_id"], key)


def test_past(open_sandbox: Open) -> None:
    """A start in the past: 202, and silently no conference. One that is there stays."""
    jane = Jane(open_sandbox, "zoom")
    past = {"start": "2026-05-11T07:59:59Z", "end": "2026-05-11T09:00:00Z"}
    for wanted in ("default", "integrated", jane.services["zoom"]):
        jane.write(wanted, **past)
        assert jane.arranged() is None
    soon = {"start": "2026-05-11T08:01:00Z", "end": "2026-05-11T08:30:00Z"}
    jane.write("default", **soon)
    before = jane.arranged()
    assert before == assigned("zoom")
    jane.sandbox.advance(minutes=50)
    jane.write("default", **soon)
    jane.write(jane.services["zoom"], **past)
    assert jane.arranged() == before


def test_again(open_sandbox: Open) -> None:
    """The same wish again, and none at all, keep the meeting; another one makes another."""
    jane = Jane(open_sandbox, "zoom")
    jane.write("default")
    jane.sandbox.advance(seconds=1)
    jane.write("default", summary="Moved")
    first = jane.arranged()
    assert first == assigned("zoom")
    for wanted in (None, "default", jane.services["zoom"]):
        jane.write(wanted, summary=f"Moved again: {wanted}")
        assert jane.arranged() == first
    jane.write("integrated")
    assert jane.conferencing() == PENDING
    assert jane.arranged() == assigned("google_meet")
    jane.write("none")
    assert jane.arranged() is None
    jane.write(None)
    assert jane.arranged() is None
    jane.write(jane.services["zoom"])
    second = jane.arranged()
    assert second == assigned("zoom")
    assert second != first


def test_asked_away(open_sandbox: Open) -> None:
    """Removed, or deleted, before the meeting is made: none is."""
    jane = Jane(open_sandbox, "zoom")
    jane.write("default")
    jane.write("none")
    assert jane.sandbox.advance(seconds=5)["happened"] == []
    assert jane.conferencing() is None
    jane.write("default")
    body = {"event_id": "standup"}
    response = jane.sandbox.call(jane.token, "DELETE", jane.path, json=body)
    assert response.status_code == 202
    assert jane.sandbox.advance(seconds=5)["happened"] == []


@pytest.mark.parametrize("trouble", ["fail", "disconnect", "revoke"])
def test_failing(open_sandbox: Open, trouble: str) -> None:
    """The service refuses: the event stands, pending; it is tried again after one minute, two,
    four and so on, and within a minute of when it works."""
    jane = Jane(open_sandbox, "zoom")
    zoom = jane.services["zoom"]
    if trouble != "revoke":
        jane.control(trouble, zoom)
    jane.write(zoom)
    if trouble == "revoke":
        jane.sandbox.call(jane.token, "POST", f"/v1/profiles/{zoom}/revoke")
    happened = jane.sandbox.advance(minutes=10)["happened"]
    assert [item["at"][11:19] for item in happened] == [
        "08:00:02",
        "08:01:02",
        "08:03:02",
        "08:07:02",
    ]
    assert jane.conferencing() == PENDING
    if trouble == "revoke":
        jane.write("default")
        assert jane.arranged() == assigned("google_meet")
        return
    if trouble == "fail":
        jane.control("fail", zoom, failing=False)
    else:
        jane.control("reconnect", zoom)
    assert jane.conferencing() == PENDING
    jane.sandbox.advance(minutes=1)
    assert jane.conferencing() == assigned("zoom")
    assert jane.sandbox.advance(minutes=10)["happened"] == []


def test_failing_for_good(open_sandbox: Open) -> None:
    """Nobody tries any more once the event is over."""
    jane = Jane(open_sandbox, {"provider_name": "zoom", "failing": True})
    times = {"start": "2026-05-11T08:05:00Z", "end": "2026-05-11T08:10:00Z"}
    jane.write("default", **times)
    jane.sandbox.advance(minutes=15)
    assert jane.sandbox.advance(minutes=30)["happened"] == []
    assert jane.conferencing() == PENDING
    # Until it is put off.
    jane.control("fail", jane.services["zoom"], failing=False)
    jane.write(None)
    assert jane.arranged() == assigned("zoom")


def test_failing_for_long(open_sandbox: Open) -> None:
    """The pauses grow to an hour, so that a month costs no more than its hours."""
    jane = Jane(open_sandbox, {"provider_name": "zoom", "failing": True})
    jane.write("default", start="2026-08-11T08:00:00Z", end="2026-08-11T09:00:00Z")
    assert 24 * 29 < len(jane.sandbox.advance(days=30)["happened"]) < 24 * 31
    jane.control("fail", jane.services["zoom"], failing=False)
    jane.sandbox.advance(minutes=1)
    body = {"refresh_token": jane.refresh_token, "grant_type": "refresh_token"}
    jane.token = jane.sandbox.token(**body).json()["access_token"]
    assert jane.conferencing() == assigned("zoom")


def test_a_calendar_that_cannot_be_told(open_sandbox: Open) -> None:
    """The calendar's own profile has lapsed meanwhile: the meeting waits for it."""
    for wanted in ("integrated", "default"):
        jane = Jane(open_sandbox, *(["zoom"] if wanted == "default" else []))
        jane.write(wanted)
        jane.control("disconnect", jane.profile_id)
        assert jane.arranged() == PENDING
        jane.control("reconnect", jane.profile_id)
        jane.sandbox.advance(minutes=1)
        expected = "zoom" if wanted == "default" else "google_meet"
        assert jane.conferencing() == assigned(expected)


@pytest.mark.parametrize("day", ["2026-05-11", "2026-05-10"])
def test_all_day(open_sandbox: Open, day: str) -> None:
    """2.4: today has not begun everywhere, nor is yesterday over."""
    jane = Jane(open_sandbox, "zoom")
    jane.write("default", start=day, end="2026-05-12")
    assert jane.arranged() == assigned("zoom")


def test_an_all_day_event_of_the_past(open_sandbox: Open) -> None:
    jane = Jane(open_sandbox, "zoom")
    jane.write("default", start="2026-05-08", end="2026-05-09")
    assert jane.arranged() is None


@pytest.mark.parametrize(
    ("provider", "filled"),
    [("google", False), ("office365", False), ("apple", True), ("exchange", True)],
)
def test_location(open_sandbox: Open, provider: str, filled: bool) -> None:
    """2.4: where calendars have no field for it, an empty location is where to join."""
    jane = Jane(open_sandbox, "zoom", provider=provider)
    jane.write("default")
    url = (jane.arranged() or {})["join_url"]
    assert jane.event().get("location") == ({"description": url} if filled else None)
    jane.write("default", location={"description": "Room 1"})
    assert jane.event()["location"] == {"description": "Room 1"}


def test_location_beside_templates(open_sandbox: Open) -> None:
    """2.5 [docs: templating]: with templates, Cronofy adds no text of its own elsewhere."""
    jane = Jane(open_sandbox, "zoom", provider="apple")
    jane.write("default", description="{{ cronofy.conferencing.join_url }}", locale="en")
    url = (jane.arranged() or {})["join_url"]
    event = jane.event()
    assert (event["description"], event.get("location")) == (url, None)


def test_the_same_seed_gives_the_same_meetings(open_sandbox: Open) -> None:
    first, second = Jane(open_sandbox, "zoom"), Jane(open_sandbox, "zoom")
    for jane in (first, second):
        jane.write("default")
        jane.sandbox.advance(seconds=2)
    assert first.conferencing() == second.conferencing()


TEMPLATED = {
    "description": "Join at {{ cronofy.conferencing.join_url }}, please.\n\n"
    "{{cronofy.conferencing.invite_block}}",
    "location": {"description": "{{ cronofy.conferencing.join_url }} or Room 1"},
    "locale": "en",
}
FOLLOWS = "Conferencing details to follow"


def texts(event: Document) -> tuple[str, str]:
    return event["description"], event["location"]["description"]


@pytest.mark.parametrize("wanted", ["default", None])
def test_templates(open_sandbox: Open, wanted: str | None) -> None:
    """2.5: a fallback while there are no details, and the details once there are."""
    jane = Jane(open_sandbox, "zoom", provider="apple")
    jane.write(wanted, **TEMPLATED)
    missing = (f"Join at {FOLLOWS}, please.\n\n{FOLLOWS}", f"{FOLLOWS} or Room 1")
    assert texts(jane.event()) == missing
    url = (jane.arranged() or {}).get("join_url")
    block = f"Join the meeting: Zoom\n{url}"
    rendered = (f"Join at {url}, please.\n\n{block}", f"{url} or Room 1")
    assert texts(jane.event()) == (rendered if wanted else missing)
    jane.write("none", **TEMPLATED)
    assert texts(jane.event()) == missing


def test_explicit_templates(open_sandbox: Open) -> None:
    """An explicit meeting is rendered at once, under its own name."""
    jane = Jane(open_sandbox)
    jane.write(EXPLICIT, description="{{ cronofy.conferencing.invite_block }}", locale="en")
    expected = f"Join the meeting: Jitsi\n{EXPLICIT['join_url']}"
    assert jane.event()["description"] == expected


WRONG_TEMPLATES: dict[str, tuple[Document, dict[str, str]]] = {
    "an unknown variable": (
        {"description": "{{ cronofy.conferencing.password }}", "locale": "en"},
        {"description": "invalid_template"},
    ),
    "no variable": ({"description": "{{ }}", "locale": "en"}, {"description": "invalid_template"}),
    "an invite block in the location": (
        {
            "location": {"description": "{{ cronofy.conferencing.invite_block }}"},
            "locale": "en",
        },
        {"location.description": "invalid_template"},
    ),
    "no locale": (
        {"description": "{{ cronofy.conferencing.join_url }}"},
        {"locale": "required"},
    ),
    "another locale": (
        {"description": "{{ cronofy.conferencing.join_url }}", "locale": "tlh"},
        {"locale": "not_recognized"},
    ),
}


@pytest.mark.parametrize("case", WRONG_TEMPLATES)
def test_wrong_templates(open_sandbox: Open, case: str) -> None:
    """2.5: 422."""
    jane = Jane(open_sandbox, "zoom")
    members, fields = WRONG_TEMPLATES[case]
    jane.refused("default", fields, **members)


def test_no_templates(open_sandbox: Open) -> None:
    """Braces that are none stay; summary and url are no place for them; nor does a locale
    matter where there are none."""
    jane = Jane(open_sandbox)
    words = {"summary": "{{ x }}", "description": "{ cronofy } {{", "locale": "tlh"}
    jane.write(None, **words)
    event = jane.event()
    assert (event["summary"], event["description"]) == ("{{ x }}", "{ cronofy } {{")


def test_invitations(open_sandbox: Open) -> None:
    """6: in No Calendar Access mode the person hears of the meeting by another mail."""
    jane = Jane(open_sandbox, "zoom", access_mode="no_calendar", scope="free_busy_write")
    jane.write("default")
    jane.sandbox.advance(seconds=2)
    messages = jane.sandbox.control("GET", "/inbox", params={"to": JANE}).json()["messages"]
    assert [(m["method"], m["sequence"]) for m in messages] == [("REQUEST", 0), ("REQUEST", 1)]
