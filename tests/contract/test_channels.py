"""Push notification channels: create, list, close (notifications §§1.1-1.3)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.documents import Document, Like, person
from tests.contract.events import CLOCK, JANE, SCOPE, Open, accepted, external, refused
from tests.contract.listening import (
    CHANNEL_ID,
    EVERYTHING_ON,
    Letterbox,
    Listener,
    listen,
    listen_too,
    open_listener,
    open_town,
)
from tests.contract.receiver import Receiver
from tests.contract.stories import revoke
from tests.emulator import Sandbox

MODES = ("read_write", "free_busy", "no_calendar")
NOBODY = "http://127.0.0.1:9/hook"


# --- Create --------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: f"1.1 {mode}")
def test_a_channel_is_created_and_verified(
    open_sandbox: Open, receiver: Receiver, mode: str
) -> None:
    """1.1, 1.4.3: 200 with the channel; right after, a verification is posted to its URL."""
    listener = open_listener(open_sandbox, receiver, mode)
    answer = listener.create()
    assert answer.status_code == 200
    channel = {"channel_id": CHANNEL_ID, "callback_url": listener.url, "filters": {}}
    assert answer.json() == {"channel": channel}
    (verification,) = listener.told()
    assert verification == {
        "notification": {"type": "verification"},
        "channel": answer.json()["channel"],
    }
    assert list(verification) == ["notification", "channel"]
    assert listener.told(days=2) == []


@pytest.mark.parametrize(
    ("sent", "echoed"),
    [
        pytest.param({}, {}, id="none"),
        pytest.param({"only_managed": True}, {"only_managed": True}, id="only_managed"),
        pytest.param({"only_managed": False}, {"only_managed": False}, id="not only_managed"),
        pytest.param({"calendar_ids": ["own"]}, {"calendar_ids": ["own"]}, id="calendar_ids"),
        pytest.param(
            {"only_managed": True, "calendar_ids": ["own"]},
            {"calendar_ids": ["own"], "only_managed": True},
            id="both",
        ),
        pytest.param({"future_parameter": "for flexibility"}, {}, id="an unknown one"),
        pytest.param({"only_managed": None, "calendar_ids": None}, {}, id="null"),
        pytest.param([], {}, id="PHP's empty object"),
        pytest.param(None, {}, id="null in place of them"),
    ],
)
def test_filters_are_echoed_as_they_were_sent(
    open_sandbox: Open, receiver: Receiver, sent: Any, echoed: Document
) -> None:
    """1.1: only what was sent, only_managed false included; unknown keys are tolerated."""
    listener = open_listener(open_sandbox, receiver)
    for filters in (sent, echoed):
        if isinstance(filters, dict) and filters.get("calendar_ids"):
            filters["calendar_ids"] = [listener.calendar_id]
    channel = listener.open(filters=sent)
    assert channel == {
        "channel_id": CHANNEL_ID,
        "callback_url": listener.url,
        "filters": echoed,
    }
    assert listener.channels() == [channel]


@pytest.mark.parametrize("enabled", [True, False])
def test_scheduling_conversations_are_named_where_they_were_sent(
    open_sandbox: Open, receiver: Receiver, enabled: bool
) -> None:
    """1.1, 1.4.3: also in the notification's channel."""
    listener = open_listener(open_sandbox, receiver)
    wanted = {"enabled": enabled}
    channel = listener.open(scheduling_conversations=wanted)
    assert channel["scheduling_conversations"] == wanted
    # The same channel, otherwise: it is changed in place, and left alone without the key.
    wanted = {"enabled": not enabled}
    for more in ({"scheduling_conversations": wanted}, {}):
        again = listener.create(**more).json()["channel"]
        assert again == {**channel, "scheduling_conversations": wanted}
    assert listener.told() == []


PRODUCTION_URLS = (
    "/cronofy/events?api-token=a%2Fb%7e+c&userId=7",
    "/hook?x[]=1&y={z}&empty=&e=%C3%A9&q='a'|b",
    "/users/42/cal;v=1?u=acc_1%20",
)


@pytest.mark.parametrize("path", PRODUCTION_URLS)
def test_urls_are_kept_byte_for_byte(open_sandbox: Open, receiver: Receiver, path: str) -> None:
    """1, 1.1: query strings, secrets and ids of users in URLs; no limit of length."""
    listener = open_listener(open_sandbox, receiver)
    path = f"{path}&{'long' * 200}"
    listener.path_of_callbacks, listener.url = path, receiver.url + path
    channel = listener.open()
    assert channel["callback_url"] == receiver.url + path


def test_a_url_may_have_other_letters(open_sandbox: Open, receiver: Receiver) -> None:
    """1.4.2: the body has them as they are, the request line escaped."""
    listener = open_listener(open_sandbox, receiver)
    listener.url = f"{receiver.url}/größe?n=ü"
    channel = listener.create().json()["channel"]
    (callback,) = listener.letterbox.take("/gr%C3%B6%C3%9Fe?n=%C3%BC")
    assert callback.document["channel"] == channel
    assert channel["callback_url"] == listener.url
    assert listener.url.encode() in callback.body


REFUSALS: dict[str, tuple[Document, dict[str, str]]] = {
    "no callback_url": ({"callback_url": None}, {"callback_url": "required"}),
    "an empty callback_url": ({"callback_url": ""}, {"callback_url": "required"}),
    "no address": ({"callback_url": "hook"}, {"callback_url": "invalid"}),
    "another scheme": ({"callback_url": "ftp://a.test/"}, {"callback_url": "invalid"}),
    "no host": ({"callback_url": "http:///hook"}, {"callback_url": "invalid"}),
    "a space": ({"callback_url": "http://a.test/a b"}, {"callback_url": "invalid"}),
    "a number": ({"callback_url": 5}, {"callback_url": "invalid"}),
    "filters that are none": ({"filters": "all"}, {"filters": "invalid"}),
    "no calendar": ({"filters": {"calendar_ids": []}}, {"filters.calendar_ids": "required"}),
    "no list": ({"filters": {"calendar_ids": 5}}, {"filters.calendar_ids": "invalid"}),
    "an unknown calendar": (
        {"filters": {"calendar_ids": ["cal_1_2"]}},
        {"filters.calendar_ids": "not_found"},
    ),
    "neither true nor false": (
        {"filters": {"only_managed": "sometimes"}},
        {"filters.only_managed": "must_be_boolean"},
    ),
    "conversations of another kind": (
        {"scheduling_conversations": {"enabled": "often"}},
        {"scheduling_conversations.enabled": "must_be_boolean"},
    ),
}


@pytest.mark.parametrize("case", REFUSALS, ids=lambda case: f"1.1 {case}")
def test_a_channel_is_refused(open_sandbox: Open, receiver: Receiver, case: str) -> None:
    """1.1: 422; there is no channel, and nothing is sent."""
    listener = open_listener(open_sandbox, receiver)
    body, fields = REFUSALS[case]
    refused(listener.create(**body), 422, fields)
    assert (listener.channels(), listener.told()) == ([], [])


def test_calendars_of_another_account_are_unknown(open_sandbox: Open, receiver: Receiver) -> None:
    """1.1: so are those that the application has not been given."""
    listener = open_listener(open_sandbox, receiver)
    mary = Listener(
        listener.sandbox, listener.sandbox.connect("mary@acme.test"), listener.letterbox
    )
    hosted = listen_too(listener, "no_calendar")
    fields = {"filters.calendar_ids": "not_found"}
    for calendar_id in (mary.calendar_id, hosted.calendar_id):
        ids = [listener.calendar_id, calendar_id]
        refused(listener.create(filters={"calendar_ids": ids}), 422, fields)
    mine = hosted.create(filters={"calendar_ids": [hosted.calendar_id]})
    assert mine.status_code == 200


@pytest.mark.parametrize(
    ("scope", "status"),
    [
        ("read_only", 200),
        ("read_write", 200),
        ("read_events", 200),
        ("read_free_busy", 200),
        ("free_busy", 200),
        ("free_busy_write", 200),
        ("write_only", 403),
        ("create_event delete_event", 403),
        ("read_account list_calendars", 403),
        ("change_participation_status", 403),
    ],
    ids=lambda value: f"1.1 {value}",
)
def test_a_scope_that_reads_is_needed(
    open_sandbox: Open, receiver: Receiver, scope: str, status: int
) -> None:
    """1.1: else 403, but for a channel of what the application wrote itself (identity 2.1)."""
    listener = listen(open_town(open_sandbox), receiver, scope=scope)
    answer = listener.create()
    assert answer.status_code == status
    if status == 403:
        refused(answer, 403)
        refused(listener.create(filters={"only_managed": False}), 403)
    own = listener.create(filters={"only_managed": True})
    assert own.status_code == 200
    channel_id = own.json()["channel"]["channel_id"]
    assert channel_id in listener.call("GET", "/v1/channels").text
    assert listener.call("DELETE", f"/v1/channels/{channel_id}").status_code == 202


CALLS = (("POST", "/v1/channels"), ("GET", "/v1/channels"), ("DELETE", "/v1/channels/chn_0"))


@pytest.mark.parametrize(("method", "path"), CALLS, ids=lambda value: f"1 {value}")
def test_who_may_not_have_channels(acme: Sandbox, method: str, path: str) -> None:
    """401 without a token that is known, 403 for a service account's."""
    body = {"callback_url": NOBODY}
    for token in ("unknown", acme.application["client_secret"], acme.document["admin_api_key"]):
        answer = acme.call(token, method, path, json=body)
        assert (answer.status_code, answer.content) == (401, b"")
    administrator = acme.control("POST", "/connect", json={"service_account": "acme.test"}).json()
    refused(acme.call(administrator["access_token"], method, path, json=body), 403)


def test_an_application_calendar_may_have_channels(sandbox: Sandbox) -> None:
    """1.1 (assumed): its token reads events."""
    body = {**sandbox.credentials, "application_calendar_id": "rooms"}
    token = sandbox.http.post("/v1/application_calendars", json=body).json()["access_token"]
    answer = sandbox.call(token, "POST", "/v1/channels", json={"callback_url": NOBODY})
    assert answer.status_code == 200
    assert sandbox.call(token, "GET", "/v1/channels").json() == {
        "channels": [answer.json()["channel"]]
    }


# --- The same channel, others, and too many ------------------------------------------


def test_the_same_channel_again_is_the_same(open_sandbox: Open, receiver: Receiver) -> None:
    """1.1: the existing one's id, and nothing is verified once more."""
    listener = open_listener(open_sandbox, receiver)
    for filters in ({}, {"calendar_ids": [listener.calendar_id], "only_managed": True}):
        channel = listener.open(filters=filters)
        again = listener.create(filters={**filters, "future_parameter": 1})
        assert (again.status_code, again.json()) == (200, {"channel": channel})
    assert listener.told() == []
    assert len(listener.channels()) == 2


def test_other_filters_or_another_url_are_another_channel(
    open_sandbox: Open, receiver: Receiver
) -> None:
    """1.1: two for one account is a production pattern; listed in the order they came."""
    calendars = [{"name": "Work", "primary": True}, {"name": "Trips"}]
    listener = open_listener(open_sandbox, receiver, calendars=calendars)
    first, second = listener.calendars
    bodies: list[Document] = [
        {},
        {"filters": {"calendar_ids": [first]}},
        {"filters": {"calendar_ids": [second]}},
        {"filters": {"calendar_ids": [first, second]}},
        {"filters": {"only_managed": True}},
        {"filters": {"only_managed": False}},
        {"callback_url": f"{listener.url}?"},
    ]
    channels = [listener.create(**body).json()["channel"] for body in bodies]
    assert len({channel["channel_id"] for channel in channels}) == len(bodies)
    assert listener.channels() == channels


def test_an_account_has_at_most_128_channels(open_sandbox: Open, receiver: Receiver) -> None:
    """1.1: the 129th is refused; the same one again is none more; other applications and
    accounts count for themselves, and closing one makes room."""
    listener = open_listener(open_sandbox, receiver)
    urls = [f"{NOBODY}/{number}" for number in range(128)]
    channels = [listener.create(callback_url=url).json()["channel"] for url in urls]
    refused(listener.create(), 422, {"base": "too_many_channels"})
    assert listener.channels() == channels
    assert listener.create(callback_url=urls[0]).json() == {"channel": channels[0]}
    other = listen_too(listener)
    other.open()
    mary = listener.sandbox.connect("mary@acme.test")
    Listener(listener.sandbox, mary, listener.letterbox, "/mary").open()
    accepted(listener.call("DELETE", f"/v1/channels/{channels[5]['channel_id']}"))
    listener.open()


# --- List and close ------------------------------------------------------------------


def test_no_channels(open_sandbox: Open, receiver: Receiver) -> None:
    """1.2: an empty list, without pages."""
    assert open_listener(open_sandbox, receiver).channels() == []


def test_channels_are_those_of_one_application_and_account(
    open_sandbox: Open, receiver: Receiver
) -> None:
    """1.2, 1.3: others are neither listed, nor closed: 404."""
    listener = open_listener(open_sandbox, receiver)
    other = listen_too(listener)
    mary = Listener(
        listener.sandbox, listener.sandbox.connect("mary@acme.test"), listener.letterbox, "/mary"
    )
    everybody = (listener, other, mary)
    channels = [one.open() for one in everybody]
    for one, channel in zip(everybody, channels, strict=True):
        assert one.channels() == [channel]
        for foreign in channels:
            if foreign != channel:
                refused(one.call("DELETE", f"/v1/channels/{foreign['channel_id']}"), 404)
    assert [one.channels() for one in everybody] == [[channel] for channel in channels]


@pytest.mark.parametrize(
    "body", [None, {}, [], {"channel_id": "other"}], ids=["none", "Node", "PHP", "anything"]
)
def test_a_channel_is_closed(open_sandbox: Open, receiver: Receiver, body: Any) -> None:
    """1.3: 202 and no body, whatever the client's body is; a second time 404. Nothing is told
    any more."""
    listener = open_listener(open_sandbox, receiver)
    path = f"/v1/channels/{listener.open()['channel_id']}"
    kept = listener.create(filters={"only_managed": True}).json()["channel"]
    answer = listener.sandbox.call(listener.token, "DELETE", path, json=body)
    accepted(answer)
    refused(listener.call("DELETE", path), 404)
    assert listener.channels() == [kept]
    listener.told()
    listener.sandbox.control(
        "POST",
        f"/people/{JANE}/events",
        json={"summary": "Dentist", "start": "2026-05-12T09:00:00Z", "end": "2026-05-12T10:00:00Z"},
    )
    assert listener.told(minutes=1) == []


def test_a_closed_channel_is_made_anew(open_sandbox: Open, receiver: Receiver) -> None:
    """1.3, 1.4.5: with an id of its own, and verified."""
    listener = open_listener(open_sandbox, receiver)
    first = listener.open()
    accepted(listener.call("DELETE", f"/v1/channels/{first['channel_id']}"))
    second = listener.open()
    assert second == {**first, "channel_id": CHANNEL_ID}
    assert second["channel_id"] != first["channel_id"]


def test_what_waits_is_not_sent_once_the_channel_is_closed(
    open_sandbox: Open, receiver: Receiver
) -> None:
    """1.3: neither retries, nor what has been collected."""
    listener = open_listener(open_sandbox, receiver)
    receiver.answers = [500]
    channel_id = listener.create().json()["channel"]["channel_id"]
    assert listener.types() == ["verification"]
    external(listener)
    accepted(listener.call("DELETE", f"/v1/channels/{channel_id}"))
    assert listener.sandbox.advance(days=2)["happened"] == []
    assert listener.told() == []
    (delivery,) = listener.sandbox.control("GET", "/deliveries").json()["deliveries"]
    assert delivery["state"] == "failed"


def test_revoking_the_authorization_closes_its_channels_silently(
    open_sandbox: Open, receiver: Receiver
) -> None:
    """1.4.5 (assumed): of this application and account alone; a new authorization has none."""
    listener = open_listener(open_sandbox, receiver)
    other = listen_too(listener)
    kept = other.open()
    receiver.answers = [500]
    listener.create()
    assert listener.types() == ["verification"]
    revoke(listener.sandbox, sub=listener.sub)
    assert listener.told(days=2) == []
    again = listen(listener.sandbox, receiver)
    assert again.channels() == []
    listed = listener.sandbox.control("GET", "/channels").json()["channels"]
    assert [channel["channel_id"] for channel in listed] == [kept["channel_id"]]


# --- Snapshots and resets ------------------------------------------------------------


def test_a_snapshot_brings_channels_back(open_sandbox: Open, receiver: Receiver) -> None:
    """With what they have not told yet; a reset takes them away."""
    listener = open_listener(open_sandbox, receiver)
    channel = listener.open()
    event = {"summary": "Dentist", "start": CLOCK, "end": "2026-05-11T09:00:00Z"}
    listener.sandbox.control("POST", f"/people/{JANE}/events", json=event)
    snapshot = listener.sandbox.control("GET", "/snapshot").json()
    assert listener.changes() == [CLOCK]
    accepted(listener.call("DELETE", f"/v1/channels/{channel['channel_id']}"))
    assert listener.sandbox.control("PUT", "/snapshot", json=snapshot).status_code == 200
    assert listener.channels() == [channel]
    assert listener.changes() == [CLOCK]
    listener.sandbox.control("POST", "/reset")
    assert listener.sandbox.control("GET", "/channels").json() == {"channels": []}


@pytest.mark.parametrize(
    ("table", "changed"), [("channels", {"sub": "acc_0"}), ("authors", {"client_id": "nobody"})]
)
def test_a_snapshot_that_names_nobody(
    open_sandbox: Open, receiver: Receiver, table: str, changed: Document
) -> None:
    """422: a channel belongs to an authorization, and only applications are authors."""
    listener = open_listener(open_sandbox, receiver)
    listener.open()
    listener.write()
    snapshot = listener.sandbox.control("GET", "/snapshot").json()
    snapshot["tables"][table][0].update(changed)
    answer = listener.sandbox.control("PUT", "/snapshot", json=snapshot)
    assert answer.status_code == 422
    assert [error["place"] for error in answer.json()["errors"]] == [f"tables.{table}[0]"]


def test_the_same_calls_give_the_same_notifications(open_sandbox: Open, receiver: Receiver) -> None:
    """After a reset, with the same ids, to the byte."""
    sandbox = open_town(open_sandbox)
    runs = []
    for _ in range(2):
        listener = listen(sandbox, receiver)
        receiver.answers = [500]
        listener.create(filters={"calendar_ids": [listener.calendar_id]})
        event = {"summary": "Dentist", "start": CLOCK, "end": "2026-05-11T09:00:00Z"}
        sandbox.control("POST", f"/people/{JANE}/events", json=event)
        sandbox.advance(minutes=1)
        came = listener.letterbox.take("/hook")
        runs.append([(callback.body, callback.headers) for callback in came])
        sandbox.control("POST", "/reset")
    assert len(runs[0]) == 3
    assert runs[0] == runs[1]


# --- The control API and scenarios ---------------------------------------------------


def test_the_control_api_lists_channels(open_sandbox: Open, receiver: Receiver) -> None:
    """Of everybody, or of one account or application; with what has not been taken yet."""
    listener = open_listener(open_sandbox, receiver)
    other = listen_too(listener)
    shown = [
        {
            "client_id": one.sandbox.document["applications"][index]["client_id"],
            "sub": one.sub,
            **one.open(filters={"only_managed": False}),
            "untold_since": None,
        }
        for index, one in enumerate((listener, other))
    ]

    def listed(**query: str) -> list[Document]:
        answer = listener.sandbox.control("GET", "/channels", params=query)
        assert answer.status_code == 200
        found: list[Document] = answer.json()["channels"]
        return found

    assert listed() == listed(sub=listener.sub) == shown
    assert listed(client_id=shown[1]["client_id"]) == shown[1:]
    assert listed(sub="acc_0") == []
    event = {"summary": "Dentist", "start": CLOCK, "end": "2026-05-11T09:00:00Z"}
    listener.sandbox.control("POST", f"/people/{JANE}/events", json=event)
    assert listed() == [{**one, "untold_since": CLOCK} for one in shown]
    listener.told(minutes=1)
    assert listed() == shown


@pytest.mark.parametrize(
    ("body", "notification"),
    [
        ({"type": "gdpr_requested"}, {"type": "gdpr_requested"}),
        ({"type": "verification"}, {"type": "verification"}),
        ({"type": "profile_disconnected"}, {"type": "profile_disconnected"}),
        ({"type": "never_heard_of"}, {"type": "never_heard_of"}),
        ({"type": "change"}, {"type": "change", "changes_since": CLOCK}),
        (
            {
                "type": "scheduling_conversation_updated",
                "scheduling_conversation_id": "scv_1",
            },
            {"type": "scheduling_conversation_updated", "scheduling_conversation_id": "scv_1"},
        ),
    ],
    ids=lambda value: f"1.4.3 {value['type']}",
)
def test_a_notification_is_sent_by_hand(
    open_sandbox: Open, receiver: Receiver, body: Document, notification: Document
) -> None:
    """1.4.3: of any type, to one channel; it is retried as all of them are."""
    listener = open_listener(open_sandbox, receiver)
    other = listen_too(listener)
    other.open()
    channel = listener.open()
    receiver.answers = [500, 500]
    path = f"/channels/{channel['channel_id']}/notify"
    answer = listener.sandbox.control("POST", path, json=body)
    assert answer.status_code == 202
    assert answer.json()["kind"] == body["type"]
    expected = {"notification": notification, "channel": channel}
    assert answer.json()["body"] == expected
    assert listener.told(seconds=74) == [expected] * 2
    assert listener.told(seconds=1) == [expected]
    assert (listener.told(days=1), other.told()) == ([], [])


def test_a_notification_by_hand_is_refused(open_sandbox: Open, receiver: Receiver) -> None:
    """404 for an unknown channel, 422 for a type that is none."""
    listener = open_listener(open_sandbox, receiver)
    channel_id = listener.open()["channel_id"]
    control = listener.sandbox.control
    answer = control("POST", "/channels/chn_0/notify", json={"type": "change"})
    assert answer.status_code == 404
    assert [error["place"] for error in answer.json()["errors"]] == ["channel_id"]
    for body in ({}, {"type": ""}, {"type": 5}):
        answer = control("POST", f"/channels/{channel_id}/notify", json=body)
        assert answer.status_code == 422
        assert [error["place"] for error in answer.json()["errors"]] == ["type"]
    assert listener.told() == []


def scenario(*channels: Document, **connected: Any) -> Document:
    return {
        "applications": [{"name": "Example Application", "features": EVERYTHING_ON}],
        "people": [person(JANE, calendars=[{"name": "Work", "primary": True}, {"name": "Trips"}])],
        "connected": [{"person": JANE, "channels": list(channels), **connected}],
    }


def test_a_scenario_has_channels(open_sandbox: Open, receiver: Receiver) -> None:
    """Made when it is opened: the verification goes out then, and again after a reset."""
    wanted = (
        {"callback_url": f"{receiver.url}/hook?a=1"},
        {
            "callback_url": f"{receiver.url}/hook",
            "filters": {"calendars": ["Trips"], "only_managed": True},
        },
    )
    sandbox = open_sandbox(clock=CLOCK, scenario=scenario(*wanted, scope=f"read_write {SCOPE}"))
    (connected,) = sandbox.document["connected"]
    (profile,) = connected["profiles"]
    trips = profile["profile_calendars"][1]["calendar_id"]
    letterbox = Letterbox(sandbox, receiver)
    answer = sandbox.call(connected["access_token"], "GET", "/v1/channels").json()
    channels = [
        {"channel_id": CHANNEL_ID, "callback_url": f"{receiver.url}/hook?a=1", "filters": {}},
        {
            "channel_id": CHANNEL_ID,
            "callback_url": f"{receiver.url}/hook",
            "filters": {"calendar_ids": [trips], "only_managed": True},
        },
    ]
    assert answer == {"channels": channels}
    for _ in range(2):
        for path, channel in zip(("/hook?a=1", "/hook"), channels, strict=True):
            (callback,) = letterbox.take(path)
            assert callback.document == {
                "notification": {"type": "verification"},
                "channel": channel,
            }
        sandbox.control("POST", "/reset")


def many(number: int) -> list[Document]:
    return [{"callback_url": f"{NOBODY}/{index}"} for index in range(number)]


@pytest.mark.parametrize(
    ("channels", "connected", "place"),
    [
        ([{"callback_url": "hook"}], {}, "channels[0].callback_url"),
        ([{}], {}, "channels[0].callback_url"),
        (
            [{"callback_url": NOBODY, "filters": {"calendars": ["Work", "Home"]}}],
            {},
            "channels[0].filters.calendars[1]",
        ),
        (
            [{"callback_url": NOBODY, "filters": {"calendars": []}}],
            {},
            "channels[0].filters.calendars",
        ),
        (
            [{"callback_url": NOBODY, "filters": {"only_managed": "yes"}}],
            {},
            "channels[0].filters.only_managed",
        ),
        (many(129), {}, "channels[128]"),
        (many(1), {"scope": "write_only"}, "channels"),
        (many(1), {"person": None, "service_account": "acme.test"}, "channels"),
    ],
    ids=[
        "no address",
        "no URL",
        "an unknown calendar",
        "no calendar",
        "no boolean",
        "too many",
        "nothing can be read",
        "a domain",
    ],
)
def test_a_scenarios_channels_are_refused(
    sandbox: Sandbox, channels: list[Document], connected: Document, place: str
) -> None:
    """422, with the place in the document."""
    document = scenario(*channels, **connected)
    document["organizations"] = [{"domain": "acme.test"}]
    answer = sandbox.http.post("/_mock/sandboxes", json={"scenario": document})
    assert answer.status_code == 422, answer.text
    assert [error["place"] for error in answer.json()["errors"]] == [
        f"scenario.connected[0].{place}"
    ]
    assert all(error["expected"] == Like(".+") for error in answer.json()["errors"])
