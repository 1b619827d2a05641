"""Sandboxes apart, and one-time things used once, while many clients are at it.

Links, decisions, sandboxes that come and go, and every token of one sandbox tried in
another.
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from tests.hostile.raw import Connection, request
from tests.hostile.wire import Wire
from tests.hostile.worlds import START, World

CLIENTS = 50
BACK = "http://localhost:3000/callback"


@asynccontextmanager
async def clients(served: str) -> AsyncIterator[httpx.AsyncClient]:
    limits = httpx.Limits(max_connections=CLIENTS)
    async with httpx.AsyncClient(base_url=served, limits=limits, timeout=60) as http:
        yield http


class Opened:
    """A sandbox of a served emulator."""

    def __init__(self, http: httpx.AsyncClient, document: dict[str, Any]) -> None:
        self.http = http
        self.document = document
        self.path = f"/_mock/sandboxes/{document['sandbox_id']}"
        application = document["applications"][0]
        self.credentials = {k: application[k] for k in ("client_id", "client_secret")}

    async def control(self, method: str, path: str, **options: Any) -> httpx.Response:
        return await self.http.request(method, self.path + path, **options)

    async def connect(self, email: str) -> dict[str, Any]:
        response = await self.control("POST", "/connect", json={"email": email})
        assert response.status_code == 201, response.text
        document: dict[str, Any] = response.json()
        return document

    async def call(self, token: str, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return await self.http.request(method, path, headers=headers, **options)

    def authorize(self, **more: str) -> dict[str, str]:
        return {
            "response_type": "code",
            "client_id": self.credentials["client_id"],
            "redirect_uri": BACK,
            "scope": "read_write",
            **more,
        }


async def opened(http: httpx.AsyncClient, **wanted: Any) -> Opened:
    response = await http.post("/_mock/sandboxes", json=wanted)
    assert response.status_code == 201, response.text
    return Opened(http, response.json())


def redirected(response: httpx.Response) -> dict[str, str]:
    assert response.status_code == 302, response.text[:300]
    query = parse_qs(urlsplit(response.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


def test_a_link_token_raced_by_fifty_links_once(served: str) -> None:
    """One calendar account joins; the other forty-nine are told that the token is used."""

    async def story() -> None:
        async with clients(served) as http:
            sandbox = await opened(http)
            jane = await sandbox.connect("jane@acme.test")
            for number in range(CLIENTS):
                person = {"email": f"person-{number}@acme.test"}
                consent = {"page": "authorize", "decision": "allow", **person}
                assert (await sandbox.control("POST", "/consents", json=consent)).is_success
            made = await sandbox.call(jane["access_token"], "POST", "/v1/link_tokens")
            query = sandbox.authorize(link_token=made.json()["link_token"])
            answers = await asyncio.gather(
                *(http.get("/oauth/authorize", params=query) for _ in range(CLIENTS))
            )
            outcomes = [redirected(answer) for answer in answers]
            assert sum("code" in outcome for outcome in outcomes) == 1
            errors = Counter(outcome.get("error") for outcome in outcomes)
            assert errors == {None: 1, "invalid_request": CLIENTS - 1}
            left = (await sandbox.control("GET", "/consents")).json()["consents"]
            assert len(left) == CLIENTS - 1, "a refused link uses up nobody's consent"
            userinfo = (await sandbox.call(jane["access_token"], "GET", "/v1/userinfo")).json()
            assert len(userinfo["cronofy.data"]["profiles"]) == 2
            await sandbox.control("DELETE", "")

    asyncio.run(story())


@pytest.mark.parametrize("queued", [True, False])
def test_a_permission_request_raced_by_fifty_is_decided_once(served: str, queued: bool) -> None:
    """By forms that say both, or by queued consents: the first decides, the rest are late."""

    async def story() -> None:
        async with clients(served) as http:
            sandbox = await opened(http)
            jane = await sandbox.connect("jane@acme.test")
            profile = jane["userinfo"]["cronofy.data"]["profiles"][0]
            calendar_id = profile["profile_calendars"][0]["calendar_id"]
            wish = {"calendar_id": calendar_id, "permission_level": "unrestricted"}
            body = {"permissions": [wish], "redirect_uri": BACK}
            asked = await sandbox.call(jane["access_token"], "POST", "/v1/permissions", json=body)
            url = asked.json()["permissions_request"]["url"]
            if queued:
                consent = {"page": "permissions", "decision": "allow", "times": CLIENTS}
                await sandbox.control("POST", "/consents", json=consent)
            answers = await asyncio.gather(
                *(
                    http.get(url)
                    if queued
                    else http.post(url, data={"decision": ("allow", "deny")[number % 2]})
                    for number in range(CLIENTS)
                )
            )
            statuses = Counter(answer.status_code for answer in answers)
            assert statuses == {302: 1, 410: CLIENTS - 1}
            (first,) = (answer for answer in answers if answer.status_code == 302)
            denied = "error=access_denied" in first.headers["location"]
            listed = await sandbox.call(jane["access_token"], "GET", "/v1/calendars")
            level = listed.json()["calendars"][0]["permission_level"]
            assert level == ("sandbox" if denied else "unrestricted")
            if queued:
                (left,) = (await sandbox.control("GET", "/consents")).json()["consents"]
                assert left["times"] == CLIENTS - 1, "who came late used up nobody's consent"
            await sandbox.control("DELETE", "")

    asyncio.run(story())


def test_sandboxes_come_and_go_while_others_are_used(served: str) -> None:
    """Twenty clients open, fill, reset, restore and end sandboxes of one seed, one after
    another; thirty others keep reading in a sandbox of the same seed and see only it."""

    async def story() -> None:
        async with clients(served) as http:
            steady = await opened(http, seed=3, clock=START)
            jane = await steady.connect("jane@steady.test")
            expected = jane["userinfo"]

            async def churn(number: int) -> None:
                for _ in range(2):
                    sandbox = await opened(http, seed=3, clock=START)
                    first = await sandbox.connect(f"person-{number}@churn.test")
                    assert first["sub"] == jane["sub"], "entities are named by the seed alone"
                    assert first["access_token"] != jane["access_token"]
                    snapshot = (await sandbox.control("GET", "/snapshot")).json()
                    assert (await sandbox.control("POST", "/reset")).status_code == 200
                    gone = await sandbox.call(first["access_token"], "GET", "/v1/userinfo")
                    assert gone.status_code == 401
                    restored = await sandbox.control("PUT", "/snapshot", json=snapshot)
                    assert restored.status_code == 200, restored.text
                    back = await sandbox.call(first["access_token"], "GET", "/v1/userinfo")
                    assert back.json()["email"] == f"person-{number}@churn.test"
                    assert (await sandbox.control("DELETE", "")).status_code == 204
                    gone = await sandbox.call(first["access_token"], "GET", "/v1/userinfo")
                    assert gone.status_code == 401

            async def read() -> None:
                for _ in range(5):
                    answer = await steady.call(jane["access_token"], "GET", "/v1/userinfo")
                    assert (answer.status_code, answer.json()) == (200, expected)
                    refreshed = await http.post(
                        "/oauth/token",
                        json={
                            **steady.credentials,
                            "grant_type": "refresh_token",
                            "refresh_token": jane["refresh_token"],
                        },
                    )
                    assert refreshed.status_code == 200
                    assert "churn.test" not in refreshed.text

            await asyncio.gather(*(churn(n) for n in range(20)), *(read() for _ in range(30)))
            document = (await steady.control("GET", "")).json()
            assert [person["email"] for person in document["people"]] == ["jane@steady.test"]
            await steady.control("DELETE", "")

    asyncio.run(story())


def test_a_sandbox_that_ends_under_its_users_refuses_them(served: str) -> None:
    """Before, every answer is right; after, every one is a refusal; never a failure."""

    async def story() -> None:
        async with clients(served) as http:
            sandbox = await opened(http)
            tokens = [await sandbox.connect(f"p{n}@acme.test") for n in range(5)]
            ended = False

            async def use(number: int) -> None:
                token = tokens[number % 5]
                refresh = {
                    **sandbox.credentials,
                    "grant_type": "refresh_token",
                    "refresh_token": token["refresh_token"],
                }
                for step in range(6):
                    was_ended = ended
                    match (number + step) % 5:
                        case 0:
                            answer = await http.post("/oauth/token", json=refresh)
                            refusal = 400
                        case 1:
                            answer = await http.get("/oauth/authorize", params=sandbox.authorize())
                            refusal = 400
                        case 2:
                            answer = await sandbox.control("POST", "/consents", json={
                                "page": "authorize", "decision": "deny", "email": "x@acme.test",
                            })  # fmt: skip
                            refusal = 404
                        case 3:
                            answer = await sandbox.control("GET", "/snapshot")
                            refusal = 404
                        case _:
                            answer = await sandbox.call(
                                token["access_token"], "GET", "/v1/calendars"
                            )
                            refusal = 401
                    allowed = {refusal} if was_ended else {refusal, 200, 201, 302}
                    assert answer.status_code in allowed, (was_ended, answer.text[:300])

            async def end() -> None:
                nonlocal ended
                for _ in range(20):  # after some of the others
                    await http.get("/_mock/health")
                assert (await sandbox.control("DELETE", "")).status_code == 204
                ended = True

            await asyncio.gather(*(use(number) for number in range(CLIENTS - 1)), end())

    asyncio.run(story())


@pytest.mark.parametrize("how", ["connect", "people", "consents", "snapshot", "calendars", "page"])
def test_a_request_that_began_before_the_end_of_its_sandbox(served: str, how: str) -> None:
    """Its body arrives afterwards: it finds nothing any more, and brings nothing back."""
    with httpx.Client(base_url=served) as client:
        document = client.post("/_mock/sandboxes", json={}).json()
        path = f"/_mock/sandboxes/{document['sandbox_id']}"
        jane = client.post(f"{path}/connect", json={"email": "jane@acme.test"}).json()
        application = document["applications"][0]
        body, target, kind = b'{"email": "late@acme.test"}', f"{path}/{how}", "application/json"
        method, expected = "POST", 404
        if how == "consents":
            body = b'{"page": "authorize", "decision": "allow"}'
        elif how == "snapshot":
            body, method = client.get(f"{path}/snapshot").content, "PUT"
        elif how == "calendars":
            target, expected = "/v1/calendars", 401
        elif how == "page":
            query = {
                "response_type": "code",
                "client_id": application["client_id"],
                "redirect_uri": BACK,
                "scope": "read_write",
                "chosen_provider": "google",
                "chosen_person": "jane@acme.test",
            }
            target, expected = f"/oauth/authorize?{urlencode(query)}", 400
            body, kind = b"decision=allow", "application/x-www-form-urlencoded"
        with Connection(served) as late:
            headers = [
                ("Content-Type", kind),
                ("Content-Length", str(len(body))),
                ("Authorization", f"Bearer {jane['access_token']}"),
            ]
            late.send(request(method, target, headers) + body[:5])
            assert client.delete(path).status_code == 204
            late.send(body[5:])
            answer = late.answer()
            assert answer is not None
            assert answer.status == expected, answer
        assert client.get(path).status_code == 404
        again = client.post(
            "/oauth/token",
            json={
                "client_id": application["client_id"],
                "client_secret": application["client_secret"],
                "grant_type": "refresh_token",
                "refresh_token": jane["refresh_token"],
            },
        )
        assert again.json()["error"] == "invalid_client"


@pytest.fixture(scope="module")
def worlds(wire: Wire) -> tuple[World, World]:
    """Two sandboxes of one seed in which everything exists once."""
    return World(wire, "ours-"), World(wire, "theirs-")


def test_what_is_equal_and_what_is_not(wire: Wire, worlds: tuple[World, World]) -> None:
    """Entities are named by the seed alone; whatever finds a sandbox is unique."""
    ours, theirs = worlds
    assert ours.subs == theirs.subs
    assert ours.profile_ids == theirs.profile_ids
    assert ours.calendar_ids == theirs.calendar_ids
    secrets = [
        {
            *world.tokens,
            *world.refresh_tokens,
            world.application_token,
            world.link_token,
            world.permission_token,
            world.code,
            world.expired_token,
        }
        for world in worlds
    ]
    assert not secrets[0] & secrets[1]


def test_a_sandbox_opened_again_is_the_same_to_the_byte(wire: Wire) -> None:
    """Same id, seed, scenario and calls: same bytes, whatever happened in between."""

    def life() -> list[bytes]:
        world = World(wire, "again-", sandbox_id="again")
        found = [
            wire.ask("GET", f"/_mock/sandboxes/{world.sandbox_id}{path}").body
            for path in ("", "/snapshot", "/inbox", "/deliveries", "/consents", "/people")
        ]
        found += [
            wire.ask("GET", f"/v1/{path}", token=token).body
            for token in world.tokens
            for path in ("userinfo", "account", "profiles", "calendars")
        ]
        wire.ask("DELETE", f"/_mock/sandboxes/{world.sandbox_id}")
        # How long a receiver took is the machine's, not the sandbox's.
        return [re.sub(rb'"duration(_ms)?":\d+|"snapshot_id":"\w+"', b"", body) for body in found]

    first = life()
    wire.open_sandbox(seed=7)
    assert life() == first


def test_nothing_of_one_sandbox_works_in_another(wire: Wire, worlds: tuple[World, World]) -> None:
    """Every token of theirs with our application, and the other way round: as if unknown."""
    for world in worlds:
        world.reset()
    for ours, theirs in (worlds, worlds[::-1]):
        before = [world.sandbox.state() for world in worlds]
        for token in (*theirs.refresh_tokens, *theirs.tokens, theirs.code, theirs.link_token):
            refresh = {
                **ours.credentials(),
                "grant_type": "refresh_token",
                "refresh_token": token,
            }
            assert wire.ask("POST", "/oauth/token", document=refresh).status == 400
            exchange = {
                **ours.credentials(),
                "grant_type": "authorization_code",
                "code": token,
                "redirect_uri": BACK,
            }
            answer = wire.ask("POST", "/oauth/token", document=exchange)
            assert (answer.status, answer.json()["error"]) == (400, "invalid_grant")
            revoke = {**ours.credentials(), "token": token}
            assert wire.ask("POST", "/oauth/token/revoke", document=revoke).status == 200
            mixed = {
                "client_id": ours.main["client_id"],
                "client_secret": theirs.main["client_secret"],
                "token": token,
            }
            assert wire.ask("POST", "/oauth/token/revoke", document=mixed).status == 400
        query = {
            "response_type": "code",
            "client_id": ours.main["client_id"],
            "redirect_uri": BACK,
            "scope": "read_write",
        }
        for link_token in (theirs.link_token, theirs.permission_token, theirs.code):
            target = f"/oauth/authorize?{urlencode({**query, 'link_token': link_token})}"
            assert "error=invalid_request" in (wire.ask("GET", target).header("location") or "")
        assert [world.sandbox.state() for world in worlds] == before


def test_pages_of_one_sandbox_use_up_no_consent_of_another(
    wire: Wire, worlds: tuple[World, World]
) -> None:
    ours, theirs = worlds
    for world in worlds:
        world.reset()
    consent = {"page": "permissions", "decision": "allow", "times": 5}
    wire.ask("POST", f"/_mock/sandboxes/{ours.sandbox_id}/consents", document=consent)
    before = ours.sandbox.state()
    answer = wire.ask("GET", f"/permissions/{theirs.permission_token}")
    assert answer.status == 200, "nobody has decided there"
    assert ours.sandbox.state() == before
    # The tokens of other pages are no permission requests.
    for token in (theirs.link_token, theirs.code, theirs.tokens[0], theirs.refresh_tokens[0]):
        assert wire.ask("GET", f"/permissions/{token}").status == 404
        assert wire.ask("GET", f"/relink/apple?token={token}").status == 404


def test_a_browser_is_known_in_its_own_sandbox_only(
    wire: Wire, worlds: tuple[World, World]
) -> None:
    """Neither a cookie of another sandbox nor a made-up one links anything."""
    ours, theirs = worlds
    for world in worlds:
        world.reset()

    def authorize(world: World, email: str, cookie: str) -> tuple[str, str]:
        """The account that it ended in, and the cookie set."""
        consent = {"page": "authorize", "decision": "allow", "email": email}
        wire.ask("POST", f"/_mock/sandboxes/{world.sandbox_id}/consents", document=consent)
        query = {
            "response_type": "code",
            "client_id": world.main["client_id"],
            "redirect_uri": BACK,
            "scope": "read_write",
        }
        answer = wire.ask(
            "GET", f"/oauth/authorize?{urlencode(query)}", headers=[("cookie", cookie)]
        )
        code = parse_qs(urlsplit(answer.header("location") or "").query)["code"][0]
        exchange = {
            **world.credentials(),
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": BACK,
        }
        token = wire.ask("POST", "/oauth/token", document=exchange).json()
        cookie = (answer.header("set-cookie") or "").partition(";")[0]
        return token["sub"], cookie

    _, foreign = authorize(theirs, "first@acme.test", "")
    first, own = authorize(ours, "first@acme.test", foreign)
    name, _, value = own.partition("=")
    assert foreign.partition("=")[2] != value
    strangers = [
        foreign,
        f"{name}={foreign.partition('=')[2]}",
        f"{name}=",
        f"{name}={value[:-1]}",
        f"{name}={first}",
        f"{name}={ours.tokens[0]}",
        f'{name}="{value}x"',
    ]
    for number, cookie in enumerate(strangers):
        sub, _ = authorize(ours, f"stranger-{number}@acme.test", cookie)
        assert sub != first, cookie
    sub, _ = authorize(ours, "friend@acme.test", f"other=1; {own}; {foreign}")
    assert sub == first
    flags = wire.ask("GET", "/").header("set-cookie")
    assert flags is None
