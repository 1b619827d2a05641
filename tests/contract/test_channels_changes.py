"""What is announced as a change, and what is not (notifications §1.4.4)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.documents import Document
from tests.contract.events import (
    CLOCK,
    JANE,
    Open,
    accepted,
    elevate,
    external,
    removed,
)
from tests.contract.listening import (
    Listener,
    listen,
    listen_too,
    open_listener,
    open_town,
)
from tests.contract.receiver import Receiver
from tests.emulator import Sandbox

MODES = ("read_write", "free_busy", "no_calendar")
NEXT = {"start": "2026-05-13T09:00:00Z", "end": "2026-05-13T10:00:00Z", "tzid": "Etc/UTC"}
BOSS = "boss@partner.test"
INVITATION: Document = {
    "summary": "Review",
    "organizer": {"email": BOSS},
    "attendees": [{"email": JANE, "status": "needs_action"}, {"email": BOSS}],
    "participation_status": "needs_action",
}
CALENDARS = [{"name": "Work", "primary": True}, {"name": "Trips"}]

Act = Callable[[Listener], Any]


def anew(listener: Listener, **more: Any) -> str:
    """A second later, so that what comes next has a time of its own."""
    listener.sandbox.advance(seconds=1)
    return external(listener, **more)


def control(listener: Listener, method: str, path: str, **options: Any) -> None:
    answer = listener.sandbox.control(method, path, **options)
    assert answer.status_code in {200, 201, 204}, answer.text


def decide(listener: Listener, status: str) -> None:
    """Jane presses a button in the mail that invites her."""
    body = {"status": status}
    control(listener, "POST", f"/inbox/latest/reply?to={JANE}", json=body)


# --- What people do in their own calendars -------------------------------------------

# What there is before, what Jane then does, and whether it is seen in Read-Write and in
# Free/Busy mode; nothing is where there is No Calendar Access.
OWN: dict[str, tuple[Document | None, Callable[[Listener, str], Any], bool, bool]] = {
    "adds": (None, lambda who, _: external(who), True, True),
    "moves": ({}, lambda who, uid: external(who, event_uid=uid, **NEXT), True, True),
    "renames": ({}, lambda who, uid: external(who, event_uid=uid, summary="A"), True, False),
    "deletes": ({}, removed, True, True),
    "deletes everything": (
        {},
        lambda who, _: control(who, "DELETE", f"/people/{JANE}/events?all=true"),
        True,
        True,
    ),
    "says the same again": (
        {},
        lambda who, uid: external(who, event_uid=uid, summary="Dentist"),
        False,
        False,
    ),
    "is free then": (
        {},
        lambda who, uid: external(who, event_uid=uid, transparency="transparent"),
        True,
        True,
    ),
    "accepts": (
        INVITATION,
        lambda who, uid: external(who, event_uid=uid, participation_status="accepted"),
        True,
        True,
    ),
    "declines": (
        INVITATION,
        lambda who, uid: external(who, event_uid=uid, participation_status="declined"),
        True,
        True,
    ),
    "makes a calendar": (
        None,
        lambda who, _: control(who, "POST", f"/people/{JANE}/calendars", json={"name": "Home"}),
        True,
        True,
    ),
    "renames a calendar": (
        None,
        lambda who, _: control(
            who, "PATCH", f"/people/{JANE}/calendars/Trips", json={"name": "Travels"}
        ),
        True,
        True,
    ),
    "deletes a calendar": (
        None,
        lambda who, _: control(who, "DELETE", f"/people/{JANE}/calendars/Trips"),
        True,
        True,
    ),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", OWN, ids=lambda case: f"1.4.4 {case}")
def test_what_people_do_in_their_own_calendars(
    open_sandbox: Open, receiver: Receiver, case: str, mode: str
) -> None:
    """1.4.4: it is told of once, as far as the access mode lets it be seen, with the second
    in which it was; only_managed hears of no event that the application did not write, but of
    calendars."""
    before, act, seen, seen_as_time = OWN[case]
    told = {"read_write": seen, "free_busy": seen_as_time, "no_calendar": False}[mode]
    listener = open_listener(open_sandbox, receiver, mode, calendars=CALENDARS)
    uid = "" if before is None else external(listener, **before)
    channel = listener.open()
    listener.sandbox.advance(seconds=4)
    act(listener, uid)
    expected = [{"notification": change("2026-05-11T08:00:04Z"), "channel": channel}]
    assert listener.told(minutes=1) == (expected if told else [])

    again = open_listener(open_sandbox, receiver, mode, calendars=CALENDARS)
    uid = "" if before is None else external(again, **before)
    again.open(filters={"only_managed": True})
    act(again, uid)
    assert len(again.changes()) == (told and case.endswith("a calendar"))


def change(since: str) -> Document:
    return {"type": "change", "changes_since": since}


@pytest.mark.parametrize("mode", ["read_write", "free_busy"])
def test_filters_by_calendar(open_sandbox: Open, receiver: Receiver, mode: str) -> None:
    """1.4.4: changes elsewhere are not told; that there are other calendars is."""
    listener = open_listener(open_sandbox, receiver, mode, calendars=CALENDARS)
    work, trips = listener.calendars[:2]
    listener.open(filters={"calendar_ids": [trips]})
    uid = anew(listener, calendar="Work")
    external(listener, event_uid=uid, **NEXT)
    removed(listener, uid)
    assert listener.changes() == []
    anew(listener, calendar="Trips")
    assert len(listener.changes()) == 1
    control(listener, "POST", f"/people/{JANE}/calendars", json={"name": "Home"})
    assert len(listener.changes()) == 1
    both = listener.create(filters={"calendar_ids": [work, trips]})
    assert both.status_code == 200
    assert listener.types() == ["verification"]
    anew(listener, calendar="Work")
    anew(listener, calendar="Home")
    assert len(listener.changes()) == 1


# --- The application's own events, changed by others ----------------------------------

MANAGED: dict[str, tuple[str, Callable[[Listener, str], Any]]] = {
    "moved in their own calendar": (
        "read_write",
        lambda who, uid: external(who, event_uid=uid, **NEXT),
    ),
    "renamed in their own calendar": (
        "read_write",
        lambda who, uid: external(who, event_uid=uid, summary="Other"),
    ),
    "deleted in their own calendar": ("read_write", removed),
    "declined by mail, Free/Busy": ("free_busy", lambda who, _: decide(who, "declined")),
    "accepted by mail, Free/Busy": ("free_busy", lambda who, _: decide(who, "accepted")),
    "accepted by mail, no access": ("no_calendar", lambda who, _: decide(who, "accepted")),
    "a tentative answer, no access": ("no_calendar", lambda who, _: decide(who, "tentative")),
}


@pytest.mark.parametrize("only_managed", [True, False], ids=["only_managed", "all"])
@pytest.mark.parametrize("case", MANAGED, ids=lambda case: f"1.4.4 {case}")
def test_what_people_do_with_the_applications_events(
    open_sandbox: Open, receiver: Receiver, case: str, only_managed: bool
) -> None:
    """1.4.4: it is told, with only_managed too; reading finds the event."""
    mode, act = MANAGED[case]
    listener = open_listener(open_sandbox, receiver, mode)
    listener.open(filters={"only_managed": only_managed})
    listener.write()
    uid = listener.event()["event_uid"]
    listener.sandbox.advance(minutes=2)
    act(listener, uid)
    (since,) = listener.changes()
    assert since == "2026-05-11T08:02:00Z"
    (found,) = listener.read(last_modified=since, include_deleted="true")
    assert (found["event_id"], found["updated"]) == ("standup", since)


def test_a_guests_answer(open_sandbox: Open, receiver: Receiver) -> None:
    """1.4.4: the status of an attendee changes in the organizer's calendar."""
    listener = open_listener(open_sandbox, receiver)
    control(listener, "POST", "/people", json={"email": "guest@partner.test"})
    listener.open(filters={"only_managed": True})
    listener.write(attendees={"invite": [{"email": "guest@partner.test"}]})
    assert listener.changes() == []
    path = "/inbox/latest/reply?to=guest@partner.test"
    control(listener, "POST", path, json={"status": "accepted"})
    assert listener.changes() == ["2026-05-11T08:01:00Z"]
    # The same answer again is no change.
    control(listener, "POST", path, json={"status": "accepted"})
    assert listener.changes() == []


def test_a_habit_answers(open_sandbox: Open, receiver: Receiver) -> None:
    """1.4.4: the Cronofy calendar's event and the busy time are announced together, at the
    time of the answer."""
    habit = {"reply": "accepted", "after": {"minutes": 5}}
    listener = open_listener(open_sandbox, receiver, "free_busy", invites=habit)
    listener.open()
    listener.write()
    assert listener.changes(minutes=4) == []
    assert listener.changes(minutes=2) == ["2026-05-11T08:05:00Z"]
    answer = listener.call(
        "GET", "/v1/free_busy?tzid=Etc/UTC&last_modified=2026-05-11T08:05:00Z&include_managed=true"
    )
    assert len(answer.json()["free_busy"]) == 2


# --- The application's own writes -----------------------------------------------------


def batch(listener: Listener) -> None:
    body = {"event_id": "other", "summary": "Other", **NEXT, "tzid": "Etc/UTC"}
    entries = [
        {"method": "POST", "relative_url": listener.path, "data": body},
        {"method": "DELETE", "relative_url": listener.path, "data": {"event_id": "standup"}},
    ]
    answer = listener.call("POST", "/v1/batch", {"batch": entries})
    assert [entry["status"] for entry in answer.json()["batch"]] == [202, 202]


WRITES: dict[str, Act] = {
    "creates": lambda who: who.write(event_id="new"),
    "moves": lambda who: who.write(**NEXT),
    "renames": lambda who: who.write(summary="Other"),
    "deletes": lambda who: accepted(who.delete()),
    "deletes in bulk": lambda who: accepted(who.call("DELETE", "/v1/events", {"delete_all": True})),
    "batches": batch,
}
# Of another's event, in a calendar without limits.
EDITS: dict[str, Act] = {
    "changes an external event": lambda who: who.write(
        event_id=None, event_uid=dentist(who)["event_uid"], **NEXT
    ),
    "deletes an external event": lambda who: accepted(
        who.delete(event_uid=dentist(who)["event_uid"])
    ),
}


def dentist(listener: Listener) -> Document:
    """Jane's own event."""
    events = listener.all_events(calendar_ids=listener.calendar_id)
    (found,) = [event for event in events if event["summary"] == "Dentist"]
    return found


def prepared(listener: Listener, case: str) -> Act:
    """What is there before the application does something, and that."""
    listener.write()
    if case in EDITS:
        elevate(listener)
        external(listener)
    return {**WRITES, **EDITS}[case]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", WRITES, ids=lambda case: f"1.4.4 {case}")
def test_an_application_is_not_told_what_it_writes(
    open_sandbox: Open, receiver: Receiver, case: str, mode: str
) -> None:
    """1.4.4: never, whatever the filters are."""
    listener = open_listener(open_sandbox, receiver, mode)
    act = prepared(listener, case)
    listener.open()
    listener.open(filters={"only_managed": True})
    listener.sandbox.advance(seconds=5)
    act(listener)
    assert listener.told(minutes=30) == []


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("case", [*WRITES, *EDITS], ids=lambda case: f"1.4.4 {case}")
def test_another_application_is_told(
    open_sandbox: Open, receiver: Receiver, case: str, mode: str
) -> None:
    """1.4.4 (assumed): for it, it is an external change; only_managed does not hear of it."""
    if mode != "read_write" and case in EDITS:
        mode = "read_write"
    listener = open_listener(open_sandbox, receiver, mode)
    other = listen_too(listener, mode)
    act = prepared(listener, case)
    listener.open()
    other.open()
    other.path_of_callbacks = "/managed"
    other.url = f"{receiver.url}/managed"
    other.open(filters={"only_managed": True})
    listener.sandbox.advance(seconds=5)
    act(listener)
    assert listener.told(minutes=1) == other.told() == []
    other.path_of_callbacks = "/other"
    assert other.changes() == ["2026-05-11T08:00:05Z"]


def test_another_application_changes_what_this_one_wrote(
    open_sandbox: Open, receiver: Receiver
) -> None:
    """1.4.4: told with only_managed; and what it makes of it again is no news to it."""
    listener = open_listener(open_sandbox, receiver)
    other = listen_too(listener)
    elevate_other(other)
    listener.write()
    uid = listener.event()["event_uid"]
    listener.open(filters={"only_managed": True})
    listener.sandbox.advance(seconds=5)
    other.write(event_id=None, event_uid=uid, summary="Theirs")
    assert listener.changes() == ["2026-05-11T08:00:05Z"]
    listener.write(summary="Ours")
    assert listener.changes() == []


def elevate_other(other: Listener) -> None:
    listed = other.sandbox.document["applications"]
    consent = {"page": "permissions", "decision": "allow", "client_id": listed[1]["client_id"]}
    control(other, "POST", "/consents", json=consent)
    permission = {"calendar_id": other.calendar_id, "permission_level": "unrestricted"}
    body = {"permissions": [permission], "redirect_uri": "http://localhost:3000/callback"}
    answer = other.call("POST", "/v1/permissions", body)
    other.sandbox.http.get(answer.json()["permissions_request"]["url"])


@pytest.mark.parametrize("mode", MODES)
def test_an_answer_given_by_the_application(
    open_sandbox: Open, receiver: Receiver, mode: str
) -> None:
    """1.4.4: participation_status is a write of its own, too."""
    listener = open_listener(open_sandbox, receiver, mode)
    if mode == "read_write":
        uid = external(listener, **INVITATION)
    else:
        listener.write()
        uid = listener.event()["event_uid"]
    other = listen_too(listener, mode)
    listener.open()
    other.open()
    listener.sandbox.advance(seconds=5)
    path = f"{listener.path}/{uid}/participation_status"
    accepted(listener.call("POST", path, {"status": "accepted"}))
    assert listener.told(minutes=10) == []
    assert other.changes() == ["2026-05-11T08:00:05Z"]


def test_conferencing_that_is_assigned_later(open_sandbox: Open, receiver: Receiver) -> None:
    """1.4.4: the application has asked for it; others see that the event has changed."""
    zoom = [{"provider_name": "zoom"}]
    listener = open_listener(open_sandbox, receiver, conferencing=zoom)
    other = listen_too(listener)
    listener.open()
    other.open()
    listener.write(conferencing={"profile_id": "default"})
    assert other.changes(seconds=1) == [CLOCK]
    assert listener.told(minutes=10) == []
    assert other.changes() == ["2026-05-11T08:00:02Z"]
    assert listener.event()["conferencing"]["provider_name"] == "zoom"


@pytest.mark.parametrize("mode", ["read_write", "free_busy"])
def test_a_calendar_made_by_an_application(
    open_sandbox: Open, receiver: Receiver, mode: str
) -> None:
    """1.4.4: it knows; another application, and one in another mode, see a new calendar."""
    listener = open_listener(open_sandbox, receiver)
    listen(listener.sandbox, receiver, "free_busy")
    other = listen_too(listener, mode)
    listener.open()
    other.open()
    listener.sandbox.advance(seconds=5)
    body = {"profile_id": listener.profile_id, "name": "Bookings"}
    assert listener.call("POST", "/v1/calendars", body).status_code == 200
    assert listener.told(minutes=1) == []
    assert other.changes() == ["2026-05-11T08:00:05Z"]


# --- The same calendar, seen in several ways ------------------------------------------


class Twice(Listener):
    """The application sees Jane's calendar in Read-Write and in Free/Busy mode."""

    writing: str
    watching: str


def open_twice(open_sandbox: Open, receiver: Receiver, **how: Any) -> tuple[Twice, Listener]:
    """And another application, which sees it as busy time only."""
    sandbox = open_town(open_sandbox, **how)
    first = listen(sandbox, receiver)
    second = sandbox.connect(JANE, access_mode="free_busy", scope="free_busy_write")
    assert second["sub"] == first.sub
    profiles = second["userinfo"]["cronofy.data"]["profiles"]
    assert [profile["provider_name"] for profile in profiles][:2] == [
        "google",
        "google_free_busy",
    ]
    twice = Twice(sandbox, second, first.letterbox)
    twice.calendar_id = first.calendar_id
    twice.writing, twice.watching = (profile["profile_id"] for profile in profiles[:2])
    other = listen_too(twice, "free_busy")
    twice.open()
    other.open()
    return twice, other


def lapse(listener: Listener, profile_id: str, *others: Listener) -> None:
    """A profile is disconnected, and nobody minds the notification of that."""
    control(listener, "POST", f"/profiles/{profile_id}/disconnect")
    for one in (listener, *others):
        one.told()


def relink(listener: Listener, profile_id: str) -> None:
    control(listener, "POST", f"/profiles/{profile_id}/reconnect")


SEEN = {"at once": {}, "later": {"sync_delay": {"minutes": 10}}}
# A rename is no news to who sees busy times only.
TIMES = [case for case in (*WRITES, *EDITS) if case != "renames"]


@pytest.mark.parametrize("delay", SEEN)
@pytest.mark.parametrize("case", TIMES, ids=lambda case: f"1.4.4 {case}")
def test_own_writes_in_other_profiles(
    open_sandbox: Open, receiver: Receiver, case: str, delay: str
) -> None:
    """1.4.4: the busy times that follow, at once or when they are synchronized, are no news
    to who wrote them, but to another application."""
    twice, other = open_twice(open_sandbox, receiver, **SEEN[delay])
    act = prepared(twice, case)
    twice.told(minutes=20)
    other.told()
    twice.sandbox.advance(seconds=5)
    act(twice)
    assert twice.told(minutes=20) == []
    since = "2026-05-11T08:20:05Z" if delay == "at once" else "2026-05-11T08:30:05Z"
    assert other.changes() == [since]


@pytest.mark.parametrize("case", TIMES, ids=lambda case: f"1.4.4 {case}")
def test_own_writes_while_another_profile_has_lapsed(
    open_sandbox: Open, receiver: Receiver, case: str
) -> None:
    """1.4.4: when it is connected again, its busy times change; who wrote them knows."""
    twice, other = open_twice(open_sandbox, receiver)
    act = prepared(twice, case)
    lapse(twice, twice.watching, other)
    other.told(minutes=1)
    twice.told()
    act(twice)
    assert twice.told(minutes=10) == other.told() == []
    relink(twice, twice.watching)
    again = ["profile_initial_sync_completed"]
    assert twice.types(minutes=1) == again
    assert other.types() == [*again, "change"]


@pytest.mark.parametrize("delay", SEEN)
@pytest.mark.parametrize("case", TIMES, ids=lambda case: f"1.4.4 {case}")
def test_own_writes_that_were_queued(
    open_sandbox: Open, receiver: Receiver, case: str, delay: str
) -> None:
    """1.4.4: what was written while the profile could not be reaches the provider later, and
    comes back as busy times."""
    switches = {"queue_writes": True}
    twice, other = open_twice(open_sandbox, receiver, switches=switches, **SEEN[delay])
    act = prepared(twice, case)
    twice.sandbox.advance(minutes=20)
    lapse(twice, twice.writing, other)
    act(twice)
    assert twice.told(minutes=10) == other.told() == []
    relink(twice, twice.writing)
    assert twice.types(minutes=20) == ["profile_initial_sync_completed"]
    assert other.types() == ["change"]


def test_who_wrote_last(open_sandbox: Open, receiver: Receiver) -> None:
    """1.4.4: Jane's change is told wherever it is seen, though the application wrote before;
    what the application writes over it is not."""
    delay = {"minutes": 10}
    twice, other = open_twice(open_sandbox, receiver, sync_delay=delay)
    twice.write()
    uid = twice.event()["event_uid"]
    twice.sandbox.advance(minutes=2)
    external(twice, event_uid=uid, **NEXT)
    # The busy times were due from the first write on, the event itself from the move on.
    assert twice.changes(minutes=9) == ["2026-05-11T08:10:00Z"]
    assert twice.changes(minutes=9) == ["2026-05-11T08:12:00Z"]
    assert other.changes() == ["2026-05-11T08:10:00Z"]

    external(twice, event_uid=uid, start="2026-05-14T09:00:00Z", end="2026-05-14T10:00:00Z")
    twice.sandbox.advance(minutes=1)
    twice.write(start="2026-05-15T09:00:00Z", end="2026-05-15T10:00:00Z")
    assert twice.told(minutes=20) == []
    assert len(other.changes()) == 1


def test_a_delay_of_what_people_do(open_sandbox: Open, receiver: Receiver) -> None:
    """1.4.4: what Cronofy sees later has changed then, for readers too."""
    listener = open_listener(open_sandbox, receiver, sync_delay={"minutes": 10})
    listener.open()
    external(listener)
    assert listener.changes(minutes=10, seconds=2) == ["2026-05-11T08:10:00Z"]
    query = {"last_modified": "2026-05-11T08:10:00Z", "include_deleted": "true"}
    assert [event["summary"] for event in listener.all_events(**query)] == ["Dentist"]


def test_what_the_mails_of_an_event_change_elsewhere(
    open_sandbox: Open, receiver: Receiver
) -> None:
    """1.4.4 (assumed): Jane's mail client moves what she has accepted: her busy time has
    changed, though it was the application that moved the event."""
    listener = open_listener(open_sandbox, receiver, "free_busy")
    listener.write()
    decide(listener, "accepted")
    listener.open()
    listener.open(filters={"only_managed": True})
    listener.write(summary="Other")
    assert listener.changes() == []
    listener.write(**NEXT)
    assert listener.changes() == ["2026-05-11T08:01:00Z"]


def test_accounts_are_apart(sandbox: Sandbox, receiver: Receiver) -> None:
    """1: what happens to Mary is nothing to Jane's channels."""
    sandbox.control("PUT", "/clock", json={"now": CLOCK})
    listener = listen(sandbox, receiver)
    sandbox.connect("mary@acme.test")
    listener.open()
    body = {"summary": "Dentist", "start": CLOCK, "end": "2026-05-11T09:00:00Z"}
    control(listener, "POST", "/people/mary@acme.test/events", json=body)
    assert listener.changes() == []
    control(listener, "POST", f"/people/{JANE}/events", json=body)
    assert len(listener.changes()) == 1


# --- Profiles --------------------------------------------------------------------------


@pytest.mark.parametrize("switch", [False, True], ids=["default", "profile_connected"])
def test_a_profile_lapses_and_is_connected_again(
    open_sandbox: Open, receiver: Receiver, switch: bool
) -> None:
    """1.4.3: profile_disconnected once, at once (assumed); nothing of what happens meanwhile;
    then that it is synchronized again, and what has changed. profile_connected only with its
    switch."""
    listener = open_listener(open_sandbox, receiver, switches={"profile_connected": switch})
    channel = listener.open(filters={"only_managed": False})
    for _ in range(2):
        control(listener, "POST", f"/profiles/{listener.profile_id}/disconnect")
    (told,) = listener.told(minutes=1)
    assert told == {"notification": {"type": "profile_disconnected"}, "channel": channel}
    external(listener)
    assert listener.told(minutes=1) == []
    for _ in range(2):
        relink(listener, listener.profile_id)
    connected = ["profile_connected"] if switch else []
    told = listener.told(minutes=1)
    assert [one["notification"] for one in told] == [
        *({"type": one} for one in connected),
        {"type": "profile_initial_sync_completed"},
        change("2026-05-11T08:02:00Z"),
    ]


def test_a_profile_is_connected_again_in_the_flow(open_sandbox: Open, receiver: Receiver) -> None:
    """1.4.3: the same as by its relink URL."""
    switches = {"profile_connected": True}
    listener = open_listener(open_sandbox, receiver, switches=switches)
    listener.open()
    lapse(listener, listener.profile_id)
    external(listener)
    connected = listener.sandbox.connect(JANE)
    assert connected["linking_profile"]["profile_id"] == listener.profile_id
    assert listener.types(minutes=1) == [
        "profile_connected",
        "profile_initial_sync_completed",
        "change",
    ]
    # Once more, nothing was lapsed.
    listener.sandbox.connect(JANE)
    assert listener.told(minutes=1) == []


def test_another_profile_of_the_account_is_synchronized(
    open_sandbox: Open, receiver: Receiver
) -> None:
    """1.4.3: who has a channel before it is connected hears when it is ready; applications
    that do not see it do not."""
    listener = open_listener(open_sandbox, receiver, "no_calendar")
    other = listen_too(listener, "no_calendar")
    listener.open()
    other.open()
    listen(listener.sandbox, receiver)
    assert listener.types(minutes=1) == ["profile_initial_sync_completed"]
    assert other.told() == []


def test_a_hosted_profile_has_nothing_to_synchronize(
    open_sandbox: Open, receiver: Receiver
) -> None:
    """1.4.3: a Cronofy calendar beside the others is there at once."""
    listener = open_listener(open_sandbox, receiver)
    listener.open()
    listen(listener.sandbox, receiver, "no_calendar")
    assert listener.told(minutes=1) == []


@pytest.mark.parametrize("first", [True, False], ids=["channel first", "sync first"])
def test_the_first_synchronization(open_sandbox: Open, receiver: Receiver, first: bool) -> None:
    """1.4.3: is told when it is finished, but not to a channel that is opened later; what it
    finds has changed."""
    calendars = [{"name": "Work", "primary": True, "events": [{"summary": "A", **NEXT}]}]
    how = {"initial_sync": "held", "calendars": calendars}
    listener = open_listener(open_sandbox, receiver, **how)
    if first:
        listener.open()
    assert listener.told(minutes=1) == []
    control(listener, "POST", f"/profiles/{listener.profile_id}/sync")
    if not first:
        listener.told(minutes=1)
        listener.open()
    types = ["profile_initial_sync_completed", "change"]
    assert listener.types(minutes=1) == (types if first else [])
    control(listener, "POST", f"/profiles/{listener.profile_id}/sync")
    assert listener.told(minutes=1) == []


def test_profiles_are_told_of_to_those_who_see_them(open_sandbox: Open, receiver: Receiver) -> None:
    """1.4.3: another application that sees only the hosted profile is told nothing."""
    listener = open_listener(open_sandbox, receiver)
    other = listen_too(listener, "no_calendar")
    listener.open()
    other.open()
    control(listener, "POST", f"/profiles/{listener.profile_id}/disconnect")
    assert listener.types(minutes=1) == ["profile_disconnected"]
    assert other.told() == []


def test_a_conferencing_service_lapses(open_sandbox: Open, receiver: Receiver) -> None:
    """1.4.3: conferencing_profile_disconnected, once; without which one it is."""
    listener = open_listener(open_sandbox, receiver, conferencing=[{"provider_name": "zoom"}])
    other = listen_too(listener)
    channel = listener.open()
    other.open()
    userinfo = listener.call("GET", "/v1/userinfo").json()
    (zoom,) = userinfo["cronofy.data"]["conferencing_profiles"]
    for _ in range(2):
        control(listener, "POST", f"/profiles/{zoom['profile_id']}/disconnect")
    (told,) = listener.told(minutes=1)
    notification = {"type": "conferencing_profile_disconnected"}
    assert told == {"notification": notification, "channel": channel}
    assert other.types() == [notification["type"]]
    relink(listener, zoom["profile_id"])
    assert listener.told(minutes=1) == []
