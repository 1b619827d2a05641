"""What has served its time goes, and what is asked often costs the same in a full sandbox."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from mock_server.rules import scopes
from mock_server.world.journal import MOST_BYTES
from mock_server.world.tables import Directory, Table
from tests.hostile.wire import Wire
from tests.hostile.worlds import START

BACK = "http://localhost:3000/callback"
FEATURES = {"free_busy": True, "no_access": True, "explicit_linking": True}


class Town:
    """A sandbox with ``count`` people, all of them connected."""

    def __init__(self, wire: Wire, count: int = 1, **wanted: Any) -> None:
        self.wire = wire
        self.emails = [f"person-{number}@acme.test" for number in range(count)]
        document = wire.open_sandbox(
            scenario={
                "clock": START,
                "applications": [{"features": FEATURES}],
                "people": [
                    {"email": email, "name": "N", "zoneinfo": "Etc/UTC"} for email in self.emails
                ],
                "connected": [{"person": email} for email in self.emails],
                **wanted,
            }
        )
        self.base = f"/_mock/sandboxes/{document['sandbox_id']}"
        found = wire.app.sandboxes.get(document["sandbox_id"])
        assert found is not None
        self.sandbox = found
        application = document["applications"][0]
        self.credentials = {k: application[k] for k in ("client_id", "client_secret")}
        self.connected = document["connected"]

    def oauth(self, **members: str) -> dict[str, Any]:
        answer = self.wire.ask("POST", "/oauth/token", document={**self.credentials, **members})
        assert answer.status == 200, answer
        document: dict[str, Any] = answer.json()
        return document

    def refresh(self, number: int = 0) -> dict[str, Any]:
        refresh_token = self.connected[number]["refresh_token"]
        return self.oauth(grant_type="refresh_token", refresh_token=refresh_token)

    def advance(self, **duration: int) -> None:
        answer = self.wire.ask("POST", f"{self.base}/clock/advance", document=duration)
        assert answer.status == 200, answer

    def authorize(self, **more: str) -> dict[str, str]:
        query = {
            "response_type": "code",
            "client_id": self.credentials["client_id"],
            "redirect_uri": BACK,
            "scope": "read_write",
            **more,
        }
        answer = self.wire.ask("GET", f"/oauth/authorize?{urlencode(query)}")
        found = parse_qs(urlsplit(answer.header("location") or "").query)
        return {name: values[0] for name, values in found.items()}

    def consent(self, **wanted: Any) -> None:
        answer = self.wire.ask("POST", f"{self.base}/consents", document=wanted)
        assert answer.status == 201, answer

    def ask_permission(self, number: int = 0) -> str:
        connected = self.connected[number]
        calendar = connected["profiles"][0]["profile_calendars"][0]
        wish = {"calendar_id": calendar["calendar_id"], "permission_level": "unrestricted"}
        answer = self.wire.ask(
            "POST",
            "/v1/permissions",
            token=self.refresh(number)["access_token"],
            document={"permissions": [wish], "redirect_uri": BACK},
        )
        url: str = answer.json()["permissions_request"]["url"]
        return urlsplit(url).path

    def end(self) -> None:
        assert self.wire.ask("DELETE", self.base).status == 204


@pytest.fixture
def town(wire: Wire) -> Iterator[Town]:
    town = Town(wire, count=3)
    yield town
    town.end()


def test_expired_access_tokens_go_after_a_day(town: Town) -> None:
    """A token an hour, for ten days: those of a day and an hour are remembered."""
    for _ in range(240):
        town.refresh()
        town.advance(hours=1)
    assert len(town.sandbox.access_tokens) <= 26 + len(town.emails)


def test_codes_go_once_they_have_expired(town: Town) -> None:
    town.consent(page="authorize", decision="allow", email=town.emails[0], times=300)
    for _ in range(300):
        assert "code" in town.authorize()
        town.advance(minutes=1)
    assert len(town.sandbox.codes) <= 22


def test_page_tokens_go_once_they_have_expired(town: Town) -> None:
    """Whoever asks next clears away what is left of the others."""
    for step in range(60):
        number = step % 3
        town.ask_permission(number)
        token = town.refresh(number)["access_token"]
        assert town.wire.ask("POST", "/v1/link_tokens", token=token).status == 200
        query = {"chosen_mode": "no_calendar", "scope": "free_busy_write"}
        target = urlencode(
            {"response_type": "code", "redirect_uri": BACK, **query}
            | {"client_id": town.credentials["client_id"]}
        )
        form = {"email": f"visitor-{step}@acme.test"}
        answer = town.wire.ask("POST", f"/oauth/authorize?{target}", form=form)
        assert answer.status == 303, answer
        town.advance(hours=2)
    assert len(town.sandbox.permission_requests) <= 13
    assert len(town.sandbox.link_tokens) == 1
    assert len(town.sandbox.email_verifications) == 1


def test_consents_are_used_up(town: Town) -> None:
    for times in (1, 3):
        town.consent(page="authorize", decision="deny", times=times)
    for _ in range(4):
        assert town.authorize()["error"] == "access_denied"
    assert len(town.sandbox.consents) == 0


def test_a_revoked_account_leaves_no_tokens(town: Town) -> None:
    town.ask_permission()
    town.refresh()
    sub = town.connected[0]["sub"]
    revoke = {**town.credentials, "sub": sub}
    assert town.wire.ask("POST", "/oauth/token/revoke", document=revoke).status == 200
    sandbox = town.sandbox
    for table in (sandbox.access_tokens, sandbox.codes, sandbox.permission_requests):
        assert not [row for row in table if row.sub == sub]


def test_the_journal_keeps_little_of_what_is_long(town: Town) -> None:
    """A thousand requests with two megabytes in each are no two gigabytes."""
    long = "x" * 500_000
    for _ in range(3):
        body = {**town.credentials, "grant_type": "refresh_token", "refresh_token": long}
        town.wire.ask("POST", "/oauth/token", document={**body, long: 1})
        body = {**town.credentials, "grant_type": "authorization_code", "code": long}
        town.wire.ask("POST", "/oauth/token", document={**body, "redirect_uri": long})
        token = town.refresh()["access_token"]
        town.wire.ask("POST", f"/v1/profiles/{long}/revoke", token=token)
        town.wire.ask(
            "POST", "/v1/calendars", token=token, document={"profile_id": long, "name": "x"}
        )
        town.wire.ask("GET", f"/v1/userinfo?{long}=1", token=token)
        town.authorize(state=long, provider_name=long, locale=long)
        town.authorize(scope=long)
    for _ in range(1100):
        town.wire.ask("GET", "/v1/profiles", token=token)
    journal = town.sandbox.journal
    assert len(journal) == 1000
    assert sum(entry.weight for entry in journal) <= MOST_BYTES
    texts = [[e.path, e.hint or "", *(found.text for found in e.findings)] for e in journal]
    assert sum(len(text) for entry in texts for text in entry) < 100_000
    assert max(len(text) for entry in texts for text in entry) <= 1000


def test_long_scopes_are_not_kept() -> None:
    kept = scopes._expanded.cache_info().currsize
    assert scopes.expand("read_write " + "x" * 2000) >= {"read_write", "read_events"}
    assert scopes._expanded.cache_info().currsize == kept


def _held(directory: Directory) -> dict[str, int]:
    return {name: len(getattr(directory, name)) for name in Directory.__slots__}


def test_a_sandbox_that_ends_is_gone(wire: Wire) -> None:
    """From the directory, the worker and memory, with all that was on its way."""
    wire.ask("GET", "/_mock/health")
    before = _held(wire.app.sandboxes.directory)

    def life() -> weakref.ref[Any]:
        town = Town(wire, organizations=[{"domain": "acme.test"}])
        town.ask_permission()
        document = {"service_account": "acme.test"}
        service = wire.connect(town.sandbox.sandbox_id, **document)
        entry = {
            "email": "x@acme.test",
            "callback_url": "http://127.0.0.1:1/",
            "scope": "read_write",
        }
        path = "/v1/service_account_authorizations"
        assert wire.ask("POST", path, token=service["access_token"], document=entry).status == 202
        profile_id = town.connected[0]["profiles"][0]["profile_id"]
        path = f"{town.base}/profiles/{profile_id}/disconnect"
        assert wire.ask("POST", path, document={}).status == 200
        wire.ask("PUT", f"{town.base}/clock", document={"mode": "real"})
        wire.run(wire.app.worker.settle(town.sandbox))
        town.end()
        return weakref.ref(town.sandbox)

    ended = [life() for _ in range(10)]
    wire.run(asyncio.sleep(0))
    assert _held(wire.app.sandboxes.directory) == before
    gc.collect()
    assert [reference() for reference in ended] == [None] * 10


# --- What is asked often ---------------------------------------------------------------


class Looking:
    """How many records are looked at, in lists of tables and of their indexes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count = 0
        every, by, leading = Table.__iter__, Table.by, Table.leading

        def counted_every(table: Any) -> Iterator[Any]:
            for record in every(table):
                self.count += 1
                yield record

        def counted_by(table: Any, *arguments: Any) -> list[Any]:
            found = by(table, *arguments)
            self.count += len(found)
            return found

        def counted_leading(table: Any, *arguments: Any) -> list[Any]:
            found = leading(table, *arguments)
            self.count += len(found)
            return found

        monkeypatch.setattr(Table, "__iter__", counted_every)
        monkeypatch.setattr(Table, "by", counted_by)
        monkeypatch.setattr(Table, "leading", counted_leading)

    def during(self, action: Callable[[], object]) -> int:
        self.count = 0
        action()
        return self.count


def _calls(town: Town) -> dict[str, Callable[[], object]]:
    """What applications do all day, for a person in the middle of the sandbox."""
    wire, number = town.wire, len(town.emails) // 2
    connected = town.connected[number]
    token, profile = connected["access_token"], connected["profiles"][0]
    profile_path = f"{town.base}/profiles/{profile['profile_id']}"

    def exchange() -> None:
        town.consent(page="authorize", decision="allow", email=connected["email"])
        code = town.authorize()["code"]
        looking_free = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
        codes.append(looking_free)

    codes: list[dict[str, str]] = []
    exchange()
    wish = town.ask_permission(number)
    return {
        "userinfo": lambda: wire.ask("GET", "/v1/userinfo", token=token),
        "account": lambda: wire.ask("GET", "/v1/account", token=token),
        "profiles": lambda: wire.ask("GET", "/v1/profiles", token=token),
        "calendars": lambda: wire.ask("GET", "/v1/calendars", token=token),
        "create a calendar": lambda: wire.ask(
            "POST",
            "/v1/calendars",
            token=token,
            document={"profile_id": profile["profile_id"], "name": "New"},
        ),
        "exchange a code": lambda: town.oauth(**codes[0]),
        "refresh": lambda: town.refresh(number),
        "permissions": lambda: town.ask_permission(number),
        "decide": lambda: wire.ask("POST", wish, form={"decision": "allow"}),
        "conferencing": lambda: wire.ask(
            "POST",
            "/v1/conferencing_service_authorizations",
            token=token,
            document={"redirect_uri": BACK},
        ),
        "link token": lambda: wire.ask("POST", "/v1/link_tokens", token=token),
        "application calendar": lambda: wire.ask(
            "POST",
            "/v1/application_calendars",
            document={**town.credentials, "application_calendar_id": "office"},
        ),
        "connect": lambda: wire.connect(town.sandbox.sandbox_id, email=connected["email"]),
        "disconnect": lambda: wire.ask("POST", f"{profile_path}/disconnect", document={}),
        "reconnect": lambda: wire.ask("POST", f"{profile_path}/reconnect", document={}),
        "revoke a profile": lambda: wire.ask(
            "POST", f"/v1/profiles/{profile['profile_id']}/revoke", token=token
        ),
        "revoke": lambda: wire.ask(
            "POST", "/oauth/token/revoke", document={**town.credentials, "sub": connected["sub"]}
        ),
    }


def test_calls_look_at_the_same_number_of_records_in_a_full_sandbox(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty times as many people, tokens and open requests: not one record more."""
    found = []
    for count in (10, 200):
        town = Town(wire, count)
        for number in range(count):
            town.ask_permission(number)
            token = town.connected[number]["access_token"]
            wire.ask("POST", "/v1/link_tokens", token=token)
        calls = _calls(town)
        with monkeypatch.context() as patch:
            looking = Looking(patch)
            found.append({name: looking.during(call) for name, call in calls.items()})
        town.end()
    assert found[1] == found[0]


def test_the_authorize_page_looks_at_each_person_once_or_twice(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever may sign in has to be looked for; nobody is compared with everybody."""
    found = []
    for count in (50, 200):
        town = Town(wire, count)
        town.consent(page="authorize", decision="allow", times=10)
        with monkeypatch.context() as patch:
            looking = Looking(patch)
            found.append(looking.during(town.authorize))
        town.end()
    assert found[1] <= 4 * found[0] + 10
    assert found[1] <= 3 * 200


def test_many_callbacks_are_each_considered_once(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred that wait do not make the hundred-and-first slower."""
    town = Town(wire, organizations=[{"domain": "acme.test"}])
    service = wire.connect(town.sandbox.sandbox_id, service_account="acme.test")
    entry = {"email": "x@acme.test", "callback_url": "http://127.0.0.1:1/", "scope": "read_write"}

    def call_back() -> None:
        wire.ask(
            "POST",
            "/v1/service_account_authorizations",
            token=service["access_token"],
            document=entry,
        )
        wire.run(asyncio.sleep(0))

    with monkeypatch.context() as patch:
        looking = Looking(patch)
        counts = [looking.during(call_back) for _ in range(100)]
    assert max(counts[50:]) == max(counts[:50])
    wire.run(wire.app.worker.settle(town.sandbox))
    town.end()
