"""What another site's page makes a browser send is refused, whatever name it goes by."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

import pytest

from mock_server.settings import Settings
from tests.hostile.test_control import ROUTES
from tests.hostile.wire import Answer, Wire
from tests.hostile.worlds import World

HERE = "http://localhost:8282"

FOREIGN: dict[str, list[tuple[str, str]]] = {
    "another site": [("origin", "https://evil.example")],
    "another port": [("origin", "http://localhost:3000")],
    "another scheme": [("origin", "ftp://localhost:8282")],
    "no origin": [("origin", "null")],
    "an empty origin": [("origin", "")],
    "nonsense": [("origin", "http://[")],
    "userinfo": [("origin", "http://localhost:8282@evil.example")],
    "two origins": [("origin", f"{HERE} https://evil.example")],
    "a file": [("origin", "file://")],
    "an extension": [("origin", "chrome-extension://abcdef")],
    "a name that begins alike": [("origin", "http://localhost:8282.evil.example")],
    "no Origin but a site": [("sec-fetch-site", "cross-site")],
    "a sister": [("sec-fetch-site", "same-site")],
    "made-up fetch metadata": [("sec-fetch-site", "whatever")],
}
REBINDING: dict[str, list[tuple[str, str]]] = {
    "a public name": [("host", "evil.example:8282")],
    "with its origin": [("host", "evil.example:8282"), ("origin", "http://evil.example:8282")],
    "said to be the same site": [("host", "evil.example"), ("sec-fetch-site", "same-origin")],
    "in capitals": [("host", "EVIL.EXAMPLE")],
    "with a dot": [("host", "evil.example.")],
    "an address in a name": [("host", "127.0.0.1.nip.example")],
    "a name that looks numeric": [("host", "127.0.0.1e")],
    "localhost in front": [("host", "localhost.evil.example")],
}


@pytest.fixture(scope="module")
def world(wire: Wire) -> World:
    return World(wire)


def _target(world: World, path: str) -> str:
    """The path with what it names filled in; most of it is not looked at."""
    named = {
        "sandbox_id": world.sandbox_id,
        "profile_id": world.profile_ids[0],
        "message_id": "latest",
        "email": "rita@acme.test",
        "calendar_id": world.calendar_ids[0],
    }
    return "/_mock" + re.sub(r"{(\w+)[^}]*}", lambda found: named.get(found[1], "unknown"), path)


@pytest.mark.parametrize("case", [*FOREIGN, *REBINDING])
def test_the_control_api_answers_no_other_site(world: World, case: str) -> None:
    """Neither what it could change nor what it could read."""
    wire = world.wire
    before, living = world.sandbox.state(), len(wire.app.sandboxes)
    for method, path in ROUTES:
        answer = wire.ask(
            method,
            _target(world, path),
            headers=[*({**FOREIGN, **REBINDING}[case]), ("content-type", "text/plain")],
            body=b"{}" if method != "GET" else b"",
        )
        assert answer.status == 403, (method, path, answer)
        (error,) = answer.json()["errors"]
        assert error.keys() == {"place", "found", "expected"}
        assert world.main["client_secret"] not in answer.text
    assert world.sandbox.state() == before
    assert len(wire.app.sandboxes) == living


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("origin", HERE)],
        [("sec-fetch-site", "same-origin")],
        [("sec-fetch-site", "none")],
        [("host", "127.0.0.1:8282"), ("origin", "http://127.0.0.1:8282")],
        [("host", "[::1]:8282"), ("origin", "http://[::1]:8282")],
        [("host", "mock-cronofy:8282")],
        [("host", "mock.localhost"), ("origin", "http://mock.localhost")],
        [("host", "host.docker.internal")],
        [("host", "mock.default.svc.cluster.local")],
        [("host", "cronofy.test")],
    ],
    ids=str,
)
def test_the_control_api_answers_tests_and_tools(wire: Wire, headers: list[Any]) -> None:
    assert wire.ask("GET", "/_mock/sandboxes", headers=headers).status == 200


def test_a_public_name_has_to_be_made_known() -> None:
    """With --public-url the name is ours, behind a proxy that ends TLS, too."""
    wire = Wire(Settings(public_url="https://mock.acme.example"))
    for headers, status in (
        ([("host", "mock.acme.example")], 200),
        ([("host", "mock.acme.example"), ("origin", "https://mock.acme.example")], 200),
        ([("origin", "https://mock.acme.example")], 200),
        ([("host", "mock.acme.example"), ("origin", "https://acme.example")], 403),
        ([("host", "evil.example"), ("origin", "https://mock.acme.example")], 403),
        ([("host", "evil.example")], 403),
    ):
        assert wire.ask("GET", "/_mock/sandboxes", headers=headers).status == status, headers
    wire.close()


def test_nobody_is_told_that_they_may_read_across_origins(world: World) -> None:
    """No CORS header on anything, and no preflight that succeeds."""
    query = urlencode({"client_id": world.main["client_id"]})
    for path in (
        "/_mock/sandboxes",
        f"/_mock/sandboxes/{world.sandbox_id}",
        "/v1/userinfo",
        "/oauth/token",
        "/",
        f"/oauth/authorize?{query}",
        "/openapi.json",
    ):
        for method in ("GET", "OPTIONS"):
            answer = world.wire.ask(
                method,
                path,
                headers=[
                    ("origin", "https://evil.example"),
                    ("access-control-request-method", "POST"),
                    ("access-control-request-headers", "authorization"),
                ],
            )
            assert not any(name.startswith(b"access-control") for name, _ in answer.headers)


# The scheme alone does not make a page foreign: a proxy may have changed it.
@pytest.mark.parametrize("case", [case for case in FOREIGN if case != "another scheme"])
def test_pages_take_no_form_of_another_site(world: World, case: str) -> None:
    """A person's decision is made on our own page or not at all."""
    wire = world.wire
    query = urlencode(
        {
            "response_type": "code",
            "client_id": world.main["client_id"],
            "redirect_uri": "http://localhost:3000/callback",
            "scope": "read_write",
            "chosen_mode": "read_write",
            "chosen_provider": "google",
        }
    )
    before = world.sandbox.state()
    form = {"person": "rita@acme.test", "email": "rita@acme.test", "decision": "allow"}
    for target in (
        f"/oauth/authorize?{query}",
        f"/enterprise_connect/oauth/authorize?{query}",
        f"/permissions/{world.permission_token}",
        "/relink/apple?token=x",
        "/conferencing_services/x",
        "/v2/relink/zoom?token=x",
        "/callback?code=x",
    ):
        answer = wire.ask("POST", target, headers=FOREIGN[case], form=form)
        assert answer.status == 403, (target, answer)
        assert answer.header("location") is None
    assert world.sandbox.state() == before


@pytest.mark.parametrize("case", REBINDING)
def test_a_page_with_secrets_is_shown_under_no_public_name(world: World, case: str) -> None:
    for target in ("/", "/callback?code=x&state=y"):
        answer = world.wire.ask("GET", target, headers=[*REBINDING[case], ("accept", "text/html")])
        for secret in (world.main["client_secret"], world.document["admin_api_key"]):
            assert secret not in answer.text
        assert "client_secret" not in answer.text


def _invitation(world: World) -> dict[str, Any]:
    """The newest mail of Nora's, which invites her."""
    answer = world.wire.ask("GET", f"/_mock/sandboxes/{world.sandbox_id}/inbox?to=nora@acme.test")
    invitation: dict[str, Any] = answer.json()["messages"][-1]
    assert invitation["method"] == "REQUEST"
    return invitation


def _press(world: World, headers: list[tuple[str, str]]) -> Answer:
    """The button in Nora's mailbox."""
    message_id = _invitation(world)["message_id"]
    return world.wire.ask(
        "POST",
        f"/mailboxes/nora@acme.test/{message_id}?sandbox={world.sandbox_id}",
        headers=headers,
        form={"status": "accepted"},
    )


# The scheme alone makes no page foreign; a public name does, even with its own origin.
@pytest.mark.parametrize("case", [c for c in [*FOREIGN, *REBINDING] if c != "another scheme"])
def test_no_other_site_answers_an_invitation(world: World, case: str) -> None:
    """Neither by the button nor by the control API, however its form says what it sends."""
    headers = {**FOREIGN, **REBINDING}[case]
    before = world.sandbox.state()
    assert _press(world, headers).status == 403
    reply = f"{_invitation(world)['message_id']}/reply"
    for media_type in ("text/plain", "application/json", "application/x-www-form-urlencoded"):
        answer = world.wire.ask(
            "POST",
            f"/_mock/sandboxes/{world.sandbox_id}/inbox/{reply}",
            headers=[*headers, ("content-type", media_type)],
            body=b'{"status": "accepted"}',
        )
        assert answer.status == 403, answer
    assert world.sandbox.state() == before


@pytest.mark.parametrize("case", REBINDING)
def test_mailboxes_are_shown_under_no_public_name(world: World, case: str) -> None:
    """Mails have codes and links in them."""
    message_id = _invitation(world)["message_id"]
    for path in ("", "/nora@acme.test", f"/nora@acme.test/{message_id}"):
        target = f"/mailboxes{path}?sandbox={world.sandbox_id}"
        answer = world.wire.ask("GET", target, headers=[*REBINDING[case], ("accept", "text/html")])
        assert "nora@acme.test" not in answer.text, answer.status


@pytest.mark.parametrize("status", ["accepted", "declined"])
def test_reading_answers_nothing(world: World, status: str) -> None:
    """What a link or an image of another site makes a browser ask for changes nothing."""
    before = world.sandbox.state()
    message_id = _invitation(world)["message_id"]
    for method in ("GET", "HEAD"):
        for target in (
            f"/mailboxes/nora@acme.test/{message_id}?sandbox={world.sandbox_id}&status={status}",
            f"/_mock/sandboxes/{world.sandbox_id}/inbox/{message_id}/reply?status={status}",
        ):
            world.wire.ask(method, target)
    assert world.sandbox.state() == before


def test_our_own_page_answers(world: World) -> None:
    """The same button, from the page that shows it."""
    answer = _press(world, [("origin", HERE), ("sec-fetch-site", "same-origin")])
    assert answer.status == 303, answer
    world.reset()
