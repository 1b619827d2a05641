"""What an action is, and finding what its document names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, NamedTuple, TypeVar

from mock_server.scenarios.fields import Model
from mock_server.scenarios.problems import Problem, Unknown, one_of, shown
from mock_server.world.applications import Application
from mock_server.world.people import Person
from mock_server.world.sandbox import Sandbox
from mock_server.world.tables import Table

# What an action has done, in JSON: mostly the ids of what it has touched.
Outcome = dict[str, Any]


# Among so many, a name is sought that looks like one that there is not.
_MOST_NAMED = 1000

R = TypeVar("R")


def _nobody(_: Any) -> Iterable[str]:
    return ()


class Action(NamedTuple):
    """``carry_out`` does what a ``document`` says; raises Invalid where the world does not allow
    it. ``makes`` are the addresses of the people who are there afterwards.
    """

    document: type[Model]
    carry_out: Callable[[Sandbox, Any], Outcome]
    makes: Callable[[Any], Iterable[str]] = _nobody


def find(table: Table[R], key: str, place: str) -> R:
    """The record with this ``key``; raises Unknown, which tells those that there are."""
    record = table.get(key)
    if record is None:
        known = [str(table.key(other)) for other in islice(table, _MOST_NAMED)]
        raise Unknown(Problem(place, shown(key), one_of(key, known)))
    return record


def person_of(sandbox: Sandbox, email: str, place: str = "person") -> Person:
    """Who has this address. Raises Unknown."""
    return find(sandbox.people, email, place)


def application_of(
    sandbox: Sandbox, client_id: str | None, place: str = "application"
) -> Application:
    """The application with this id, or the first one. Raises Unknown."""
    if client_id is None:
        return next(iter(sandbox.applications))
    return find(sandbox.applications, client_id, place)


def check_names(sandbox: Sandbox, person: str | None, application: str | None) -> None:
    """Raise Unknown for a person or an application that does not exist; None is any."""
    if person is not None:
        person_of(sandbox, person)
    if application is not None:
        application_of(sandbox, application)


def listed(names: Iterable[str]) -> str:
    """The first ten of them, in words."""
    known = list(names)
    return ", ".join(known[:10]) + (f" and {len(known) - 10} more" if known[10:] else "")
