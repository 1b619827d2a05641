"""A whole situation: a scenario put together with the fixtures that it includes.

Pieces are combined in order, the scenario last. Whoever an earlier piece has described
(a person by e-mail address, an application by client_id, an organization by domain)
keeps the keys that the later piece does not name. Keys are replaced whole, except for
``features`` and ``consent``, which are combined key by key in their turn.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any, TypeVar

from mock_server.scenarios.documents import (
    ApplicationDocument,
    ConsentDocument,
    FeaturesDocument,
    GeneratePeopleDocument,
    OrganizationDocument,
    PersonDocument,
    ScenarioDocument,
)
from mock_server.scenarios.fields import Model
from mock_server.scenarios.problems import Invalid, Problem, collecting, shown, validate
from mock_server.world.records import Record, replace

M = TypeVar("M", bound=Model)


class Situation(Record, frozen=True):
    """``scenario`` as written in ``file``, and what it and its fixtures describe together."""

    scenario: ScenarioDocument
    applications: list[ApplicationDocument]
    people: list[PersonDocument]
    organizations: list[OrganizationDocument]
    generate: list[GeneratePeopleDocument]
    file: str | None = None


class Piece(Record, frozen=True):
    """A fixture, or the scenario itself, and the file it was read from."""

    document: ScenarioDocument
    file: str | None = None


def combine(scenario: ScenarioDocument, fixtures: Sequence[Piece], file: str | None) -> Situation:
    """The situation of a ``scenario`` with its ``fixtures``.

    Raises Invalid where they contradict themselves or each other.
    """
    pieces = [*fixtures, Piece(scenario, file)]
    problems = [*_credentials_twice(scenario, pieces)]
    situation = Situation(
        scenario,
        _combined([(p.document.applications, p.file) for p in pieces], "client_id", problems),
        _combined([(p.document.people, p.file) for p in pieces], "email", problems),
        _combined([(p.document.organizations, p.file) for p in pieces], "domain", problems),
        [piece.document.generate for piece in pieces if piece.document.generate],
        file,
    )
    if problems:
        raise Invalid(problems)
    return situation


_PLACES = {"client_id": "applications", "email": "people", "domain": "organizations"}


def _combined(
    lists: list[tuple[list[M], str | None]], key: str, problems: list[Problem]
) -> list[M]:
    """The entries of all lists, those with the same ``key`` combined."""
    known: dict[Hashable, M] = {}
    for entries, file in lists:
        seen: set[Hashable] = set()
        for index, entry in enumerate(entries):
            place = f"{_PLACES[key]}[{index}]"
            # An application without a client_id is known to nobody else.
            value: Hashable = getattr(entry, key) or object()
            if value in seen:
                problems.append(_twice(f"{place}.{key}", value, file))
                continue
            seen.add(value)
            contradictions: list[Problem] = []
            with collecting(contradictions):
                known[value] = _over(known[value], entry) if value in known else entry
            for problem in contradictions:
                problems.append(replace(problem, place=f"{place}.{problem.place}", file=file))
    return list(known.values())


def _over(earlier: M, later: M) -> M:
    """``earlier`` with the keys that ``later`` names."""
    kept, named = _named(earlier), _named(later)
    for name, value in named.items():
        if name in kept and isinstance(value, FeaturesDocument | ConsentDocument):
            named[name] = _over(kept[name], value)
    return validate(type(later), {**kept, **named})


def _named(document: Model) -> dict[str, Any]:
    return {name: getattr(document, name) for name in document.model_fields_set}


def _credentials_twice(scenario: ScenarioDocument, pieces: Sequence[Piece]) -> Iterator[Problem]:
    """What an Authorization header may carry must tell who is asking."""
    bearers: dict[str, Hashable] = {}
    refresh_tokens: dict[str, Hashable] = {}
    for piece in pieces:
        for index, application in enumerate(piece.document.applications):
            place = f"applications[{index}].client_secret"
            owner = application.client_id or object()
            secret = application.client_secret
            if secret and bearers.setdefault(secret, owner) != owner:
                yield _twice(place, secret, piece.file)
    written = [("admin_api_key", scenario.admin_api_key, bearers)]
    for index, connected in enumerate(scenario.connected):
        place = f"connected[{index}]"
        written.append((f"{place}.access_token", connected.access_token, bearers))
        written.append((f"{place}.refresh_token", connected.refresh_token, refresh_tokens))
    for place, credential, held in written:
        if credential and held.setdefault(credential, place) != place:
            yield _twice(place, credential, pieces[-1].file)


def _twice(place: str, value: object, file: str | None) -> Problem:
    return Problem(place, f"{shown(value)} a second time", "it once", file)
