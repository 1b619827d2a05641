"""The timeline: what will happen by itself; and actions at once."""

from __future__ import annotations

from typing import Any

import orjson
from starlette.responses import Response

from mock_server.control.app import Control, answer, no_content
from mock_server.control.documents import Document
from mock_server.rules import timeline as rules
from mock_server.scenarios.actions.action import find
from mock_server.scenarios.problems import Invalid, Problem, shown
from mock_server.world.clock import as_text
from mock_server.world.timeline import Happening, TimelineEntry, When


def document(entry: TimelineEntry) -> Document:
    """Everything that was written, and what has become of it."""
    return {
        "entry_id": entry.entry_id,
        "at": None if entry.at is None else as_text(entry.at),
        "when": _when(entry.when, entry.met) if entry.when else None,
        "do": orjson.loads(entry.do),
        "state": entry.state,
        "happened": [_happening(one) for one in entry.happened],
    }


def _when(when: When, met: int) -> Document:
    named: Document = {when.kind: when.name}
    if when.kind == "request":
        status: int | str | None = when.status
        if when.status is not None and when.status.isdecimal():
            status = int(when.status)
        named = {"request": f"{when.method or '*'} {when.name}", "status": status}
    return {**named, "after": when.after, "times": when.times, "met": met}


def _happening(one: Happening) -> Document:
    key = "errors" if one.failed else "outcome"
    return {"at": as_text(one.at), "action": one.action, key: orjson.loads(one.outcome)}


async def post_entries(control: Control) -> Response:
    """One entry, or many: all or nothing."""
    from mock_server.scenarios import timeline  # knows every action, which takes time

    body = await control.document()
    if not isinstance(body, dict) or "entries" not in body:
        try:
            (entry,) = timeline.add(control.sandbox, [body], "")
        except Invalid as invalid:
            raise Invalid(_of_one(problem) for problem in invalid.problems) from None
        return answer(document(entry), 201)
    unknown = [key for key in body if key != "entries"]
    if unknown or not isinstance(body["entries"], list):
        place = unknown[0] if unknown else "entries"
        raise Invalid([Problem(place, shown(body[place]), "entries alone, a list")])
    entries = timeline.add(control.sandbox, body["entries"], "entries")
    return answer({"entries": [document(entry) for entry in entries]}, 201)


def _of_one(problem: Problem) -> Problem:
    place = problem.place.removeprefix("[0]").removeprefix(".") or "the document"
    return Problem(place, problem.found, problem.expected)


async def list_entries(control: Control) -> Response:
    """In the order they were written."""
    return answer({"entries": [document(entry) for entry in control.sandbox.timeline]})


async def read_entry(control: Control) -> Response:
    return answer(document(_entry(control)))


async def clear(control: Control) -> Response:
    for entry in control.sandbox.timeline:
        rules.remove(control.sandbox, entry.entry_id)
    return no_content()


async def delete_entry(control: Control) -> Response:
    rules.remove(control.sandbox, _entry(control).entry_id)
    return no_content()


def _entry(control: Control) -> TimelineEntry:
    """The entry that the path names. Raises Unknown."""
    entry_id = control.request.path_params["entry_id"]
    return find(control.sandbox.timeline, entry_id, "entry_id")


async def act(control: Control) -> Response:
    """One action, at once: all of it, or nothing."""
    from mock_server.scenarios import timeline

    sandbox = control.sandbox
    given: Any = await control.document()
    name, outcome = timeline.act_now(sandbox, given)
    return answer({"action": name, "at": as_text(sandbox.now()), "outcome": outcome})


_TIMELINE = "/sandboxes/{sandbox_id}/timeline"

ROUTES = (
    ("POST", _TIMELINE, post_entries),
    ("GET", _TIMELINE, list_entries),
    ("DELETE", _TIMELINE, clear),
    ("GET", f"{_TIMELINE}/{{entry_id}}", read_entry),
    ("DELETE", f"{_TIMELINE}/{{entry_id}}", delete_entry),
    ("POST", "/sandboxes/{sandbox_id}/actions", act),
)
