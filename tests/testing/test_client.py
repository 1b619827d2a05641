"""The client, for tests of any kind: what a test writer does with a sandbox."""

from __future__ import annotations

import asyncio
import unittest
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from mock_server.testing import (
    AsyncMockCronofy,
    ControlError,
    MockCronofy,
    NoEmulator,
    NotInTime,
    Sandbox,
)
from tests.testing.conftest import NOW


def test_an_emulator_is_started_and_ended_in_one_line() -> None:
    with MockCronofy.start(scenario="free-busy-google", consent="auto") as mock:
        assert mock.health()["status"] == "ok"
        assert mock.get_sandbox().document["scenario"] == "free-busy-google"
        address = mock.base_url
    with MockCronofy(address) as gone, pytest.raises(NoEmulator, match=address):
        gone.health()


def test_an_address_without_its_scheme_is_refused() -> None:
    expected = "base_url: found 'localhost:8282', expected http://localhost:8282"
    for kind in (MockCronofy, AsyncMockCronofy):
        with pytest.raises(ValueError, match=expected):
            kind("localhost:8282")


def test_settings_that_there_are_not_are_refused() -> None:
    with pytest.raises(TypeError, match="scenari"):
        MockCronofy.start(scenari="default")


def test_a_sandbox_ends_with_its_block(mock: MockCronofy) -> None:
    with mock.sandbox() as sandbox:
        assert mock.get_sandbox(sandbox.sandbox_id).document == sandbox.document
        assert {"sandbox_id": sandbox.sandbox_id, "scenario": None} in mock.sandboxes()
    with pytest.raises(ControlError, match="a living sandbox") as refused:
        mock.get_sandbox(sandbox.sandbox_id)
    assert refused.value.status == 404
    assert [problem["place"] for problem in refused.value.problems] == ["sandbox_id"]


def test_a_sandbox_may_be_ended_before_its_block(mock: MockCronofy) -> None:
    with mock.sandbox() as sandbox:
        sandbox.delete()


def test_a_sandbox_that_somebody_else_made_lives_on(mock: MockCronofy) -> None:
    with mock.sandbox() as sandbox:
        with mock.get_sandbox(sandbox.sandbox_id) as known:
            known.connect()
        assert sandbox.person("jane@acme.test").events() == []


def test_a_sandbox_is_of_a_scenario_by_name_as_a_document_or_in_a_file(
    mock: MockCronofy, tmp_path: Path
) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("clock: 2026-05-11T08:00:00Z\npeople: [{email: sam@acme.test}]\n", "utf-8")
    document = {"clock": NOW, "people": [{"email": "sam@acme.test", "sync_delay": timedelta(1)}]}
    for scenario in (file, str(file), document):
        with mock.sandbox(scenario) as sandbox:
            assert [person.email for person in sandbox.people] == ["sam@acme.test"]
            assert sandbox.clock.now == NOW
    with mock.sandbox("recurring-events", seed=7, sandbox_id="mine-7") as sandbox:
        assert (sandbox.sandbox_id, sandbox.document["seed"]) == ("mine-7", 7)
        (jane,) = sandbox.connected
        answer = sandbox.http.get("/v1/userinfo", headers=jane.auth)
        assert answer.json()["sub"] == jane.sub


def test_what_is_wrong_with_a_scenario_is_said_with_its_place(
    mock: MockCronofy, tmp_path: Path
) -> None:
    with pytest.raises(ControlError) as refused:
        mock.sandbox({"people": [{"email": "jane"}]})
    assert str(refused.value).splitlines() == [
        "POST /_mock/sandboxes answered 422",
        "  scenario.people[0].email: found 'jane', expected an e-mail address, such as "
        "jane@acme.test",
    ]
    (tmp_path / "broken.yaml").write_text("people: [", "utf-8")
    with pytest.raises(ValueError, match=r"broken\.yaml:\d"):
        mock.sandbox(tmp_path / "broken.yaml")


def test_somebody_is_connected_with_everything_a_call_needs(acme: Sandbox) -> None:
    jane = acme.connect("jane@acme.test", access_mode="free_busy")
    assert (jane.token_type, jane.expires_in, jane.scope) == ("bearer", 3600, "free_busy_write")
    assert jane.linking_profile is not None
    assert jane.linking_profile.provider_name == "google_free_busy"
    calendars = acme.http.get("/v1/calendars", headers=jane.auth).json()["calendars"]
    readonly = {calendar["calendar_id"]: calendar["calendar_readonly"] for calendar in calendars}
    assert [readonly[jane.calendar_id()], readonly[jane.calendar_id("jane@acme.test")]] == [
        False,
        True,
    ]
    with pytest.raises(LookupError, match=r"^no calendar 'Work'; there are 'jane@acme\.test', "):
        jane.calendar_id("Work")
    refreshed = {
        "client_id": acme.client_id,
        "client_secret": acme.client_secret,
        "grant_type": "refresh_token",
        "refresh_token": jane.refresh_token,
    }
    assert acme.http.post("/oauth/token", json=refreshed).status_code == 200


def test_what_failed_assertions_show_has_no_secrets(mock: MockCronofy) -> None:
    with mock.sandbox("recurring-events") as sandbox:
        (application,), (connected, *_) = sandbox.applications, sandbox.connected
        jane = sandbox.connect("jane@acme.test")
        shown = repr((sandbox, sandbox.people, application, connected, jane, sandbox.snapshot()))
        tokens = (jane.access_token, jane.refresh_token, connected.access_token)
        for secret in (application.client_secret, *tokens, connected.refresh_token):
            assert secret
            assert secret not in shown
        assert f"<Connection jane@acme.test {jane.sub} 'read_write'>" in shown


def test_a_domain_is_connected_and_somebody_through_it(acme: Sandbox) -> None:
    acme.add_organization("acme.test", provider="google", members=["jane@acme.test"])
    assert [organization["domain"] for organization in acme.organizations()] == ["acme.test"]
    domain = acme.connect_service_account("acme.test")
    assert domain.service_account_id == domain.sub
    jane = acme.connect("jane@acme.test", service_account="acme.test")
    assert jane.account_id == jane.sub


def test_pycronofy_is_ready_to_be_used(acme: Sandbox) -> None:
    jane = acme.connect("jane@acme.test")
    cronofy = acme.pycronofy(jane)
    assert cronofy.userinfo()["sub"] == jane.sub
    assert cronofy.user_auth_link("http://localhost:3000/").startswith(acme.base_url)
    assert cronofy.refresh_authorization()["refresh_token"] == jane.refresh_token
    assert acme.pycronofy().auth.client_secret == acme.client_secret


def test_pycronofy_need_not_be_there(acme: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pycronofy", None)
    with pytest.raises(ModuleNotFoundError, match="pip install pycronofy"):
        acme.pycronofy()


def test_a_decision_is_made_beforehand(acme: Sandbox) -> None:
    acme.add_person("jane@acme.test", name="Jane Doe")
    decision = acme.consent("authorize", "deny", email="jane@acme.test")
    assert acme.consents() == [decision]
    query = {
        "response_type": "code",
        "client_id": acme.client_id,
        "redirect_uri": "http://localhost:3000/callback",
        "scope": "free_busy_write",
        "state": "42",
    }
    answer = acme.http.get("/oauth/authorize", params=query)
    assert answer.headers["location"].endswith("?error=access_denied&state=42")


def test_people_take_back_what_they_have_granted(acme: Sandbox) -> None:
    jane = acme.connect("jane@acme.test")
    revoked = acme.person("jane@acme.test").revoke()
    assert revoked == [{"client_id": acme.client_id, "sub": jane.sub}]
    assert acme.http.get("/v1/userinfo", headers=jane.auth).status_code == 401


def test_secrets_are_rotated(acme: Sandbox) -> None:
    second = acme.add_secret()
    assert acme.add_secret("third/secret") == "third/secret"
    for secret in (acme.client_secret, second):
        acme.remove_secret(secret)
    with pytest.raises(ControlError, match="the last one"):
        acme.remove_secret("third/secret")


def test_people_do_things_in_their_own_calendars(acme: Sandbox) -> None:
    jane = acme.add_person("jane@acme.test")
    dentist = jane.make_event("Dentist", NOW, NOW + timedelta(hours=1), location="Bonn")
    assert dentist["start"] == "2026-05-11T08:00:00Z"
    jane.make_calendar("Work/Home")
    jane.rename_calendar("Work/Home", "Work")
    day = date(2026, 5, 12)
    jane.make_events(
        [{"summary": "Fair", "start": day, "end": day + timedelta(1), "calendar": "Work"}]
    )
    jane.change_event(dentist["event_uid"], summary="Doctor", location="Köln")
    assert [(e["summary"], e["calendar"], e["location"]) for e in jane.events()] == [
        ("Doctor", "jane@acme.test", "Köln"),
        ("Fair", "Work", ""),
    ]
    calendar_id = acme.connect("jane@acme.test").calendar_id()
    assert [e["summary"] for e in acme.calendar_events(calendar_id)] == ["Doctor"]
    jane.delete_event(dentist["event_uid"])
    jane.delete_events()
    jane.delete_calendar("Work")
    assert jane.events() == []


def test_an_invitation_is_read_and_accepted(acme: Sandbox) -> None:
    jane = acme.connect("jane@acme.test", access_mode="free_busy")
    event = {
        "event_id": "interview-1",
        "summary": "Interview",
        "start": "2026-05-12T09:00:00Z",
        "end": "2026-05-12T10:00:00Z",
    }
    path = f"/v1/calendars/{jane.calendar_id()}/events"
    acme.http.post(path, headers=jane.auth, json=event)
    (mail,) = acme.inbox.messages(to="jane@acme.test")
    assert (mail.subject, mail.method, mail.sent_at) == ("Invitation: Interview", "REQUEST", NOW)
    assert "Interview" in mail.text
    assert mail.ics.startswith("BEGIN:VCALENDAR")
    assert mail.eml.splitlines()[0].partition(":")[1] == ":"
    assert mail.accept()["event"]["participation_status"] == "accepted"
    assert (mail.invite or {})["status"] == "accepted"
    assert acme.inbox.latest(to="jane@acme.test").decline()["event"]["event_id"] == "interview-1"
    assert acme.inbox.reply("tentative", uid=mail.uid)["outcome"]
    assert acme.inbox.wait("jane@acme.test", method="REQUEST")[0].message_id == mail.message_id


def test_waiting_in_vain_says_what_there_is(acme: Sandbox) -> None:
    with pytest.raises(NotInTime, match="found no mail yet, expected 2 within 0 seconds"):
        acme.inbox.wait("jane@acme.test", count=2, timeout=0)
    with pytest.raises(ControlError, match="expected a mail: there is none yet"):
        acme.inbox.latest()
    invited = acme.connect("jane@acme.test", access_mode="free_busy")
    path = f"/v1/calendars/{invited.calendar_id()}/events"
    times = {"start": "2026-05-12T09:00:00Z", "end": "2026-05-12T10:00:00Z"}
    event = {"event_id": "interview-1", "summary": "Interview", **times}
    acme.http.post(path, headers=invited.auth, json=event)
    with pytest.raises(NotInTime, match="no mail of these; there are mails to jane@acme"):
        acme.inbox.wait("jane@acme.tset", timeout=0)
    with pytest.raises(ControlError, match="there is none of these; there are mails to jane@"):
        acme.inbox.latest(to="jane@acme.tset")
    with pytest.raises(TimeoutError, match="none of this kind"):
        acme.deliveries.wait("change", timeout=0)


def test_deliveries_are_waited_for_failed_and_replayed(acme: Sandbox) -> None:
    jane = acme.connect("jane@acme.test")
    acme.deliveries.fail(503, kind="verification", times=2)
    callback = {"callback_url": "http://127.0.0.1:9/webhooks"}
    acme.http.post("/v1/channels", headers=jane.auth, json=callback)
    (delivery,) = acme.deliveries.wait("verification")
    assert delivery.body["notification"] == {"type": "verification"}
    (attempt,) = delivery.attempts
    assert (attempt.injected, attempt.response.status, attempt.at) == (True, 503, NOW)
    assert [(failure.outcome, failure.times) for failure in acme.deliveries.failures()] == [
        (503, 1)
    ]
    acme.deliveries.clear_failures()
    acme.deliveries.fail("timeout", delivery=delivery)
    acme.deliveries.replay(delivery)
    acme.clock.advance(minutes=1)
    attempts = acme.deliveries.read(delivery).attempts
    assert [attempt.response.error for attempt in attempts[1:2]] == ["no answer within 5 seconds"]
    (channel,) = acme.channels.list(sub=jane.sub)
    custom = acme.channels.notify(channel["channel_id"], "custom")
    assert acme.deliveries.list(kind="custom") == [custom]
    assert acme.deliveries.list(kind="custom", state="delivered") == []


def test_the_clock_is_set_moved_and_let_run(acme: Sandbox) -> None:
    jane = acme.connect("jane@acme.test", access_mode="free_busy")
    assert (acme.clock.now, acme.clock.mode) == (NOW, "virtual")
    moved = acme.clock.advance(hours=1)
    assert (moved.now, moved.happened) == (NOW + timedelta(hours=1), [])
    assert acme.http.get("/v1/userinfo", headers=jane.auth).status_code == 401
    acme.clock.set("2026-06-01T00:00:00Z")
    assert acme.clock.now == datetime(2026, 6, 1, tzinfo=UTC)
    acme.clock.run()
    assert acme.clock.mode == "real"
    acme.clock.freeze()
    assert acme.clock.mode == "virtual"


def test_profiles_live_and_are_told_of(acme: Sandbox) -> None:
    jane = acme.connect("jane@acme.test")
    assert acme.profiles.disconnect(jane)["profile_connected"] is False
    assert jane.linking_profile is not None
    profile_id = jane.linking_profile.profile_id
    assert acme.profiles.reconnect(profile_id)["profile_connected"] is True
    assert acme.profiles.sync(jane)["profile_id"] == profile_id
    with pytest.raises(ControlError, match="a conferencing profile"):
        acme.profiles.fail(profile_id)
    with pytest.raises(ValueError, match="name a profile_id"):
        acme.profiles.disconnect(acme.connect_service_account())


def test_smart_invites_and_agents_are_listed(acme: Sandbox) -> None:
    assert (acme.smart_invites.list(), acme.meeting_agents.list()) == ([], [])
    with pytest.raises(ControlError, match="smart_invite_id: found 'none'"):
        acme.smart_invites.reply("none", "jane@acme.test", "accepted")
    with pytest.raises(ControlError, match="sub: found 'agt_1'"):
        acme.meeting_agents.end("agt_1", "failed")


def test_the_sandbox_goes_back_to_a_snapshot_and_to_its_beginning(mock: MockCronofy) -> None:
    with mock.sandbox("recurring-events", clock=NOW) as sandbox:
        tokens = [connected.access_token for connected in sandbox.connected]
        before = sandbox.snapshot()
        assert repr(before) == f"<Snapshot {before.snapshot_id}>"
        sam = sandbox.connect("sam@acme.test")
        assert sandbox.http.get("/v1/userinfo", headers=sam.auth).status_code == 200
        sandbox.restore(before)
        assert sandbox.http.get("/v1/userinfo", headers=sam.auth).status_code == 401
        sandbox.add_person("sam@acme.test")
        sandbox.reset()
        assert "sam@acme.test" not in {person.email for person in sandbox.people}
        assert [connected.access_token for connected in sandbox.connected] == tokens


def test_what_has_changed_since_a_snapshot_is_the_message(acme: Sandbox) -> None:
    jane = acme.connect("jane@acme.test")
    before = acme.snapshot()
    acme.http.get("/v1/calendars", headers=jane.auth)
    acme.assert_unchanged(before)
    acme.person("jane@acme.test").make_event("Dentist", NOW, NOW + timedelta(hours=1))
    acme.switches.set(page_size=10)
    diff = acme.diff(before)
    assert diff
    assert diff.since == before.snapshot_id
    assert [event["after"] for event in diff.changes["provider_events"]["changed"]] == []
    assert len(diff.changes["provider_events"]["added"]) == 1
    with pytest.raises(AssertionError, match="has changed since snp_") as failed:
        acme.assert_unchanged(before)
    assert '"Dentist"' in str(failed.value)
    assert "~ switches: page_size 100 → 10" in str(failed.value)
    acme.restore(before)
    acme.assert_unchanged(before)
    with pytest.raises(AssertionError, match="since start"):
        acme.assert_unchanged()


def test_switches_and_the_contract_report_are_at_hand(acme: Sandbox, mock: MockCronofy) -> None:
    assert acme.switches.set(strictness="strict")["strictness"] == "strict"
    assert acme.switches.read()["strictness"] == "strict"
    jane = acme.connect("jane@acme.test")
    refused = acme.http.get("/v1/events?tzid=Etc/UTC&foo=1", headers=jane.auth)
    assert refused.status_code == 400
    (finding,) = [f for f in acme.contract()["findings"] if f["code"] == "unknown_parameter"]
    assert (finding["level"], finding["operation"]) == ("warning", "GET /v1/events")
    assert mock.contract()["summary"]["calls"] > 0
    acme.assert_contract("error")
    with pytest.raises(AssertionError, match="warning  GET /v1/events"):
        acme.assert_contract()
    acme.forget_contract()
    acme.assert_contract("note")


def test_the_same_is_awaited_in_an_async_test(served: str) -> None:
    async def story() -> None:
        async with AsyncMockCronofy(served) as mock, mock.sandbox(clock=NOW) as sandbox:
            jane = await sandbox.connect("jane@acme.test", access_mode="free_busy")
            event = {
                "event_id": "interview-1",
                "summary": "Interview",
                "start": "2026-05-12T09:00:00Z",
                "end": "2026-05-12T10:00:00Z",
            }
            path = f"/v1/calendars/{jane.calendar_id()}/events"
            booked, info = await asyncio.gather(
                sandbox.http.post(path, headers=jane.auth, json=event),
                sandbox.http.get("/v1/userinfo", headers=jane.auth),
            )
            assert (booked.status_code, info.status_code) == (202, 200)
            mail = await sandbox.inbox.latest(to="jane@acme.test")
            assert "Interview" in await mail.text
            assert (await mail.accept())["event"]["participation_status"] == "accepted"
            assert [e["summary"] for e in await sandbox.person("jane@acme.test").events()] == [
                "Interview"
            ]
            assert (await sandbox.clock.advance(hours=1)).now == await sandbox.clock.now
        other = await AsyncMockCronofy(served).sandbox()
        with pytest.raises(ControlError):
            await other.person("sam@acme.test").events()
        await other.delete()

    asyncio.run(story())


class TestUnittest(unittest.TestCase):
    """As the client is used without pytest."""

    mock: MockCronofy

    @classmethod
    def setUpClass(cls) -> None:
        cls.mock = cls.enterClassContext(MockCronofy.start())

    def test_a_sandbox_for_each_test(self) -> None:
        sandbox = self.enterContext(self.mock.sandbox())
        assert sandbox.connect("jane@acme.test").scope == "read_write"
