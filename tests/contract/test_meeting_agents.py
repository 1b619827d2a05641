"""notifications.md §4.4: meeting agents without an event, and what they leave behind."""

from __future__ import annotations

import io
import wave
from typing import Any

import httpx
import pytest

from tests.contract.agents import (
    JOIN_URL,
    NOON,
    PATH,
    agents,
    ask,
    end,
    listed,
    open_office,
    scheduled,
    shown,
    states,
)
from tests.contract.control import assert_problems
from tests.contract.documents import Document, Like
from tests.contract.events import JANE, Open, accepted, refused
from tests.emulator import Sandbox

HOOK = {"type": "webhook", "uri": "https://acme.test/hook?a=b"}
ACTIVATED = [{"type": "meeting_agent_activated"}]


@pytest.fixture
def office(open_sandbox: Open) -> Sandbox:
    return open_office(open_sandbox)


# --- At once, and at a time -----------------------------------------------------------


def test_at_once(office: Sandbox) -> None:
    """4.4 [docs: meeting-agents]: 200 with the agent, which joins the meeting now, and leaves
    after an hour."""
    response = ask(office, "POST", {"join_url": JOIN_URL})
    assert (response.status_code, response.json()) == (200, shown())
    present = listed(
        state="activated",
        join_time="2026-05-11T08:00:00Z",
        leave_time="2026-05-11T09:00:00Z",
        scheduling_key=None,
    )
    assert agents(office) == [present]
    office.advance(minutes=59, seconds=59)
    assert agents(office) == [present]
    happened = office.advance(seconds=1)["happened"]
    assert [one["happened"] for one in happened] == ["leave_meeting"]
    assert agents(office) == [{**present, **shown("complete")}]


def test_all_that_can_be_said(office: Sandbox) -> None:
    """4.4 [docs; 3p demo]: a name, whom it stands for, and subscriptions are kept."""
    body = {
        "join_url": JOIN_URL,
        "display_name": "Notes",
        "on_behalf_of_attendee": {"email": "Jane@Acme.test"},
        "subscriptions": [{**HOOK, "interactions": ACTIVATED}],
    }
    assert ask(office, "POST", body).status_code == 200
    (agent,) = agents(office)
    assert (agent["display_name"], agent["on_behalf_of_attendee"]) == ("Notes", {"email": JANE})


def test_scheduled(office: Sandbox) -> None:
    """4.4 [docs: schedule]: 202, nothing in it; the agent joins at its time."""
    accepted(ask(office, "POST", scheduled()))
    assert agents(office) == [listed()]
    office.advance(hours=3, minutes=59, seconds=59)
    assert agents(office) == [listed()]
    happened = office.advance(seconds=1)["happened"]
    assert [one["happened"] for one in happened] == ["join_meeting"]
    assert agents(office) == [listed(state="activated")]
    office.advance(hours=1)
    assert agents(office) == [listed(**shown("complete"))]


def test_a_form(office: Sandbox) -> None:
    """Every body may be a form (identity 1.2)."""
    secret = office.application["client_secret"]
    form = {**scheduled(), "on_behalf_of_attendee[email]": JANE}
    accepted(office.call(secret, "POST", PATH, data=form))
    assert agents(office) == [listed(on_behalf_of_attendee={"email": JANE})]


@pytest.mark.parametrize(
    ("join_time", "understood"),
    [
        ("2026-05-11T12:00:00", NOON),
        ("2026-05-11 14:00:00+02:00", NOON),
        ("2026-05-11T07:00:00Z", "2026-05-11T07:00:00Z"),
    ],
)
def test_forms_of_a_time(office: Sandbox, join_time: str, understood: str) -> None:
    """Without an offset it is in UTC; what is past is now [assumed]."""
    accepted(ask(office, "POST", scheduled(join_time=join_time)))
    (agent,) = agents(office)
    past = understood < NOON
    leaves = "2026-05-11T09:00:00Z" if past else "2026-05-11T13:00:00Z"
    assert agent == listed(
        join_time=understood, leave_time=leaves, state="activated" if past else "created"
    )


def test_the_same_key_again(office: Sandbox) -> None:
    """4.4 [assumed]: the agent is told anew, and joins at the new time only."""
    accepted(ask(office, "POST", scheduled(display_name="Notes")))
    changed = scheduled(join_time="2026-05-11T10:00:00Z", join_url="https://meet.acme.test/2")
    accepted(ask(office, "POST", changed))
    moved = listed(
        join_time="2026-05-11T10:00:00Z",
        leave_time="2026-05-11T11:00:00Z",
        join_url="https://meet.acme.test/2",
    )
    assert agents(office) == [moved]
    accepted(ask(office, "POST", scheduled(scheduling_key="other")))
    office.advance(hours=2)
    accepted(ask(office, "POST", scheduled()))
    joined = {**moved, "state": "activated"}
    assert agents(office) == [joined, listed(scheduling_key="other"), listed()]
    office.advance(hours=2)
    assert states(office) == ["complete", "activated", "activated"]


def test_moved_into_the_past(office: Sandbox) -> None:
    """[assumed] It joins now, and stays for an hour from now on."""
    accepted(ask(office, "POST", scheduled()))
    accepted(ask(office, "POST", scheduled(join_time="2026-05-11T05:00:00Z")))
    office.advance(minutes=59, seconds=59)
    assert states(office) == ["activated"]
    office.advance(seconds=1)
    assert states(office) == ["complete"]


def test_keys_are_each_applications_own(open_sandbox: Open) -> None:
    """The same scheduling_key of another application is another agent."""
    on = {"features": {"meeting_agents": True}}
    sandbox = open_sandbox(clock="2026-05-11T08:00:00Z", scenario={"applications": [on, on]})
    first, second = (a["client_secret"] for a in sandbox.document["applications"])
    accepted(ask(sandbox, "POST", scheduled(), first))
    accepted(ask(sandbox, "DELETE", {"scheduling_key": "standup"}, second))
    assert agents(sandbox) == [listed()]
    accepted(ask(sandbox, "POST", scheduled(), second))
    accepted(ask(sandbox, "DELETE", {"scheduling_key": "standup"}, first))
    second_id = sandbox.document["applications"][1]["client_id"]
    assert agents(sandbox) == [listed(client_id=second_id)]


# --- Cancelling -----------------------------------------------------------------------


def test_cancelling(office: Sandbox) -> None:
    """4.4 [docs: cancel-scheduled]: 202, and nobody joins; so it is if there is no agent."""
    for _ in range(2):
        accepted(ask(office, "POST", scheduled()))
        accepted(ask(office, "DELETE", {"scheduling_key": "standup"}))
        assert agents(office) == []
        accepted(ask(office, "DELETE", {"scheduling_key": "standup"}))
    assert office.advance(hours=5)["happened"] == []


def test_an_agent_that_has_joined_stays(office: Sandbox) -> None:
    """4.4 [docs: cancel-scheduled]: cancelling it then is 202, and changes nothing."""
    accepted(ask(office, "POST", scheduled()))
    office.advance(hours=4)
    accepted(ask(office, "DELETE", {"scheduling_key": "standup"}))
    assert agents(office) == [listed(state="activated")]
    office.advance(hours=1)
    assert states(office) == ["complete"]


# --- Refusals -------------------------------------------------------------------------


WRONG: dict[str, tuple[Document, dict[str, str]]] = {
    "nothing": ({}, {"join_url": "required"}),
    "join_url-empty": ({"join_url": ""}, {"join_url": "required"}),
    "join_url-no-address": ({"join_url": "meet"}, {"join_url": "invalid"}),
    "key-alone": (
        {"join_url": JOIN_URL, "scheduling_key": "standup"},
        {"join_time": "required"},
    ),
    "time-alone": ({"join_url": JOIN_URL, "join_time": NOON}, {"scheduling_key": "required"}),
    "key-too-long": (scheduled(scheduling_key="x" * 513), {"scheduling_key": "too_long"}),
    "time-no-time": (scheduled(join_time="noon"), {"join_time": "invalid"}),
    "time-a-day": (scheduled(join_time="2026-05-11"), {"join_time": "invalid"}),
    "time-too-early": (scheduled(join_time="1899-12-31T23:59:59Z"), {"join_time": "invalid"}),
    "time-too-late": (scheduled(join_time="2101-01-01T00:00:00Z"), {"join_time": "invalid"}),
    "display_name-no-text": (scheduled(display_name=1), {"display_name": "invalid"}),
    "attendee-without-email": (
        scheduled(on_behalf_of_attendee={}),
        {"on_behalf_of_attendee.email": "required"},
    ),
    "attendee-without-address": (
        scheduled(on_behalf_of_attendee={"email": "jane"}),
        {"on_behalf_of_attendee.email": "invalid"},
    ),
    "subscription-type": (
        scheduled(subscriptions=[{**HOOK, "type": "mail", "interactions": ACTIVATED}]),
        {"subscriptions[0].type": "not_recognized"},
    ),
    "subscription-uri": (
        scheduled(subscriptions=[{"type": "webhook", "uri": "x", "interactions": ACTIVATED}]),
        {"subscriptions[0].uri": "invalid"},
    ),
    "subscription-to-nothing": (
        scheduled(subscriptions=[{**HOOK, "interactions": []}]),
        {"subscriptions[0].interactions": "required"},
    ),
    "subscription-to-something-else": (
        scheduled(subscriptions=[{**HOOK, "interactions": [{"type": "conferencing_assigned"}]}]),
        {"subscriptions[0].interactions[0].type": "not_recognized"},
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_bodies(office: Sandbox, case: str) -> None:
    """422 with the field [keys assumed], and there is no agent."""
    body, fields = WRONG[case]
    refused(ask(office, "POST", body), 422, fields)
    assert agents(office) == []


def test_cancelling_without_a_key(office: Sandbox) -> None:
    refused(ask(office, "DELETE", {}), 422, {"scheduling_key": "required"})


CALLS = [("POST", PATH), ("DELETE", PATH), ("GET", f"{PATH}/agt_1/resources/audio")]


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_switched_off(open_sandbox: Open, method: str, path: str) -> None:
    """4.14 [assumed]: 403 before anything else, and a hint where to switch it on."""
    sandbox = open_office(open_sandbox, features={})
    response = sandbox.call(sandbox.application["client_secret"], method, path)
    refused(response, 403)
    assert "features: {meeting_agents: true}" in response.headers["mock-cronofy-hint"]


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_without_a_credential(office: Sandbox, method: str, path: str) -> None:
    """401, and so for a secret that nobody has."""
    refused(office.http.request(method, path), 401)
    refused(office.call("nobody", method, path), 401)


def test_access_tokens(open_sandbox: Open) -> None:
    """4.4 [docs, one sample]: an access token schedules, but neither cancels nor downloads; the
    agent outlives the authorization [assumed]."""
    sandbox = open_sandbox(clock="2026-05-11T08:00:00Z")
    token = sandbox.connect(JANE)["access_token"]
    accepted(ask(sandbox, "POST", scheduled(), token))
    refused(ask(sandbox, "DELETE", {"scheduling_key": "standup"}, token), 401)
    refused(sandbox.call(token, "GET", f"{PATH}/agt_1/resources/audio"), 401)
    body = {**sandbox.credentials, "token": token}
    assert sandbox.http.post("/oauth/token/revoke", json=body).status_code == 200
    assert agents(sandbox) == [listed()]
    refused(ask(sandbox, "POST", scheduled(), token), 401)


def test_service_accounts(open_sandbox: Open) -> None:
    """Whose tokens send nobody anywhere: 403."""
    organization = {"domain": "acme.test", "members": [JANE]}
    sandbox = open_sandbox(scenario={"organizations": [organization]})
    answer = sandbox.control("POST", "/connect", json={"service_account": "acme.test"})
    refused(ask(sandbox, "POST", scheduled(), answer.json()["access_token"]), 403)


# --- Resources ------------------------------------------------------------------------


def completed(sandbox: Sandbox) -> Document:
    """An agent that has left its meeting."""
    sub = ask(sandbox, "POST", {"join_url": JOIN_URL}).json()["sub"]
    sandbox.advance(hours=1)
    (agent,) = (one for one in agents(sandbox) if one["sub"] == sub)
    found: Document = agent
    return found


def resource(sandbox: Sandbox, agent: Document, category: str, **options: Any) -> httpx.Response:
    """GET of the url in the agent's ``resources``, as the application."""
    (url,) = (item["url"] for item in agent["resources"] if item["category"] == category)
    return sandbox.call(sandbox.application["client_secret"], "GET", url, **options)


RECORDINGS = {
    "transcript": ("text/plain; charset=utf-8", "placeholder-transcript.txt"),
    "audio": ("audio/wav", "placeholder-audio.wav"),
    "video": ("video/x-yuv4mpeg", "placeholder-video.y4m"),
}


@pytest.mark.parametrize("category", RECORDINGS)
def test_downloading(office: Sandbox, category: str) -> None:
    """G15 [docs: downloading resources]: 302 to an address that needs no credential, and the
    same in the body. What is there calls itself a placeholder."""
    agent = completed(office)
    response = resource(office, agent, category)
    url = response.headers["location"]
    form = rf"https?://[^/]+/meeting_agents/[A-Za-z0-9_-]{{32}}/{category}\?expires=\d+"
    assert url == Like(form)
    assert (response.status_code, response.json()) == (302, {"resource": {"download_url": url}})
    kind, file = RECORDINGS[category]
    found = office.http.get(url)
    assert (found.status_code, found.headers["content-type"]) == (200, kind)
    assert found.headers["content-disposition"] == f'attachment; filename="{file}"'
    assert resource(office, agent, category).headers["location"] == url


def test_what_is_downloaded(office: Sandbox) -> None:
    """A text about the meeting, a second of silence, a black picture."""
    agent = completed(office)
    found = {
        name: office.http.get(resource(office, agent, name).headers["location"])
        for name in RECORDINGS
    }
    assert found["transcript"].text == (
        "This is a placeholder made by mock-cronofy: nobody spoke, and nothing was recorded.\n\n"
        f"Meeting agent: {agent['sub']}\nMeeting: {JOIN_URL}\n"
        "From 2026-05-11T08:00:00Z to 2026-05-11T09:00:00Z\n"
    )
    with wave.open(io.BytesIO(found["audio"].content)) as audio:
        assert audio.getnframes() == audio.getframerate() == 8000
        assert audio.readframes(8000) == bytes(16000)
    header, frame, pixels = found["video"].content.split(b"\n", 2)
    assert (header, frame) == (b"YUV4MPEG2 W16 H16 F1:1 Ip A1:1 C420jpeg", b"FRAME")
    assert pixels == bytes(256) + bytes([128]) * 128


def test_an_address_that_has_expired(office: Sandbox) -> None:
    """It holds for five minutes [assumed]; the next one holds again."""
    agent = completed(office)
    url = resource(office, agent, "audio").headers["location"]
    office.advance(minutes=4, seconds=59)
    assert office.http.get(url).status_code == 200
    office.advance(seconds=1)
    assert office.http.get(url).status_code == 410
    assert office.http.get(url.partition("?")[0]).status_code == 410
    assert office.http.get(f"{url}x").status_code == 410
    again = resource(office, agent, "audio").headers["location"]
    assert office.http.get(again).status_code == 200


def test_resources_that_are_not_there(open_sandbox: Open) -> None:
    """404: of somebody else's agent, of nobody's, and before the agent is complete."""
    on = {"features": {"meeting_agents": True}}
    sandbox = open_sandbox(clock="2026-05-11T08:00:00Z", scenario={"applications": [on, on]})
    secret, other = (a["client_secret"] for a in sandbox.document["applications"])
    sub = ask(sandbox, "POST", {"join_url": JOIN_URL}).json()["sub"]
    path = f"{PATH}/{sub}/resources"
    refused(sandbox.call(secret, "GET", f"{path}/audio"), 404)
    (agent,) = agents(sandbox)
    page = agent["resources"][0]["url"]
    assert sandbox.http.get(f"{page}/audio?expires=99999999999").status_code == 404
    sandbox.advance(hours=1)
    assert sandbox.call(secret, "GET", f"{path}/audio").status_code == 302
    assert sandbox.http.get(f"{page}/smell?expires=99999999999").status_code == 404
    refused(sandbox.call(other, "GET", f"{path}/audio"), 404)
    refused(sandbox.call(secret, "GET", f"{path}/smell"), 404)
    refused(sandbox.call(secret, "GET", f"{path}/dashboard"), 404)
    answer = sandbox.call(secret, "GET", f"{PATH}/agt_1/resources/audio")
    refused(answer, 404)
    assert "POST /v1/meeting_agents and callbacks" in answer.headers["mock-cronofy-hint"]


def test_the_dashboard(office: Sandbox) -> None:
    """The resource cronofy/dashboard is a page for a browser, from the beginning on."""
    ask(office, "POST", scheduled(display_name="<b>Notes</b>"))
    (agent,) = agents(office)
    address = agent["resources"][0]["url"]
    for hours, state, words in (
        (0, "created", ["waits for its meeting", "It has recorded nothing"]),
        (4, "activated", ["is in its meeting", "It has recorded nothing"]),
        (1, "complete", ["has left its meeting", "Placeholders of its recordings"]),
    ):
        office.advance(hours=hours)
        assert states(office) == [state]
        page = office.http.get(address, headers={"Accept": "text/html"})
        assert page.status_code == 200
        assert all(text in page.text for text in (*words, agent["sub"], JOIN_URL))
        assert "&lt;b&gt;Notes&lt;/b&gt;" in page.text
    link = page.text.partition("recordings</h2>")[2].partition('href="')[2].partition('"')[0]
    assert office.http.get(link).text.startswith("This is a placeholder")
    assert office.http.get("/meeting_agents/x").status_code == 404


# --- Control --------------------------------------------------------------------------


def test_ending_it_early(office: Sandbox) -> None:
    """It fails before or in its meeting, or leaves early; then it stays as it is."""
    accepted(ask(office, "POST", scheduled()))
    (waiting,) = agents(office)
    assert_problems(end(office, waiting, "complete"), 422, "state")
    assert agents(office) == [listed()]
    response = end(office, waiting, "failed")
    assert (response.status_code, response.json()) == (200, listed(**shown("failed")))
    for state in ("complete", "failed"):
        ask(office, "POST", {"join_url": JOIN_URL})
        agent = agents(office)[-1]
        assert end(office, agent, state).json()["state"] == state
        assert_problems(end(office, agent, state), 422, "state")
    before = agents(office)
    assert [agent["state"] for agent in before] == ["failed", "complete", "failed"]
    assert office.advance(hours=6)["happened"] == []
    assert agents(office) == before


def test_wrong_control_calls(office: Sandbox) -> None:
    """404 for an agent that is not there, 422 for a state that it cannot have."""
    assert agents(office) == []
    assert_problems(end(office, {"sub": "agt_1"}, "failed"), 404, "sub")
    accepted(ask(office, "POST", scheduled()))
    (agent,) = agents(office)
    assert_problems(end(office, agent, "activated"), 422, "state")
    path = f"/meeting_agents/{agent['sub']}"
    assert_problems(office.control("POST", path, json={}), 422, "state")
    assert agents(office) == [listed()]


def test_a_snapshot(office: Sandbox) -> None:
    """Brings back who waits and who is in a meeting, and they go on; a reset forgets them."""
    ask(office, "POST", {"join_url": JOIN_URL})
    accepted(ask(office, "POST", scheduled()))
    before, snapshot = agents(office), office.control("GET", "/snapshot").json()
    office.advance(hours=4)
    assert states(office) == ["complete", "activated"]
    assert office.control("PUT", "/snapshot", json=snapshot).status_code == 200
    assert agents(office) == before
    office.advance(hours=4)
    assert states(office) == ["complete", "activated"]
    office.control("POST", "/reset")
    assert agents(office) == []


WRONG_RECORDS: dict[str, tuple[str, Any, str]] = {
    "its application": ("client_id", "nobody", "[0]"),
    "its state": ("state", "asleep", "[0].state"),
    "its time": ("end", 10**17, "[0]"),
    "its account": ("account", "acc_1", "[0]"),
    "its event": ("event", ["cal_1", "evt_1"], "[0]"),
}


@pytest.mark.parametrize("case", WRONG_RECORDS)
def test_wrong_snapshots(office: Sandbox, case: str) -> None:
    """422 with the place, and nothing has changed."""
    accepted(ask(office, "POST", scheduled()))
    name, value, place = WRONG_RECORDS[case]
    snapshot = office.control("GET", "/snapshot").json()
    snapshot["tables"]["meeting_agents"][0][name] = value
    response = office.control("PUT", "/snapshot", json=snapshot)
    assert_problems(response, 422, f"tables.meeting_agents{place}")
    assert agents(office) == [listed()]


def test_those_that_have_ended_are_kept_for_a_while(office: Sandbox) -> None:
    """The latest thousand; who waits is never forgotten."""
    accepted(ask(office, "POST", scheduled(join_time="2026-05-12T12:00:00Z")))
    for number in range(1001):
        ask(office, "POST", {"join_url": JOIN_URL, "display_name": str(number)})
    office.advance(hours=1)
    names = [agent["display_name"] for agent in agents(office)]
    assert names == [None, *map(str, range(1, 1001))]
