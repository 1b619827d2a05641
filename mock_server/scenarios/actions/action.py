"""What an action is, and finding what its document names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from mock_server.scenarios.fields import Model
from mock_server.scenarios.problems import Problem, Unknown, one_of, shown
from mock_server.world.applications import Application
from mock_server.world.people import Person
from mock_server.world.sandbox import Sandbox

# What an action has done, in JSON: mostly the ids of what it has touched.
Outcome = dict[str, Any]


def _nobody(_: Any) -> Iterable[str]:
    return ()


class Action(NamedTuple):
    """``carry_out`` does what a ``document`` says; raises Invalid where the world does not allow
    it. ``makes`` are the addresses of the people who are there afterwards.
    """

    document: type[Model]
    carry_out: Callable[[Sandbox, Any], Outcome]
    makes: Callable[[Any], Iterable[str]] = _nobody


def person_of(sandbox: Sandbox, email: str, place: str = "person") -> Person:
    """Who has this address. Raises Unknown."""
    person = sandbox.people.get(email)
    if person is None:
        known = [somebody.email for somebody in sandbox.people]
        raise Unknown(Problem(place, shown(email), one_of(email, known)))
    return person


def application_of(
    sandbox: Sandbox, client_id: str | None, place: str = "application"
) -> Application:
    """The application with this id, or the first one. Raises Unknown."""
    if client_id is None:
        return next(iter(sandbox.applications))
    application = sandbox.applications.get(client_id)
    if application is None:
        known = [application.client_id for application in sandbox.applications]
        raise Unknown(Problem(place, shown(client_id), one_of(client_id, known)))
    return application


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
