"""How long each kind of receiver has to answer, and when it is tried again (notifications §§1.4.5,
2.3, 4.1, 5).

Every attempt is made to time out, so nothing here takes real time.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.contract import agents, attaching
from tests.contract.acme import deliveries
from tests.contract.deliveries import Somebody, inject
from tests.contract.events import CLOCK, JANE, START, Open, open_writer
from tests.contract.receiver import Receiver
from tests.contract.subscribing import transition, webhook
from tests.emulator import Sandbox
from tests.smart_inviting import KIM, Application

# Seconds from the first attempt to each of them, if all fail: a day.
ATTEMPTS = [0, 15, 75, 375, 1275, 4875, 12_075, 26_475, 48_075, 84_075, 86_400]

# Makes something that one delivery tells of; at the time that is returned.
Cause = Callable[[Open, Receiver], tuple[Sandbox, str]]


def _timing_out(sandbox: Sandbox) -> Sandbox:
    inject(sandbox, **{"with": "timeout", "times": 100})
    return sandbox


def _channel(open_sandbox: Open, receiver: Receiver) -> tuple[Sandbox, str]:
    sandbox = _timing_out(open_sandbox(clock=CLOCK))
    Somebody(sandbox, JANE).channel(receiver.url)
    return sandbox, CLOCK


def _smart_invite(open_sandbox: Open, receiver: Receiver) -> tuple[Sandbox, str]:
    application = Application(_timing_out(open_sandbox(clock=CLOCK)))
    application.invite(callback_url=receiver.url)
    application.answered(KIM, "accepted")
    return application.sandbox, CLOCK


def _event_trigger(open_sandbox: Open, receiver: Receiver) -> tuple[Sandbox, str]:
    writer = open_writer(open_sandbox)
    _timing_out(writer.sandbox)
    writer.write(subscriptions=[webhook(receiver, transitions=[transition("before", "start")])])
    return writer.sandbox, START


def _conferencing(open_sandbox: Open, receiver: Receiver) -> tuple[Sandbox, str]:
    writer = open_writer(open_sandbox)
    _timing_out(writer.sandbox)
    subscribed = [webhook(receiver, "conferencing_assigned")]
    writer.write(conferencing={"profile_id": "integrated"}, subscriptions=subscribed)
    return writer.sandbox, "2026-05-11T08:00:02Z"


def _meeting_agent(open_sandbox: Open, receiver: Receiver) -> tuple[Sandbox, str]:
    sandbox = _timing_out(agents.open_office(open_sandbox))
    subscribed = [webhook(receiver, "meeting_agent_activated")]
    body = {"join_url": agents.JOIN_URL, "subscriptions": subscribed}
    assert agents.ask(sandbox, "POST", body).is_success
    return sandbox, CLOCK


def _attachment(open_sandbox: Open, receiver: Receiver) -> tuple[Sandbox, str]:
    sandbox = _timing_out(attaching.opened(open_sandbox).sandbox)
    subscribed = [webhook(receiver, attaching.APPROVED)]
    body = {"attachment": attaching.file(), "subscriptions": subscribed}
    assert attaching.post(sandbox, body).is_success
    return sandbox, "2026-05-11T08:00:02Z"


CAUSES: list[tuple[Cause, str, int]] = [
    (_channel, "verification", 5),
    (_smart_invite, "smart_invite", 5),
    (_event_trigger, "event_subscription", 7),
    (_conferencing, "event_subscription", 7),
    (_meeting_agent, "event_subscription", 7),
    (_attachment, "event_subscription", 7),
]


def _name(value: object) -> str:
    return str(getattr(value, "__name__", value)).strip("_")


@pytest.mark.parametrize(("cause", "kind", "patience"), CAUSES, ids=_name)
def test_a_receiver_that_never_answers_in_time(
    open_sandbox: Open, receiver: Receiver, cause: Cause, kind: str, patience: int
) -> None:
    """5: five seconds for channels and Smart Invites, seven for what is subscribed to; tried for
    a day (assumed, but for channels), and then it has failed."""
    sandbox, began = cause(open_sandbox, receiver)
    sandbox.advance(days=3)
    (delivery,) = deliveries(sandbox)
    first = datetime.fromisoformat(began)
    assert (delivery["kind"], delivery["state"]) == (kind, "failed")
    assert [datetime.fromisoformat(attempt["at"]) for attempt in delivery["attempts"]] == [
        first + timedelta(seconds=seconds) for seconds in ATTEMPTS
    ]
    timed_out = {
        "status": None,
        "body": "",
        "error": f"no answer within {patience} seconds",
        "duration_ms": 1000 * patience,
    }
    assert [attempt["response"] for attempt in delivery["attempts"]] == [timed_out] * len(ATTEMPTS)
    assert receiver.empty
