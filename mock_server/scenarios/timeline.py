"""The timeline's entries: from documents to records, and what becomes of them."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import orjson

from mock_server.rules import timeline
from mock_server.scenarios.actions import catalogue
from mock_server.scenarios.actions.action import Outcome
from mock_server.scenarios.problems import Invalid, Problem, one_of, shown, validate, validate_list
from mock_server.scenarios.timeline_documents import (
    MOST_ACTIONS,
    DoDocument,
    EntryDocument,
    WhenDocument,
)
from mock_server.world.clock import LATEST, as_text, from_datetime
from mock_server.world.sandbox import Sandbox
from mock_server.world.timeline import MOST_ENTRIES, Happening, TimelineEntry, When

logger = logging.getLogger(__name__)

# Of one entry's actions, in bytes.
_LARGEST = 256 * 1024

# Keys of actions that name an application.
_CLIENT_IDS = ("application", "client_id")


def check(given: list[Any]) -> None:
    """The form of a scenario's ``timeline``; raises Invalid."""
    validate_list(EntryDocument, given, "timeline", MOST_ENTRIES)


def add(
    sandbox: Sandbox,
    given: Sequence[Any],
    where: str,
    client_ids: Mapping[str, str] | None = None,
) -> list[TimelineEntry]:
    """The entries that are ``given``, all or none; ``where`` they stand is their place.

    ``client_ids`` took the place of those that they name. Raises Invalid.
    """
    entries = validate_list(EntryDocument, list(given), where, MOST_ENTRIES)
    room = MOST_ENTRIES - len(sandbox.timeline)
    if len(entries) > room:
        found = f"{len(entries)} entries, beside {len(sandbox.timeline)}"
        raise Invalid([Problem(where, found, f"no more than {MOST_ENTRIES} altogether")])
    problems = list(_problems(sandbox, entries, given, where, client_ids or {}))
    if problems:
        raise Invalid(problems)
    return [
        timeline.add(sandbox, _do(raw["do"], client_ids or {}), _wanted(sandbox, entry))
        for entry, raw in zip(entries, given, strict=True)
    ]


def _wanted(sandbox: Sandbox, entry: EntryDocument) -> int | When:
    if entry.when is not None:
        return _when(entry.when)
    assert entry.at is not None
    if isinstance(entry.at, datetime):
        return from_datetime(entry.at)
    return sandbox.now() + entry.at.total


def _when(wanted: WhenDocument) -> When:
    after, times = wanted.after, wanted.times
    if wanted.request is not None:
        method, _, path = wanted.request.partition(" ")
        given = None if method == "*" else method
        return When("request", path, given, wanted.status, after=after, times=times)
    if wanted.delivery is not None:
        return When("delivery", wanted.delivery, after=after, times=times)
    assert wanted.mail is not None
    return When("mail", wanted.mail, after=after, times=times)


def _do(given: Any, client_ids: Mapping[str, str]) -> str:
    """What is written, with the client ids that hold."""
    actions = [
        {
            name: {
                key: client_ids.get(value, value) if key in _CLIENT_IDS else value
                for key, value in document.items()
            }
            for name, document in action.items()
        }
        for action in (given if isinstance(given, list) else [given])
    ]
    return orjson.dumps(actions).decode()


def _problems(
    sandbox: Sandbox,
    entries: Sequence[EntryDocument],
    given: Sequence[Any],
    where: str,
    client_ids: Mapping[str, str],
) -> Iterator[Problem]:
    """Of entries whose form is right: what cannot be in this sandbox."""
    actions = [action for entry in entries for action in entry.do]
    made = {
        email
        for action in actions
        for email in catalogue.ACTIONS[action.name].makes(action.document)
    }
    applications = {*(a.client_id for a in sandbox.applications), *client_ids}
    now = sandbox.now()
    for index, (entry, raw) in enumerate(zip(entries, given, strict=True)):
        place = f"{where}[{index}]"
        at = None if entry.when else _wanted(sandbox, entry)
        if isinstance(at, int) and not now <= at <= LATEST:
            found = as_text(at) if at < now else shown(at)
            expected = f"a time from {as_text(now)} on, where the clock stands, to the year 9999"
            yield Problem(f"{place}.at", found, expected)
        if len(orjson.dumps(raw["do"])) > _LARGEST:
            yield Problem(f"{place}.do", "very much", f"no more than {_LARGEST} bytes")
        for number, action in enumerate(entry.do):
            item = f"[{number}]" if isinstance(raw["do"], list) else ""
            for key, value in action.document:
                at_key = f"{place}.do{item}.{action.name}.{key}"
                if key == "person" and value and value not in sandbox.people and value not in made:
                    known = [*(person.email for person in sandbox.people), *made]
                    yield Problem(at_key, shown(value), one_of(value, known))
                if key in _CLIENT_IDS and value and value not in applications:
                    yield Problem(at_key, shown(value), one_of(value, sorted(applications)))


def read(do: str) -> list[DoDocument]:
    """The actions of an entry; raises Invalid, ValueError where it is no JSON."""
    return validate_list(DoDocument, orjson.loads(do), "do", MOST_ACTIONS)


def refuse_unsound(when: When) -> None:
    """Raise Invalid for what no document could have made an entry wait for."""
    asked: dict[str, Any] = {when.kind: when.name}
    if when.kind == "request":
        asked = {"request": f"{when.method or '*'} {when.name}", "status": when.status}
    validate(WhenDocument, {**asked, "after": when.after, "times": when.times})


def act(sandbox: Sandbox, entry: TimelineEntry) -> list[Happening]:
    """Carry out the actions of ``entry`` in their order, up to the first that fails."""
    happened = []
    for action in read(entry.do):
        happened.append(_happening(sandbox, action))
        if happened[-1].failed:
            break
    return happened


def _happening(sandbox: Sandbox, action: DoDocument) -> Happening:
    now = sandbox.now()
    try:
        outcome: Any = catalogue.carry_out(sandbox, action.name, action.document)
    except Invalid as invalid:
        problems = invalid.within(action.name).problems
    except Exception:
        logger.exception("%s failed", action.name)
        report = "an action: please report it with the server's log"
        problems = [Problem(action.name, "a bug of mock-cronofy", report)]
    else:
        return Happening(now, action.name, orjson.dumps(outcome).decode())
    found = [problem.document() for problem in problems]
    return Happening(now, action.name, orjson.dumps(found).decode(), failed=True)


def act_now(sandbox: Sandbox, given: object) -> tuple[str, Outcome]:
    """One action at once: its name, and what it has done. Raises Invalid."""
    action = validate(DoDocument, given)
    try:
        return action.name, catalogue.carry_out(sandbox, action.name, action.document)
    except Invalid as invalid:
        raise invalid.within(action.name) from None
