"""When notifications leave, in what order, and what becomes of those that fail (notifications
§§1.4.4, 1.4.5).
"""

from __future__ import annotations

import json
import random
import socket
from datetime import datetime, timedelta

import pytest

from tests.contract.documents import Document, Like
from tests.contract.events import CLOCK, JANE, Open, accepted, external, own_calendar, removed
from tests.contract.listening import Listener, listen_too, open_listener
from tests.contract.receiver import Receiver
from tests.contract.test_deliveries import signature

DAY = 86_400

# Seconds from the first attempt to each of them, if all fail.
ATTEMPTS = [0, 15, 75, 375, 1275, 4875, 12_075, 26_475, 48_075, 84_075, DAY]


def at(seconds: int) -> str:
    moment = datetime.fromisoformat(CLOCK) + timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def deliveries(listener: Listener, **query: str) -> list[Document]:
    answer = listener.sandbox.control("GET", "/deliveries", params=query)
    found: list[Document] = answer.json()["deliveries"]
    return found


def times(listener: Listener) -> list[tuple[str, list[str]]]:
    """The kind of each delivery, and when it was tried."""
    return [
        (delivery["kind"], [attempt["at"] for attempt in delivery["attempts"]])
        for delivery in deliveries(listener)
    ]


def adds(listener: Listener, **more: object) -> str:
    """Jane adds an event."""
    return external(listener, **more)


def read_since(listener: Listener, since: str, **query: str) -> list[str]:
    """The summaries of what a client finds that was told of a change."""
    events = listener.all_events(last_modified=since, include_deleted="true", **query)
    return sorted(event["summary"] for event in events)


# --- What it looks like --------------------------------------------------------------


def test_the_request(open_sandbox: Open, receiver: Receiver) -> None:
    """1.4.1-1.4.3: POST of compact JSON, signed; no header tells of type, id or time."""
    listener = open_listener(open_sandbox, receiver)
    channel = listener.create(filters={"only_managed": False}).json()["channel"]
    (callback,) = listener.letterbox.take("/hook")
    assert callback.body == compact({"notification": {"type": "verification"}, "channel": channel})
    secret = listener.sandbox.application["client_secret"]
    assert callback.headers["cronofy-hmac-sha256"] == signature(secret, callback.body)
    assert callback.headers["content-type"] == "application/json; charset=utf-8"
    assert callback.headers["user-agent"] == Like("Cronofy .+")
    assert {name for name in callback.headers if name.startswith(("x-", "cronofy"))} == {
        "cronofy-hmac-sha256"
    }
    adds(listener)
    listener.sandbox.advance(seconds=1)
    (callback,) = listener.letterbox.take("/hook")
    notification = {"type": "change", "changes_since": CLOCK}
    assert callback.body == compact({"notification": notification, "channel": channel})


def compact(document: Document) -> bytes:
    return json.dumps(document, separators=(",", ":")).encode()


# --- changes_since -------------------------------------------------------------------


def test_reading_since_finds_exactly_what_changed(open_sandbox: Open, receiver: Receiver) -> None:
    """1.4.4: changes_since, passed on as last_modified, finds what was added, moved and
    deleted since, and nothing from the second before."""
    listener = open_listener(open_sandbox, receiver)
    kept, moved, gone = (adds(listener, summary=name) for name in ("kept", "moved", "gone"))
    assert kept
    listener.open()
    listener.sandbox.advance(seconds=1)
    external(listener, event_uid=moved, start="2026-05-13T09:00:00Z", end="2026-05-13T10:00:00Z")
    removed(listener, gone)
    adds(listener, summary="new")
    (since,) = listener.changes()
    assert since == at(1)
    assert read_since(listener, since) == ["gone", "moved", "new"]
    # To the second.
    assert read_since(listener, at(2)) == []
    assert read_since(listener, CLOCK) == ["gone", "kept", "moved", "new"]


@pytest.mark.parametrize(
    ("switches", "told"),
    [
        ({}, [(1, 0), (3, 2), (6, 5)]),
        ({"notification_delay": 0}, [(0, 0), (2, 2), (5, 5)]),
        ({"notification_delay": 3}, [(3, 0), (8, 5)]),
        ({"notification_delay": 60}, [(60, 0)]),
    ],
    ids=lambda value: f"1.4.5 {value}",
)
def test_changes_close_together_are_one(
    open_sandbox: Open, receiver: Receiver, switches: Document, told: list[tuple[int, int]]
) -> None:
    """1.4.5 (assumed): those of a second, or of the switch notification_delay, with the time
    of the oldest."""
    listener = open_listener(open_sandbox, receiver, switches=switches)
    listener.open()
    for seconds in (0, 2, 3):
        listener.sandbox.advance(seconds=seconds)
        adds(listener, summary=f"after {seconds}")
        # Without a delay, it is told before anything else happens.
        listener.sandbox.advance(seconds=0)
    listener.sandbox.advance(minutes=2)
    changes = deliveries(listener, kind="change")
    assert [(change["created_at"], since(change)) for change in changes] == [
        (at(created), at(changed)) for created, changed in told
    ]
    assert listener.changes() == [since(change) for change in changes]


def since(delivery: Document) -> str:
    found: str = delivery["body"]["notification"]["changes_since"]
    return found


def test_changes_of_one_second_are_one_without_a_delay(
    open_sandbox: Open, receiver: Receiver
) -> None:
    """1.4.5: many events in one call of the control API, and an announcement that is on its
    way, are not told of twice."""
    switches = {"notification_delay": 0}
    listener = open_listener(open_sandbox, receiver, switches=switches)
    listener.open()
    event = {"summary": "Dentist", "start": CLOCK, "end": "2026-05-11T09:00:00Z"}
    body = {"events": [event] * 50}
    answer = listener.sandbox.control("POST", f"/people/{JANE}/events", json=body)
    assert answer.status_code == 201
    assert listener.changes() == [CLOCK]


def test_a_verification_that_succeeds_does_not_hasten_changes(
    open_sandbox: Open, receiver: Receiver
) -> None:
    """1.4.5: what has happened meanwhile is collected for its second all the same."""
    listener = open_listener(open_sandbox, receiver)
    receiver.gate.clear()
    listener.create()
    receiver.next()
    adds(listener)
    receiver.gate.set()
    assert listener.told() == []
    adds(listener)
    assert listener.changes() == [CLOCK]


def test_changes_while_one_is_on_its_way(open_sandbox: Open, receiver: Receiver) -> None:
    """1.4.5: one at a time; what happens meanwhile is announced when it is through, with its
    own time."""
    listener = open_listener(open_sandbox, receiver, switches={"notification_delay": 0})
    listener.open()
    receiver.gate.clear()
    adds(listener, summary="first")
    assert receiver.next().document["notification"]["changes_since"] == CLOCK
    for name in ("second", "third"):
        adds(listener, summary=name)
    assert len(deliveries(listener, kind="change")) == 1
    assert receiver.empty
    receiver.gate.set()
    assert listener.changes() == [CLOCK]
    assert len(deliveries(listener, kind="change")) == 2


def test_changes_while_one_is_tried_again(open_sandbox: Open, receiver: Receiver) -> None:
    """1.4.4, 1.4.5: the announcement keeps its time; when it is taken, reading finds the later
    ones too, and they are announced with their own."""
    listener = open_listener(open_sandbox, receiver)
    listener.open()
    receiver.answers = [500] * 4
    adds(listener, summary="first")
    assert listener.changes(seconds=2) == [CLOCK]
    for name in ("second", "third"):
        adds(listener, summary=name)
        listener.sandbox.advance(minutes=1)
    assert listener.changes() == [CLOCK] * 2
    listener.sandbox.advance(minutes=30)
    assert listener.changes() == [CLOCK, CLOCK, at(2)]
    assert read_since(listener, CLOCK) == ["first", "second", "third"]
    assert read_since(listener, at(2)) == ["second", "third"]
    assert listener.changes(days=1) == []


def test_an_announcement_that_cannot_leave_is_made_up_for(
    open_sandbox: Open, receiver: Receiver
) -> None:
    """1.4.4: while a host is refused, the oldest change that nobody has heard of stays the
    one since which later announcements tell."""
    listener = open_listener(open_sandbox, receiver)
    answer = listener.create(callback_url="http://203.0.113.1/hook")
    assert answer.status_code == 200
    adds(listener)
    listener.sandbox.advance(minutes=5)
    adds(listener)
    listener.sandbox.advance(minutes=5)
    found = deliveries(listener)
    assert [delivery["state"] for delivery in found] == ["refused"] * 3
    assert [since(delivery) for delivery in found[1:]] == [CLOCK, CLOCK]
    assert all(
        [attempt["response"]["error"] for attempt in delivery["attempts"]]
        == [Like(r".*203\.0\.113\.1.*")]
        for delivery in found
    )
    assert deliveries(listener, state="pending") == []
    # The emulator has refused, not the receiver: the channel stays.
    listener.sandbox.advance(days=2)
    listed = listener.sandbox.control("GET", "/channels").json()["channels"]
    assert [channel["untold_since"] for channel in listed] == [CLOCK]


# --- Order ---------------------------------------------------------------------------


def test_notifications_of_a_channel_leave_in_order(open_sandbox: Open, receiver: Receiver) -> None:
    """1.4.5: what comes later waits for what fails; other channels do not."""
    listener = open_listener(open_sandbox, receiver)
    other = listen_too(listener)
    other.open()
    receiver.answers = [500]
    listener.create()
    assert listener.types() == ["verification"]
    adds(listener)
    path = f"/profiles/{listener.profile_id}"
    listener.sandbox.advance(seconds=5)
    listener.sandbox.control("POST", f"{path}/disconnect")
    assert other.types(seconds=0) == ["change", "profile_disconnected"]
    assert listener.types(seconds=9) == []
    assert listener.types(seconds=1) == ["verification", "change", "profile_disconnected"]


def test_at_most_one_of_a_channel_is_on_its_way(open_sandbox: Open, receiver: Receiver) -> None:
    """1.4.5: the second leaves when the first has been answered."""
    listener = open_listener(open_sandbox, receiver)
    receiver.gate.clear()
    listener.create()
    assert receiver.next().document["notification"] == {"type": "verification"}
    for kind in ("gdpr_requested", "other"):
        listed = listener.channels()[0]["channel_id"]
        listener.sandbox.control("POST", f"/channels/{listed}/notify", json={"type": kind})
    assert receiver.empty
    receiver.gate.set()
    assert listener.types() == ["gdpr_requested", "other"]


def test_what_was_on_its_way_when_its_channel_was_closed_is_shown(
    open_sandbox: Open, receiver: Receiver
) -> None:
    """1.4.5: it has arrived, whatever has become of its channel since."""
    listener = open_listener(open_sandbox, receiver)
    receiver.gate.clear()
    channel = listener.create().json()["channel"]
    receiver.next()
    accepted(listener.call("DELETE", f"/v1/channels/{channel['channel_id']}"))
    receiver.gate.set()
    listener.sandbox.advance(seconds=0)
    (delivery,) = deliveries(listener)
    assert delivery["state"] == "failed"
    assert [attempt["response"]["status"] for attempt in delivery["attempts"]] == [200]


# --- Retries, and the end --------------------------------------------------------------


@pytest.mark.parametrize("status", [404, 410, 500, 301, 307], ids=lambda s: f"1.4.5 {s}")
def test_a_channel_is_closed_after_a_day_without_success(
    open_sandbox: Open, receiver: Receiver, status: int
) -> None:
    """1.4.5: every failure is an ordinary one, redirects are not followed; tried again after
    15 s, 1, 5 and 15 minutes, 1, 2, 4, 6 and 10 hours; closed at 24 hours, without notice."""
    listener = open_listener(open_sandbox, receiver)
    receiver.answers = [status] * len(ATTEMPTS)
    created = listener.create()
    assert created.status_code == 200
    adds(listener)
    listener.sandbox.advance(seconds=DAY - 1)
    listener.again()
    assert listener.channels() == [created.json()["channel"]]
    listener.sandbox.advance(seconds=1)
    assert listener.channels() == []
    adds(listener)
    assert listener.types(days=3) == ["verification"] * len(ATTEMPTS)
    assert times(listener) == [("verification", [at(s) for s in ATTEMPTS]), ("change", [])]
    assert [delivery["state"] for delivery in deliveries(listener)] == ["failed"] * 2


def test_nobody_listens(open_sandbox: Open, receiver: Receiver) -> None:
    """1.4.5: a connection error is a failure, too."""
    listener = open_listener(open_sandbox, receiver)
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        listener.create(callback_url=f"http://127.0.0.1:{closed.getsockname()[1]}/")
        listener.sandbox.advance(days=1)
    assert times(listener) == [("verification", [at(s) for s in ATTEMPTS])]
    assert listener.sandbox.control("GET", "/channels").json() == {"channels": []}


def test_nobody_is_known_by_that_name(open_sandbox: Open, receiver: Receiver) -> None:
    """1.4.5: nor is a receiver that starts later, as containers do, given up at once."""
    listener = open_listener(open_sandbox, receiver)
    listener.create(callback_url="http://a..b/hook")
    listener.sandbox.advance(seconds=15)
    (delivery,) = deliveries(listener)
    assert delivery["state"] == "pending"
    errors = [attempt["response"]["error"] for attempt in delivery["attempts"]]
    assert errors == [Like("ConnectionError: the host a..b cannot be found: .*")] * 2


@pytest.mark.parametrize("number", range(1, len(ATTEMPTS)))
def test_one_success_is_enough(open_sandbox: Open, receiver: Receiver, number: int) -> None:
    """1.4.5: any 2xx; the day counts anew from the next failure on."""
    listener = open_listener(open_sandbox, receiver)
    receiver.answers = [500] * number + [202, *[500] * len(ATTEMPTS)]
    created = listener.create().json()["channel"]
    listener.sandbox.advance(seconds=ATTEMPTS[number])
    adds(listener)
    began = ATTEMPTS[number] + 1
    listener.sandbox.advance(seconds=1 + DAY - 1)
    listener.again()
    assert listener.channels() == [created]
    assert listener.sandbox.advance(seconds=1)["happened"] != []
    assert listener.channels() == []
    assert times(listener) == [
        ("verification", [at(s) for s in ATTEMPTS[: number + 1]]),
        ("change", [at(began + s) for s in ATTEMPTS]),
    ]


@pytest.mark.parametrize("status", [404, 410, 500])
def test_a_receiver_that_is_gone_may_close_the_channel(
    open_sandbox: Open, receiver: Receiver, status: int
) -> None:
    """1.4.5: with the switch close_on_gone, 410 does."""
    listener = open_listener(open_sandbox, receiver, switches={"close_on_gone": True})
    receiver.answers = [status]
    listener.create()
    listener.told(minutes=1)
    assert len(listener.channels()) == (status != 410)
    adds(listener)
    assert len(listener.changes()) == (status != 410)


def test_a_replay_closes_nothing(open_sandbox: Open, receiver: Receiver) -> None:
    """A notification that was taken days ago, sent again by hand to a receiver that fails now,
    is a failure of now; what comes later is told all the same."""
    listener = open_listener(open_sandbox, receiver)
    listener.open()
    listener.sandbox.advance(days=3)
    receiver.answers = [500]
    (verification,) = deliveries(listener)
    listener.sandbox.control("POST", f"/deliveries/{verification['delivery_id']}/replay")
    adds(listener)
    assert listener.types(hours=2) == ["verification", "verification", "change"]
    assert len(listener.sandbox.control("GET", "/channels").json()["channels"]) == 1


def test_clocks_that_are_put_back(open_sandbox: Open, receiver: Receiver) -> None:
    """1.4.4: changes_since is that of the earliest change, by the clock that readers go by."""
    listener = open_listener(open_sandbox, receiver)
    listener.open()
    listener.sandbox.advance(hours=1)
    adds(listener, summary="later")
    listener.sandbox.control("PUT", "/clock", json={"now": CLOCK})
    adds(listener, summary="earlier")
    assert listener.changes(hours=2) == [CLOCK]
    listener.again()
    assert read_since(listener, CLOCK) == ["earlier", "later"]


# --- Chance ----------------------------------------------------------------------------


class World:
    """Jane and two applications that write, a clock that moves, a receiver that fails; and what
    a client then has read that follows each changes_since.
    """

    def __init__(self, listener: Listener, other: Listener, chance: random.Random) -> None:
        self.listener, self.other = listener, other
        self.chance = chance
        self.count = 0
        # The summaries that the client wrote itself, and its own events that it deleted.
        self.own: set[str] = set()
        self.dropped: set[str] = set()
        # The deliveries that it has taken, and what it has read of each event.
        self.taken: set[str] = set()
        self.has_read: dict[str, tuple[str, bool]] = {}

    def words(self) -> Document:
        self.count += 1
        day, hour = self.chance.randint(12, 20), self.chance.randint(8, 18)
        start = f"2026-05-{day:02d}T{hour:02d}:00:00Z"
        end = start.replace(":00:00Z", ":30:00Z")
        return {"summary": f"words {self.count}", "start": start, "end": end}

    def jane(self) -> None:
        """She adds, changes or deletes an event, also one that an application wrote."""
        uids = [event["event_uid"] for event in own_calendar(self.listener)]
        what = self.chance.choice(["add", "change", "delete"])
        if what == "add" or not uids:
            external(self.listener, **self.words())
        elif what == "change":
            external(self.listener, event_uid=self.chance.choice(uids), **self.words())
        else:
            removed(self.listener, self.chance.choice(uids))

    def writes(self, who: Listener) -> None:
        """An application writes one of its three events, or deletes it."""
        event_id = f"event-{self.chance.randint(1, 3)}"
        if self.chance.random() < 0.7:
            words = self.words()
            who.write(event_id=event_id, **words)
            if who is self.listener:
                self.own.add(words["summary"])
            return
        if who is self.listener:
            self.dropped |= {e["event_uid"] for e in who.read() if e["event_id"] == event_id}
        accepted(who.delete(event_id=event_id))

    def step(self) -> None:
        what = self.chance.choice(["jane", "jane", "own", "own", "other", "time", "fail"])
        if what == "jane":
            self.jane()
        elif what == "own":
            self.writes(self.listener)
        elif what == "other":
            self.writes(self.other)
        elif what == "time":
            self.wait(self.chance.choice([0, 1, 2, 20, 40]))
        else:
            self.listener.letterbox.receiver.answers += [500] * self.chance.randint(1, 4)
        self.read()

    def wait(self, seconds: int) -> None:
        for _ in range(seconds):
            if self.listener.sandbox.advance(seconds=1)["happened"]:
                self.read()

    def read(self) -> None:
        """A client reads when it is told; where its answer is a failure, it has not read."""
        self.listener.sandbox.advance(seconds=0)
        for document in deliveries(self.listener, kind="change", state="delivered"):
            if document["delivery_id"] in self.taken:
                continue
            self.taken.add(document["delivery_id"])
            query = {"last_modified": since(document), "include_deleted": "true"}
            for event in self.listener.all_events(**query):
                self.has_read[event["event_uid"]] = (event["summary"], event["deleted"])

    def knows(self, event: Document) -> bool:
        """Whether the client has it as it stands: read, or written by itself."""
        uid, state = event["event_uid"], (event["summary"], event["deleted"])
        own = uid in self.dropped if event["deleted"] else event["summary"] in self.own
        return own or self.has_read.get(uid) == state


@pytest.mark.parametrize("delay", [0, 30], ids=lambda delay: f"sync_delay {delay}")
@pytest.mark.parametrize("seed", range(8))
def test_nothing_is_missed(open_sandbox: Open, receiver: Receiver, seed: int, delay: int) -> None:
    """1.4.4: whatever happens, and whatever fails, a client that reads since each changes_since
    in the end has everything as it stands that is not as it wrote it itself."""
    listener = open_listener(open_sandbox, receiver, sync_delay={"seconds": delay})
    world = World(listener, listen_too(listener), random.Random(f"{seed} {delay}"))
    listener.open()
    for _ in range(60):
        world.step()
    receiver.answers.clear()
    world.wait(40)
    listener.sandbox.advance(minutes=20)
    world.read()
    events = listener.all_events(include_deleted="true")
    assert any(event["summary"] not in world.own for event in events)
    assert [event for event in events if not world.knows(event)] == []


@pytest.mark.parametrize("delay", [0, 30], ids=lambda delay: f"sync_delay {delay}")
@pytest.mark.parametrize("seed", range(3))
def test_own_writes_alone_are_never_told(
    open_sandbox: Open, receiver: Receiver, seed: int, delay: int
) -> None:
    """1.4.4: however many there are, whatever the delay, and however time goes."""
    listener = open_listener(open_sandbox, receiver, sync_delay={"seconds": delay})
    other = listen_too(listener)
    listener.open()
    other.open()
    world = World(listener, other, random.Random(seed))
    for _ in range(40):
        world.writes(listener)
        listener.sandbox.advance(seconds=world.chance.choice([0, 1, 20]))
    assert listener.told(minutes=30) == []
    assert other.changes() != []
