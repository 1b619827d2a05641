"""All the checks, and a run of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from mock_server.conformance import (
    availability,
    events,
    identity,
    notifications,
    protocol,
    readings,
    writing_events,
    writing_others,
)
from mock_server.conformance.checks import Check, Difference, Halt, Outcome, Skip
from mock_server.conformance.server import Exchange, NoAnswer, Server
from mock_server.conformance.target import UNKNOWN_TOKEN, Target
from mock_server.conformance.visit import Visit

CHECKS: tuple[Check, ...] = tuple(
    check
    for module in (
        readings,
        protocol,
        identity,
        events,
        availability,
        notifications,
        writing_events,
        writing_others,
    )
    for check in module.CHECKS
)


class CannotRun(Exception):
    """The server cannot be examined; says why, and what would be right."""


def chosen(patterns: Iterable[str]) -> list[Check]:
    """The checks of these names; ``*`` stands for anything, and a section's prefix for all in it.

    No pattern is every check. Raises ValueError for a pattern that fits none.
    """
    wanted = list(patterns)
    for pattern in wanted:
        if not any(_fits(check, pattern) for check in CHECKS):
            raise ValueError(pattern)
    return [c for c in CHECKS if not wanted or any(_fits(c, pattern) for pattern in wanted)]


def _fits(check: Check, pattern: str) -> bool:
    return fnmatchcase(check.name, pattern) or check.name.startswith(f"{pattern}.")


def run(target: Target, checks: Iterable[Check]) -> Iterator[Outcome]:
    """The outcome of each check, one after the other. Raises CannotRun before the first."""
    _greet(target.server)
    for check in checks:
        yield _carry_out(target, check)


def _carry_out(target: Target, check: Check) -> Outcome:
    before = target.server.requests
    visit = Visit(target)
    skipped = None
    try:
        if check.writes and not target.options.writes:
            raise Skip("needs --writes")
        check.run(visit)
    except Skip as skip:
        skipped = str(skip)
    except ValueError as error:  # Of a time that is none; a check of times says which.
        skipped = f"an answer has a value that cannot be read: {target.server.shown(str(error))}"
    except Halt:
        pass
    except NoAnswer as error:
        visit.record(Difference("difference", error.line, "", "an answer", error.why))
    finally:
        visit.clear_up()
    requests = target.server.requests - before
    return Outcome(check, requests, tuple(visit.differences), skipped)


def _greet(server: Server) -> None:
    """Make sure that it is Cronofy's API, and that it knows who asks."""
    credentials = server.credentials
    found = _first(server, "GET", "/v1/userinfo", bearer=credentials.access_token)
    if found.status == 401:
        raise CannotRun(
            "the access token is refused (401): expected one that is valid now, of this server"
        )
    _is_api(server, found)
    if credentials.client_id is None or credentials.client_secret is None:
        return
    members = {
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        "grant_type": "refresh_token",
        "refresh_token": UNKNOWN_TOKEN,
    }
    found = _first(server, "POST", "/oauth/token", json=members)
    if b'"invalid_client"' in found.content:
        raise CannotRun(
            "client_id and client_secret are refused (invalid_client): expected those of the "
            "application that the access token was issued to"
        )


def _is_api(server: Server, found: Exchange) -> None:
    """Pages are answered by what is no API, or stands before one."""
    kind = found.headers.get("content-type", "")
    if "html" in kind or (found.status in (301, 302, 307, 308, 404)):
        raise CannotRun(
            f"{found.line} was answered {found.status}, {kind or 'an empty body'}: expected "
            f"Cronofy's API at {server.base_url}, such as https://api.cronofy.com"
        )


def _first(server: Server, method: str, path: str, **asked: object) -> Exchange:
    try:
        return server.send(method, path, **asked)  # type: ignore[arg-type]
    except NoAnswer as error:
        raise CannotRun(f"{server.base_url} cannot be examined: {error}") from None
