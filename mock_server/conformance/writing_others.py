"""Channels, invites and rules that are made, and deleted again; with ``--writes`` only."""

from __future__ import annotations

from typing import Any

from mock_server.conformance.answers import Answer
from mock_server.conformance.checks import Section
from mock_server.conformance.target import BY_OPERATION
from mock_server.conformance.visit import Visit
from mock_server.conformance.writing_events import accepted, event_of, run_name

_OTHERS = Section("Writing other things")

_RULE = "/v1/availability_rules/{availability_rule_id}"


@_OTHERS.check(
    "writing.channel",
    "notifications §1",
    "api/push-notifications/create-channel",
    sends="a channel twice, the list of channels, and a closing",
    expects="one channel, which is listed until it is closed",
    writes=True,
)
def _channel(visit: Visit) -> None:
    create, close = "POST /v1/channels", "DELETE /v1/channels/{channel_id}"
    operation = BY_OPERATION[create]
    body = {"callback_url": f"{visit.target.options.callback_url}?run={run_name(visit)}"}
    wanted = body["callback_url"]
    answer = visit.make(
        lambda: visit.call(create, json=body),
        lambda: _close_all(visit, wanted),
        f"the channels to {wanted}",
    )
    answer.status(200)
    channel = answer.document(operation.answer)["channel"]
    channel_id = channel["channel_id"]
    path = f"/v1/channels/{channel_id}"
    same = channel["callback_url"] == wanted
    answer.expect(same, wanted, channel["callback_url"], "channel.callback_url")
    again = visit.call(create, json=body)
    again.status(200)
    found = again.document(operation.answer)["channel"]["channel_id"]
    again.expect(found == channel_id, f"{channel_id} again", found, "channel.channel_id")
    _listed(visit, channel_id, present=True)
    accepted(visit.call(close, path))
    _listed(visit, channel_id, present=False)
    visit.call(close, path).status(404, assumed=True)


def _close_all(visit: Visit, callback_url: str) -> Answer:
    """Close every channel to this address; the answer to the list of channels, or a refusal."""
    listed = visit.call("GET /v1/channels")
    listed.status(200)
    for channel in listed.document(BY_OPERATION["GET /v1/channels"].answer)["channels"]:
        if channel["callback_url"] == callback_url:
            path = f"/v1/channels/{channel['channel_id']}"
            closed = visit.call("DELETE /v1/channels/{channel_id}", path)
            if closed.exchange.status != 202:
                return closed
    return listed


def _listed(visit: Visit, channel_id: str, *, present: bool) -> None:
    answer = visit.call("GET /v1/channels")
    answer.status(200)
    document = answer.document(BY_OPERATION["GET /v1/channels"].answer)
    ids = [channel["channel_id"] for channel in document["channels"]]
    wanted = channel_id if present else f"no {channel_id}"
    answer.expect((channel_id in ids) == present, wanted, ids, "channels", assumed=not present)


@_OTHERS.check(
    "writing.smart-invite",
    "notifications §2",
    "api/smart-invites",
    sends="a Smart Invite with a callback_url, its status, and its cancellation; nothing is mailed",
    expects="files of METHOD:REQUEST and METHOD:CANCEL with one UID, and the status pending",
    writes=True,
)
def _smart_invite(visit: Visit) -> None:
    write, read = "POST /v1/smart_invites", "GET /v1/smart_invites"
    shape, email = BY_OPERATION[write].answer, "guest@example.invalid"
    event = event_of(visit, "")
    del event["event_id"]
    name = f"{run_name(visit)}-invite"
    known = {"smart_invite_id": name, "recipient": {"email": email}}
    address = visit.target.options.callback_url
    cancel = {**known, "method": "cancel"}
    answer = visit.make(
        lambda: visit.call(write, json={**known, "callback_url": address, "event": event}),
        lambda: visit.call(write, json=cancel),
        f"the Smart Invite {name}",
    )
    answer.status(200)
    requested = answer.document(shape)
    _file(answer, requested, "REQUEST")
    found = requested.get("callback_url")
    answer.expect(found == address, address, found, "callback_url")
    answer = visit.call(read, query={"smart_invite_id": name, "recipient_email": email})
    answer.status(200)
    status = answer.document(shape).get("recipient", {}).get("status")
    answer.expect(status == "pending", "pending", status, "recipient.status")
    answer = visit.call(write, json=cancel)
    answer.status(200)
    cancelled = answer.document(shape)
    _file(answer, cancelled, "CANCEL")
    uids = [_line(document, "UID:") for document in (requested, cancelled)]
    same = uids[0] == uids[1]
    answer.expect(same, f"the same {uids[0]}", uids[1], "attachments.icalendar", assumed=True)


def _line(document: Any, start: str) -> str:
    """The line of the file that begins so; empty without one."""
    lines = document.get("attachments", {}).get("icalendar", "").splitlines()
    return next((line for line in lines if line.startswith(start)), "")


def _file(answer: Answer, document: Any, method: str) -> None:
    found = _line(document, "METHOD:")
    answer.expect(found == f"METHOD:{method}", f"METHOD:{method}", found, "attachments.icalendar")


@_OTHERS.check(
    "writing.availability-rule",
    "scheduling §3.2",
    "api/scheduling/availability-rules/upsert",
    sends="an availability rule, readings of it and of all, and its deletion",
    expects="the rule as it was sent, without calendar_ids; 202; 404 once it is deleted",
    writes=True,
)
def _availability_rule(visit: Visit) -> None:
    create, read, remove = "POST /v1/availability_rules", f"GET {_RULE}", f"DELETE {_RULE}"
    rule_id = run_name(visit)
    path = f"/v1/availability_rules/{rule_id}"
    rule = {
        "availability_rule_id": rule_id,
        "tzid": "Europe/London",
        "weekly_periods": [{"day": "monday", "start_time": "09:30", "end_time": "12:30"}],
    }
    answer = visit.make(
        lambda: visit.call(create, json=rule),
        lambda: visit.call(remove, path),
        f"the availability rule {rule_id}",
    )
    for one in (answer, visit.call(read, path)):
        one.status(200)
        found = one.document(BY_OPERATION[read].answer)["availability_rule"]
        one.expect(found == rule, "the rule as it was sent", found, "availability_rule")
    answer = visit.call("GET /v1/availability_rules")
    answer.status(200)
    rules = answer.document(BY_OPERATION["GET /v1/availability_rules"].answer)
    ids = [found["availability_rule_id"] for found in rules["availability_rules"]]
    answer.expect(rule_id in ids, rule_id, ids, "availability_rules")
    accepted(visit.call(remove, path))
    visit.call(read, path).status(404)


@_OTHERS.check(
    "writing.available-period",
    "scheduling §3.1",
    "api/scheduling/available-periods/upsert",
    sends="an available period, a reading, and its deletion, by a body of DELETE",
    expects="202 with an empty body, and the period while it exists",
    writes=True,
)
def _available_period(visit: Visit) -> None:
    create, read = "POST /v1/available_periods", "GET /v1/available_periods"
    remove = "DELETE /v1/available_periods"
    known = {"available_period_id": run_name(visit)}
    event = event_of(visit, "")
    period = {**known, "start": event["start"], "end": event["end"]}
    answer = visit.make(
        lambda: visit.call(create, json=period),
        lambda: visit.call(remove, json=known),
        f"the available period {run_name(visit)}",
    )
    accepted(answer)
    answer = visit.call(read)
    found = visit.pages(answer, read, "available_periods")
    answer.expect(period in found, f"{period}", found[:3], "available_periods")
    accepted(visit.call(remove, json=known))
    answer = visit.call(read)
    found = visit.pages(answer, read, "available_periods")
    left = [entry for entry in found if known.items() <= entry.items()]
    answer.expect(not left, "nothing of the deleted period", left, "available_periods")


CHECKS = _OTHERS.checks
