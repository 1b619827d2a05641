"""Every call that only reads: plain success, its shape, and who is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mock_server.api.catalogue import ENDPOINTS
from mock_server.api.endpoint import Credential, Endpoint
from mock_server.conformance.checks import Check, Halt, Section, Skip
from mock_server.conformance.target import BY_OPERATION, UNKNOWN_TOKEN, Readings, Target
from mock_server.conformance.visit import Visit
from mock_server.world.clock import as_text

DAY = 86_400

# An id that nobody has, and yet of the right form.
NOBODY = "0" * 24


def midnight(target: Target) -> int:
    """Of tomorrow, in UTC."""
    return (target.now // DAY + 1) * DAY


def group(target: Target) -> list[dict[str, Any]]:
    """The participants of a query about the account alone."""
    if target.kind == "service_account":
        raise Skip("the access token is a service account's")
    sub = target.document("GET /v1/userinfo")["sub"]
    return [{"members": [{"sub": sub}], "required": "all"}]


def period(start: int, end: int) -> dict[str, str]:
    return {"start": as_text(start), "end": as_text(end)}


def _availability(target: Target) -> dict[str, Any]:
    start = midnight(target)
    return {
        "json": {
            "participants": group(target),
            "required_duration": {"minutes": 60},
            "query_periods": [period(start, start + DAY)],
        }
    }


def _sequence(target: Target) -> dict[str, Any]:
    start, participants = midnight(target), group(target)
    return {
        "json": {
            "sequence": [
                {
                    "sequence_id": name,
                    "ordinal": ordinal,
                    "participants": participants,
                    "required_duration": {"minutes": 30},
                    "start_interval": {"minutes": 30},
                }
                for ordinal, name in enumerate(("first", "second"), 1)
            ],
            "query_periods": [period(start, start + DAY)],
        }
    }


def _nothing(_: Target) -> dict[str, Any]:
    return {}


def _in_utc(_: Target) -> dict[str, Any]:
    return {"query": {"tzid": "Etc/UTC"}}


def _profile(target: Target) -> dict[str, Any]:
    profiles = target.document("GET /v1/profiles")["profiles"]
    if not profiles:
        raise Skip("the account has no profile")
    return {"query": {"profile_id": profiles[0]["profile_id"]}}


READINGS: Readings = {
    "GET /v1/userinfo": _nothing,
    "GET /v1/account": _nothing,
    "GET /v1/profiles": _nothing,
    "GET /v1/calendars": _nothing,
    "GET /v1/events": _in_utc,
    "GET /v1/free_busy": _in_utc,
    "POST /v1/availability": _availability,
    "POST /v1/sequenced_availability": _sequence,
    "GET /v1/availability_rules": _nothing,
    "GET /v1/available_periods": _nothing,
    "GET /v1/channels": _nothing,
    "GET /v1/resources": _nothing,
    "GET /v1/organizational_unit_members": _nothing,
    "GET /v1/organizational_unit_resources": _nothing,
    "GET /v1/accessible_calendars": _profile,
}

# Refused to those for whom it is not meant, whatever their scope.
_FOR_SOME = {
    "GET /v1/organizational_unit_members": "is for internal applications",
    "GET /v1/organizational_unit_resources": "is for internal applications",
    "GET /v1/accessible_calendars": "is for accounts that have granted a delegated_scope",
    "GET /v1/account": "is not for application calendars",
}


def _answers(operation: str) -> Callable[[Visit], None]:
    def run(visit: Visit) -> None:
        answer = visit.plain(operation)
        status = answer.exchange.status
        if status == 402:
            raise Skip("402: the application's plan does not include it")
        meant = operation != "GET /v1/account" or visit.target.kind == "application_calendar"
        if status == 403 and operation in _FOR_SOME and meant:
            raise Skip(f"403: it {_FOR_SOME[operation]}")
        answer.status(200)
        answer.document(BY_OPERATION[operation].answer)
        kind = answer.header("Content-Type").replace(" ", "").lower()
        utf8 = kind == "application/json;charset=utf-8"
        answer.expect(utf8, "Content-Type application/json; charset=utf-8", kind, assumed=True)

    return run


def _reading(operation: str) -> Check:
    endpoint = BY_OPERATION[operation]
    method, _, path = operation.partition(" ")
    name = f"answers.{path.removeprefix('/v1/')}"
    return Check(
        name=name,
        section="Answers",
        source="identity §1.7",
        docs=endpoint.docs,
        sends=f"{method} {path} with nothing but what it needs",
        expects=f"200, and {endpoint.title.lower()} in the declared shape",
        run=_answers(operation),
    )


_CREDENTIALS = Section("Credentials")

_BEARER = tuple(
    endpoint for endpoint in ENDPOINTS if Credential.CLIENT_CREDENTIALS not in endpoint.credentials
)


def _path(endpoint: Endpoint) -> str:
    """The endpoint's address with ids that nobody has, so that nothing can ever be hit."""
    return "/".join(NOBODY if part.startswith("{") else part for part in endpoint.path.split("/"))


def _each_refuses(visit: Visit, bearer: str | None, *, code: str | None) -> None:
    for endpoint in _BEARER:
        if not visit.target.sound(endpoint.operation):
            continue  # Its own check says what is wrong.
        answer = visit.send(endpoint.method, _path(endpoint), bearer=bearer)
        try:
            answer.status(401)
        except Halt:
            continue
        answer.empty(assumed=True)
        challenge = answer.header("WWW-Authenticate")
        wanted = "a WWW-Authenticate header that begins with Bearer"
        answer.expect(challenge.startswith("Bearer"), wanted, challenge, assumed=True)
        if code is not None:
            right = f'error="{code}"' in challenge
            answer.expect(right, f'error="{code}" in WWW-Authenticate', challenge, assumed=True)


@_CREDENTIALS.check(
    "credentials.missing",
    "identity §1.7",
    "api/authentication",
    sends="every call without an Authorization header, with ids that nobody has",
    expects="401 with a WWW-Authenticate header and an empty body",
)
def _missing(visit: Visit) -> None:
    _each_refuses(visit, None, code=None)


@_CREDENTIALS.check(
    "credentials.unknown",
    "identity §1.7",
    "api/authentication",
    sends="every call with a Bearer credential that was never issued",
    expects="401 with error invalid_token in WWW-Authenticate and an empty body",
)
def _unknown(visit: Visit) -> None:
    _each_refuses(visit, UNKNOWN_TOKEN, code="invalid_token")


@_CREDENTIALS.check(
    "credentials.kinds",
    "identity §1.3",
    "api/authentication",
    sends="GET /v1/userinfo with the client_secret, GET /v1/smart_invites with the access token",
    expects="401: the two kinds are not interchangeable",
)
def _kinds(visit: Visit) -> None:
    credentials = visit.target.server.credentials
    if credentials.client_secret is None:
        raise Skip("needs --client-secret")
    for path, bearer in (
        ("/v1/userinfo", credentials.client_secret),
        ("/v1/smart_invites", credentials.access_token),
    ):
        if visit.target.sound(f"GET {path}"):
            visit.send("GET", path, bearer=bearer).status(401, assumed=True)


@_CREDENTIALS.check(
    "credentials.scope",
    "identity §2.4",
    "authorization/request-authorization",
    sends="every reading call whose scope the access token does not have",
    expects="403 with an empty body",
)
def _scope(visit: Visit) -> None:
    target = visit.target
    if target.kind != "account" or not target.scope:
        raise Skip("needs the access token of an account whose userinfo tells the scope")
    refused = [
        BY_OPERATION[operation]
        for operation in ("GET /v1/events", "GET /v1/free_busy")
        if not target.covers(*BY_OPERATION[operation].scope)
    ]
    if not refused:
        raise Skip(f"the scope {target.scope} covers every reading call")
    for endpoint in refused:
        token = target.server.credentials.access_token
        query = {"tzid": "Etc/UTC"}
        answer = visit.send("GET", endpoint.path, bearer=token, query=query)
        answer.status(403)
        answer.empty(assumed=True)


CHECKS: list[Check] = [*map(_reading, READINGS), *_CREDENTIALS.checks]
