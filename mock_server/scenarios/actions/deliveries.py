"""Notifications by hand, deliveries once more, failures on purpose; and what is forgotten."""

# Annotations are evaluated at once here, as in documents.py.

from typing import Annotated

from pydantic import Field, PlainValidator

from mock_server.rules import channels, failures
from mock_server.scenarios.actions.action import Action, Outcome, check_names, listed
from mock_server.scenarios.fields import Credential, Email, Model, Text
from mock_server.scenarios.problems import Invalid, Problem
from mock_server.world.channels import Channel
from mock_server.world.clock import as_text
from mock_server.world.outbox import Delivery, Failure
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox


class NotifyChannel(Model):
    """A notification of any ``type``, those that receivers have never heard of included."""

    type: Text
    scheduling_conversation_id: Text | None = None


def notify(sandbox: Sandbox, channel: Channel, wanted: NotifyChannel) -> Delivery:
    """One notification, whether or not something has happened."""
    more = {}
    if wanted.type == channels.CHANGE:
        more["changes_since"] = as_text(sandbox.now())
    if wanted.scheduling_conversation_id is not None:
        more["scheduling_conversation_id"] = wanted.scheduling_conversation_id
    return channels.notify(sandbox, channel, wanted.type, **more)


def replay(sandbox: Sandbox, delivery: Delivery) -> Delivery:
    """One more attempt, whatever became of the earlier ones."""
    replayed = replace(
        delivery, state="pending", due_at=sandbox.now(), replays=delivery.replays + 1
    )
    return sandbox.deliveries.put(replayed)


def failure_outcome(value: object) -> str | int:
    """How an attempt can fail; raises ValueError."""
    if value in ("timeout", "connection_refused"):
        return str(value)
    if isinstance(value, int) and not isinstance(value, bool) and 300 <= value < 600:
        return value
    raise ValueError("timeout, connection_refused, or a status from 300 to 599")


class FailDelivery(Model):
    """How the next attempt fails."""

    outcome: Annotated[str | int, Field(alias="with"), PlainValidator(failure_outcome)]


class FailDeliveries(FailDelivery):
    """How the next ``times`` attempts fail, of one ``kind``, or to what begins with ``url``."""

    times: Annotated[int, Field(ge=1, le=1_000_000, strict=True)] = 1
    kind: Text | None = None
    url: Text | None = None


def fail(sandbox: Sandbox, wanted: FailDeliveries) -> Failure:
    """Let the next attempts fail: of any delivery, of one kind, to one address."""
    return failures.add(
        sandbox, wanted.outcome, times=wanted.times, kind=wanted.kind, url=wanted.url
    )


class NotifyChannels(NotifyChannel):
    """To every channel that is meant: of one person, of one application, to one address."""

    person: Email | None = None
    application: Credential | None = None
    callback_url: Text | None = None
    channel_id: Text | None = None


class ReplayDelivery(Model):
    """The latest of those that are meant: of a kind, in a state, to what begins with ``url``."""

    delivery_id: Text | None = None
    kind: Text | None = None
    state: Text | None = None
    url: Text | None = None


class Forget(Model):
    """There is nothing to say about it."""


def _notify(sandbox: Sandbox, wanted: NotifyChannels) -> Outcome:
    check_names(sandbox, wanted.person, wanted.application)
    found = [
        channel
        for channel in sandbox.channels
        if wanted.channel_id in (None, channel.channel_id)
        and wanted.application in (None, channel.client_id)
        and wanted.callback_url in (None, channel.callback_url)
        and wanted.person in (None, _owner(sandbox, channel))
    ]
    if not found:
        there = listed(channel.channel_id for channel in sandbox.channels)
        expected = f"an open one: {there or 'there is none'}"
        raise Invalid([Problem("channel_id", "no such channel", expected)])
    told = [notify(sandbox, channel, wanted) for channel in found]
    return {"delivery_ids": [delivery.delivery_id for delivery in told]}


def _owner(sandbox: Sandbox, channel: Channel) -> str | None:
    account = sandbox.accounts.get(channel.sub)
    return account.email if account else None


def _replay(sandbox: Sandbox, wanted: ReplayDelivery) -> Outcome:
    found = [
        delivery
        for delivery in sandbox.deliveries
        if wanted.delivery_id in (None, delivery.delivery_id)
        and wanted.kind in (None, delivery.kind)
        and wanted.state in (None, delivery.state)
        and delivery.url.startswith(wanted.url or "")
    ]
    if not found:
        kinds = listed(dict.fromkeys(delivery.kind for delivery in sandbox.deliveries))
        expected = f"one that there is; their kinds are {kinds or 'none'}"
        raise Invalid([Problem("kind", "no such delivery", expected)])
    return {"delivery_id": replay(sandbox, found[-1]).delivery_id}


def _forget_failures(sandbox: Sandbox, _: Forget) -> Outcome:
    forgotten = len(sandbox.failures)
    sandbox.failures.clear()
    return {"forgotten": forgotten}


def _clear_journal(sandbox: Sandbox, _: Forget) -> Outcome:
    forgotten = len(sandbox.journal)
    sandbox.journal.clear()
    return {"forgotten": forgotten}


def forget_contract(sandbox: Sandbox) -> int:
    """Begin the contract report anew; how many findings it had. A mistake that was begun before is
    none, either.
    """
    forgotten = len(list(sandbox.ledger))
    sandbox.ledger.clear()
    sandbox.memory.clear()
    return forgotten


ACTIONS = {
    "notify_channel": Action(NotifyChannels, _notify),
    "replay_delivery": Action(ReplayDelivery, _replay),
    "fail_deliveries": Action(
        FailDeliveries,
        lambda sandbox, wanted: {"failure_id": fail(sandbox, wanted).failure_id},
    ),
    "forget_failures": Action(Forget, _forget_failures),
    "clear_journal": Action(Forget, _clear_journal),
    "forget_contract": Action(Forget, lambda sandbox, _: {"forgotten": forget_contract(sandbox)}),
}
