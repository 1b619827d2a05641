"""A world for raw requests, and what they should be answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tests.emulator import Sandbox
from tests.sdk.conftest import Visit, decide
from tests.sdk.dialects import DIALECTS, Dialect, Request, send
from tests.sdk.expected import refreshed_document
from tests.sdk.matching import APPLICATION_CALENDAR, PROFILE, TOKEN, Like

JANE = "jane@acme.test"
BEN = "ben@acme.test"
REDIRECT_URI = "https://app.acme.test/callback?a=1&b=ä"
# Nothing listens there; the callback is only recorded.
CALLBACK_URL = "http://127.0.0.1:9/callback"
SCOPE = "read_write"
SERVICE_ACCOUNT_SCOPE = " ".join(
    f"service_account/{whose}/{what}"
    for whose in ("accounts", "resources")
    for what in ("manage", "unrestricted_access")
)

SCENARIO = {
    "name": "sdk-wire",
    "clock": "2026-05-11T08:00:00Z",
    "admin_api_key": "sdk-wire-admin-key",
    "applications": [{"features": {"explicit_linking": True, "business_connect": True}}],
    "people": [
        {"email": JANE, "name": "Jane Doe", "zoneinfo": "Europe/London"},
        {"email": BEN, "name": "Ben Lee", "zoneinfo": "Asia/Tokyo"},
    ],
    "organizations": [
        {
            "domain": "acme.test",
            "administrator": "it@acme.test",
            "members": [JANE, BEN],
            "resources": [{"email": "room-1@acme.test", "name": "Room 1"}],
        }
    ],
}


class World:
    """A sandbox in which Jane is connected by herself, and her domain by its administrator."""

    def __init__(self, sandbox: Sandbox, visit: Visit) -> None:
        self.sandbox = sandbox
        self.visit = visit
        self.credentials = sandbox.credentials
        self.client_secret = sandbox.credentials["client_secret"]
        self.admin_key: str = sandbox.document["admin_api_key"]
        self.jane = self.connect(email=JANE, scope=SCOPE)
        self.token: str = self.jane["access_token"]
        self.profile_id: str = self.jane["linking_profile"]["profile_id"]
        self.domain = self.connect(
            service_account="acme.test", scope=SERVICE_ACCOUNT_SCOPE, delegated_scope=SCOPE
        )
        self.service_token: str = self.domain["access_token"]

    def connect(self, **wanted: str) -> dict[str, Any]:
        response = self.sandbox.control("POST", "/connect", json=wanted)
        assert response.status_code == 201, response.text
        document: dict[str, Any] = response.json()
        return document

    def authorize(self, **more: str) -> str:
        """Jane agrees on the authorize page; the code."""
        decide(self.sandbox, "authorize", email=JANE)
        query = {
            "response_type": "code",
            "client_id": self.credentials["client_id"],
            "redirect_uri": REDIRECT_URI,
            "scope": SCOPE,
            **more,
        }
        return self.visit(f"/oauth/authorize?{urlencode(query)}")["code"]

    def plain(self, path: str, token: str | None = None) -> Any:
        """What a plain GET answers."""
        response = self.sandbox.call(token or self.token, "GET", path)
        assert response.status_code == 200
        return response.json()

    def knows(self, token: str) -> bool:
        """Whether the token is good for anything."""
        return self.sandbox.call(token, "GET", "/v1/userinfo").status_code == 200


# -- The members of requests --------------------------------------------------------------


def credentials(world: World, **more: Any) -> dict[str, Any]:
    """Client credentials, and ``more``."""
    return {**world.credentials, **more}


def exchange(world: World, **more: Any) -> dict[str, Any]:
    """A code of Jane's."""
    return credentials(
        world,
        grant_type="authorization_code",
        code=world.authorize(),
        redirect_uri=REDIRECT_URI,
        **more,
    )


def refresh(world: World, **more: Any) -> dict[str, Any]:
    refresh_token = world.jane["refresh_token"]
    more = {"refresh_token": refresh_token, **more}
    return credentials(world, grant_type="refresh_token", **more)


def desk(world: World) -> dict[str, Any]:
    return credentials(world, application_calendar_id="desk-42")


def interviews(world: World) -> dict[str, Any]:
    """A calendar to be created."""
    return {"profile_id": world.profile_id, "name": "Interviews"}


def elevation(userinfo: Any, **more: str) -> dict[str, Any]:
    """Unrestricted access to somebody's first calendar."""
    calendar = userinfo["cronofy.data"]["profiles"][0]["profile_calendars"][0]
    wanted = {"calendar_id": calendar["calendar_id"], "permission_level": "unrestricted"}
    return {"permissions": [wanted], **more}


def access_to(email: str, **more: Any) -> dict[str, Any]:
    return {"email": email, "callback_url": CALLBACK_URL, "scope": SCOPE, **more}


def delegation(world: World) -> dict[str, Any]:
    world.authorize(delegated_scope="read_only")
    wanted = access_to(BEN, scope="read_only", state="7")
    return {"profile_id": world.profile_id, **wanted}


def accessible(world: World) -> str:
    """The path to what Jane reaches."""
    world.authorize(delegated_scope="read_only")
    return f"/v1/accessible_calendars?profile_id={world.profile_id}"


# -- Answers ------------------------------------------------------------------------------

Answer = Callable[[World], Any]


def nothing(_: World) -> None:
    return None


def document(expected: Any) -> Answer:
    return lambda _: expected


def as_plain(path: str) -> Answer:
    return lambda world: world.plain(path)


def resources(world: World) -> Any:
    return world.plain("/v1/resources", world.service_token)


def token_answer(world: World) -> Any:
    return {
        **refreshed_document(SCOPE),
        "account_id": world.jane["account_id"],
        "sub": world.jane["sub"],
        "linking_profile": world.jane["linking_profile"],
        "userinfo": world.plain("/v1/userinfo"),
    }


def created_calendar(world: World) -> Any:
    first = world.plain("/v1/calendars")["calendars"][0]
    made = {
        "calendar_id": Like(r"cal_[\w-]+"),
        "calendar_name": "Interviews",
        "calendar_primary": False,
        "permission_level": "unrestricted",
    }
    return {"calendar": {**first, **made}}


REFRESHED = document(refreshed_document(SCOPE))
APPLICATION_CALENDAR_TOKEN = document(
    {
        **refreshed_document("read_write"),
        "application_calendar_id": "desk-42",
        "sub": APPLICATION_CALENDAR,
        "linking_profile": {
            "provider_name": "cronofy",
            "profile_id": PROFILE,
            "profile_name": "desk-42",
        },
    }
)
PERMISSIONS_PAGE = document(
    {"permissions_request": {"url": Like(r"http://[\w.:]+/permissions/[\w-]+")}}
)
LINK_TOKEN = document({"link_token": TOKEN})
ACCESSIBLE_CALENDARS = document(
    {
        "accessible_calendars": [
            {"calendar_type": "resource", "email": "room-1@acme.test", "name": "Room 1"},
            {"calendar_type": "unknown", "email": BEN, "name": "Ben Lee"},
        ]
    }
)


# -- Effects ------------------------------------------------------------------------------

Effect = Callable[[World], bool]


def jane_revoked(world: World) -> bool:
    """Jane's tokens are dead, and nobody else's."""
    return not world.knows(world.token) and world.knows(world.service_token)


def profile_revoked(world: World) -> bool:
    return bool(world.plain("/v1/profiles") == {"profiles": []})


def called_back(*states: str | None) -> Effect:
    """A code has gone out for each of the states."""

    def check(world: World) -> bool:
        sent = world.sandbox.control("GET", "/deliveries").json()["deliveries"]
        expected = [{"code": TOKEN, **({"state": state} if state else {})} for state in states]
        return [(d["url"], d["body"]) for d in sent] == [
            (CALLBACK_URL, {"authorization": authorization}) for authorization in expected
        ]

    return check


@dataclass(frozen=True)
class Case:
    """What is sent, what is answered, and what is true afterwards."""

    request: Callable[[World], Request]
    answer: Answer
    status: int = 200
    effect: Effect = lambda _: True


ALL = "python node ruby php csharp"


@dataclass(frozen=True)
class Call:
    """A call that several SDKs have (``by``), each with its own headers and encoding."""

    request: Callable[[Dialect, World], Request]
    answer: Answer
    status: int = 200
    effect: Effect = lambda _: True
    by: str = ALL


def in_dialects(calls: dict[str, Call]) -> dict[str, Case]:
    """Each call as each SDK makes it."""
    return {
        f"{sdk}: {name}": _in_dialect(DIALECTS[sdk], call)
        for name, call in calls.items()
        for sdk in call.by.split()
    }


def _in_dialect(dialect: Dialect, call: Call) -> Case:
    return Case(lambda w: call.request(dialect, w), call.answer, call.status, call.effect)


def check(case: Case, world: World, served: str) -> None:
    response = send(served, case.request(world))
    assert response.status == case.status, response.headers
    assert case.effect(world)
    assert response.document == case.answer(world)
    # The Ruby SDK makes this header the message of its errors.
    assert response.headers["status"].startswith(f"{case.status} ")
