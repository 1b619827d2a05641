"""Subscriptions to what becomes of one event, and the callbacks that they should get."""

from __future__ import annotations

from typing import Any

from tests.contract.documents import Document
from tests.contract.events import END, LEFT_OUT, START
from tests.contract.receiver import Receiver


def webhook(receiver: Receiver, *interactions: str, path: str = "/hook", **more: Any) -> Document:
    """An entry of ``subscriptions``."""
    types = {"interactions": [{"type": kind} for kind in interactions]} if interactions else {}
    return {"type": "webhook", "uri": receiver.url + path, **types, **more}


def transition(side: str, moment: str, minutes: int = 0) -> Document:
    """An event trigger, as it is written, and as its callbacks repeat it."""
    return {side: f"event_{moment}", "offset": {"minutes": minutes}}


def shown(**changes: Any) -> Document:
    """The event in a callback; ``changes`` add, replace, or (LEFT_OUT) remove members."""
    document = {
        "event_id": "standup",
        "summary": "Standup",
        "start": START,
        "end": END,
        "tzid": "Etc/UTC",
        **changes,
    }
    return {name: value for name, value in document.items() if value is not LEFT_OUT}


def interaction(kind: str, **event: Any) -> Document:
    """The body of the callback for an interaction."""
    notification = {"type": "event_subscription", "interactions": [{"type": kind}]}
    return {"notification": notification, "event": shown(**event)}


def triggered(what: Document, **event: Any) -> Document:
    """The body of the callback for a transition."""
    notification = {"type": "event_subscription", "transitions": [what]}
    return {"notification": notification, "event": shown(**event)}


def next_body(receiver: Receiver) -> Document:
    document: Document = receiver.next().document
    return document
