"""Sandboxes never see each other, and what may happen once happens once."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

CLIENTS = 50


def run(scenario: Any) -> Any:
    """Run a coroutine with many clients at once."""
    return asyncio.run(scenario)


async def opened(http: httpx.AsyncClient, **wanted: Any) -> tuple[str, dict[str, Any]]:
    """The control path of a new sandbox, and its document."""
    response = await http.post("/_mock/sandboxes", json=wanted)
    assert response.status_code == 201, response.text
    document = response.json()
    return f"/_mock/sandboxes/{document['sandbox_id']}", document


def credentials(document: dict[str, Any]) -> dict[str, str]:
    application = document["applications"][0]
    return {name: application[name] for name in ("client_id", "client_secret")}


def authorize_query(document: dict[str, Any], **more: str) -> dict[str, str]:
    return {
        "response_type": "code",
        "client_id": document["applications"][0]["client_id"],
        "redirect_uri": "http://localhost:3000/callback",
        "scope": "free_busy_write",
        **more,
    }


def code_of(response: httpx.Response) -> str:
    assert response.status_code == 302, response.text[:300]
    return httpx.URL(response.headers["location"]).params["code"]


def test_two_sandboxes_used_by_fifty_clients_never_see_each_other(served: str) -> None:
    """Each client does a whole life in its sandbox: connect, read, refresh, make a calendar,
    revoke. No answer ever has a word of the other sandbox in it."""

    async def story() -> None:
        limits = httpx.Limits(max_connections=CLIENTS)
        async with httpx.AsyncClient(base_url=served, limits=limits, timeout=60) as http:
            paths, documents = zip(*[await opened(http, seed=seed) for seed in (1, 1)], strict=True)
            seen: tuple[set[str], set[str]] = (set(), set())

            async def life(number: int) -> None:
                side = number % 2
                other = ("one", "two")[1 - side]
                email = f"person-{number}@{('one', 'two')[side]}.test"
                mode = ("read_write", "free_busy", "no_calendar")[number % 3]

                async def call(method: str, path: str, **options: Any) -> dict[str, Any]:
                    response = await http.request(method, path, **options)
                    assert response.status_code < 300, response.text
                    assert f"@{other}.test" not in response.text
                    document: dict[str, Any] = response.json() if response.content else {}
                    return document

                tokens = await call(
                    "POST", f"{paths[side]}/connect", json={"email": email, "access_mode": mode}
                )
                for _ in range(3):
                    seen[side].update((tokens["access_token"], tokens["refresh_token"]))
                    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
                    userinfo = await call("GET", "/v1/userinfo", headers=headers)
                    assert userinfo["email"] == email
                    calendars = await call("GET", "/v1/calendars", headers=headers)
                    assert calendars["sub"] == userinfo["sub"]
                    tokens = await call(
                        "POST",
                        "/oauth/token",
                        json={
                            **credentials(documents[side]),
                            "grant_type": "refresh_token",
                            "refresh_token": tokens["refresh_token"],
                        },
                    )
                if number % 5 == 0:
                    revocation = {**credentials(documents[side]), "token": tokens["access_token"]}
                    await call("POST", "/oauth/token/revoke", json=revocation)
                await call("GET", paths[side])

            await asyncio.gather(*(life(number) for number in range(CLIENTS)))
            assert not seen[0] & seen[1]
            for side in (0, 1):
                document = (await http.get(paths[side])).json()
                connected = {item["email"] for item in document["connected"]}
                expected = {
                    f"person-{number}@{('one', 'two')[side]}.test"
                    for number in range(CLIENTS)
                    if number % 2 == side and number % 5
                }
                assert connected == expected
                await http.delete(paths[side])

    run(story())


def test_one_code_raced_by_fifty_clients_is_redeemed_once(served: str) -> None:
    async def story() -> None:
        limits = httpx.Limits(max_connections=CLIENTS)
        async with httpx.AsyncClient(base_url=served, limits=limits, timeout=60) as http:
            path, document = await opened(http)
            consent = {"page": "authorize", "decision": "allow", "email": "jane@acme.test"}
            await http.post(f"{path}/consents", json=consent)
            code = code_of(await http.get("/oauth/authorize", params=authorize_query(document)))
            exchange = {
                **credentials(document),
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": "http://localhost:3000/callback",
            }
            answers = await asyncio.gather(
                *(http.post("/oauth/token", json=exchange) for _ in range(CLIENTS))
            )
            statuses = sorted(answer.status_code for answer in answers)
            assert statuses == [200] + [400] * (CLIENTS - 1)
            refused = [answer.json() for answer in answers if answer.status_code == 400]
            assert {item["error"] for item in refused} == {"invalid_grant"}
            assert {item["error_key"] for item in refused} == {"errors.unknown_or_used"}

    run(story())


def test_a_rotated_refresh_token_raced_by_many_is_used_once(served: str) -> None:
    async def story() -> None:
        async with httpx.AsyncClient(base_url=served, timeout=60) as http:
            scenario = {"switches": {"rotate_refresh_tokens": True}}
            path, document = await opened(http, scenario=scenario)
            tokens = (await http.post(f"{path}/connect", json={"email": "a@acme.test"})).json()
            refresh = {
                **credentials(document),
                "grant_type": "refresh_token",
                "refresh_token": tokens["refresh_token"],
            }
            answers = await asyncio.gather(
                *(http.post("/oauth/token", json=refresh) for _ in range(20))
            )
            assert sorted(a.status_code for a in answers) == [200] + [400] * 19

    run(story())


def test_a_consent_for_three_pages_answers_three_of_many(served: str) -> None:
    async def story() -> None:
        async with httpx.AsyncClient(base_url=served, timeout=60) as http:
            path, document = await opened(http)
            consent = {"page": "authorize", "decision": "deny", "times": 3}
            await http.post(f"{path}/consents", json=consent)
            query = authorize_query(document)
            answers = await asyncio.gather(
                *(http.get("/oauth/authorize", params=query) for _ in range(12))
            )
            assert sorted(a.status_code for a in answers) == [200] * 9 + [302] * 3

    run(story())


def test_the_credentials_of_one_sandbox_are_unknown_beside_those_of_another(
    http: httpx.Client,
) -> None:
    """A token with the other sandbox's application, in every place that takes one."""
    ours, theirs = (http.post("/_mock/sandboxes", json={}).json() for _ in range(2))
    body = {"email": "jane@acme.test"}
    jane = http.post(f"/_mock/sandboxes/{ours['sandbox_id']}/connect", json=body).json()
    for secret in ("refresh_token", "access_token"):
        revocation = {**credentials(theirs), "token": jane[secret]}
        assert http.post("/oauth/token/revoke", json=revocation).status_code == 200
    refresh = {
        **credentials(theirs),
        "grant_type": "refresh_token",
        "refresh_token": jane["refresh_token"],
    }
    assert http.post("/oauth/token", json=refresh).json()["error"] == "invalid_grant"
    headers = {"Authorization": f"Bearer {jane['access_token']}"}
    assert http.get("/v1/userinfo", headers=headers).status_code == 200


def test_a_sandbox_that_ends_takes_its_credentials_along(http: httpx.Client) -> None:
    document = http.post("/_mock/sandboxes", json={}).json()
    path = f"/_mock/sandboxes/{document['sandbox_id']}"
    jane = http.post(f"{path}/connect", json={"email": "jane@acme.test"}).json()
    assert http.delete(path).status_code == 204
    headers = {"Authorization": f"Bearer {jane['access_token']}"}
    assert http.get("/v1/userinfo", headers=headers).status_code == 401
    refresh = {
        **credentials(document),
        "grant_type": "refresh_token",
        "refresh_token": jane["refresh_token"],
    }
    assert http.post("/oauth/token", json=refresh).json()["error"] == "invalid_client"
    assert http.get("/oauth/authorize", params=authorize_query(document)).status_code == 400
    assert http.get(path).status_code == 404


@pytest.mark.parametrize("rounds", [200])
def test_sandboxes_that_come_and_go_leave_nothing_behind(http: httpx.Client, rounds: int) -> None:
    """The directory of credentials is as it was; ids are not used again meanwhile."""
    before = {item["sandbox_id"] for item in http.get("/_mock/sandboxes").json()["sandboxes"]}
    ids = set()
    for _ in range(rounds):
        document = http.post("/_mock/sandboxes", json={"seed": 7}).json()
        ids.add(document["sandbox_id"])
        assert http.delete(f"/_mock/sandboxes/{document['sandbox_id']}").status_code == 204
    after = {item["sandbox_id"] for item in http.get("/_mock/sandboxes").json()["sandboxes"]}
    assert not after & ids
    assert before - {item for item in before if item.startswith("sbx_")} <= after
    assert len(ids) == rounds


def test_a_journal_is_bounded(sandbox: Any) -> None:
    token = sandbox.connect()["access_token"]
    for _ in range(1010):
        sandbox.call(token, "GET", "/v1/profiles")
    entries = sandbox.control("GET", "/journal").json()["requests"]
    assert len(entries) == 1000
    assert token not in json.dumps(entries)
