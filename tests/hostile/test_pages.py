"""Every page, visited with everything but good manners."""

from __future__ import annotations

import re
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.pages.app import Pages
from tests.hostile import strategies
from tests.hostile.test_markup import check_harmless
from tests.hostile.wire import Wire
from tests.hostile.worlds import World


@pytest.fixture(scope="module")
def world(wire: Wire) -> World:
    return World(wire)


def _routes() -> list[tuple[str, str]]:
    wire = Wire()
    pages: Pages = wire.app.pages
    found: list[tuple[str, str]] = []

    def walk(node: Any, path: str) -> None:
        found.extend((method, path or "/") for method in node.methods)
        for segment, child in node.children.items():
            walk(child, f"{path}/{segment}" if segment else path)
        if node.parameter is not None:
            walk(node.parameter, f"{path}/{{{node.parameter_name}}}")

    walk(pages._router._root, "")
    wire.close()
    return sorted(set(found))


ROUTES = _routes()


def test_the_routes_are_those_that_people_visit() -> None:
    """So that the tests below try something."""
    assert {
        ("GET", "/"),
        ("GET", "/docs"),
        ("GET", "/oauth/authorize"),
        ("POST", "/oauth/authorize"),
        ("POST", "/permissions/{token}"),
        ("POST", "/relink/{provider}"),
        ("POST", "/conferencing_services/{token}"),
        ("POST", "/v2/relink/{provider}"),
        ("POST", "/callback"),
        ("POST", "/mailboxes/{email}/{message_id}"),
    } <= set(ROUTES)


def _known(world: World) -> dict[str, list[str]]:
    relink = urlsplit(
        next(
            profile["profile_relink_url"]
            for connected in world.document["connected"]
            for profile in connected["profiles"]
            if "profile_relink_url" in profile
        )
    )
    return {
        **world.known(),
        "response_type": ["code", "token"],
        "redirect_uri": ["http://localhost:3000/callback"],
        "client_id": [world.main["client_id"]] * 5 + [world.small["client_id"]],
        "scope": ["free_busy_write", "read_write", "service_account/accounts/manage"],
        "delegated_scope": ["free_busy_write", "read_only", "free_busy"],
        "state": ["s 1&"],
        "access_type": ["read_write", "free_busy", "no_calendar"],
        "provider_name": ["google", "google_free_busy", "cronofy", "live_connect"],
        "avoid_linking": ["true", "false"],
        "link_token": [world.link_token],
        "locale": ["de", "ja", "ar", "xx", "*"],
        "chosen_mode": ["read_write", "free_busy", "no_calendar"],
        "chosen_provider": ["google", "office365", "apple"],
        "chosen_person": ["rita@acme.test", "fred@acme.test"],
        "chosen_organization": ["corp.test"],
        "chosen_service": ["zoom", "webex"],
        "verification": [world.link_token, world.permission_token],
        "token": [relink.query.rpartition("token=")[2], world.permission_token, world.link_token],
        "decision": ["allow", "deny"],
        "code": [world.code, "000000"],
        "again": ["yes"],
        "sandbox": [world.sandbox_id] * 5 + ["default", "none"],
        "status": ["accepted", "tentative", "declined", "needs_action"],
        "error": ["access_denied"],
        "expires": ["1", "99999999999"],
    }


@pytest.mark.parametrize(("method", "path"), ROUTES)
@settings(max_examples=40)
@given(data=st.data())
def test_no_visit_fails_or_is_half_carried_out(
    wire: Wire, world: World, method: str, path: str, data: st.DataObject
) -> None:
    """Every answer is a page, a redirect or a refusal, harmless and explained; only a form
    that is accepted changes anything, or a link that is decided already."""
    known = _known(world)
    segments = {
        "token": [
            world.permission_token,
            world.conferencing_token,
            world.link_token,
            *(agent.token for agent in world.sandbox.meeting_agents),
            *(attachment.token for attachment in world.sandbox.attachments),
        ],
        "provider": ["apple", "google", "zoom"],
        "name": ["style.css", "audio"],
        "file_name": ["agenda.txt", "agenda.pdf"],
        "email": ["fred@acme.test", "away@acme.test"],
        "message_id": [message.message_id for message in world.sandbox.messages],
    }
    target = path
    for name in re.findall(r"{(\w+)}", path):
        choices = st.sampled_from(segments[name])
        segment = data.draw(st.one_of(choices, choices, strategies.segments), label=name)
        target = target.replace(f"{{{name}}}", segment)
    given_query = {
        "response_type": "code",
        "redirect_uri": "http://localhost:3000/callback",
        "sandbox": world.sandbox_id,
    }
    start = st.sampled_from(("", "&".join(f"{k}={v}" for k, v in given_query.items()) + "&"))
    query = data.draw(start).encode() + data.draw(strategies.queries(known))
    fields = st.dictionaries(
        st.sampled_from(sorted(known)), st.sampled_from([*chain(*known.values())]), max_size=6
    )
    body, headers = data.draw(strategies.bodies(fields)) if method == "POST" else (b"", [])
    language = data.draw(
        st.sampled_from(("", "de", "ar;q=0.5, *", "q=;;,,", "x" * 3000)) | strategies.texts
    )
    headers = [
        *headers,
        ("accept", "text/html"),
        ("accept-language", language.encode("utf-8", "surrogatepass")),
        ("cookie", data.draw(strategies.texts).encode("utf-8", "surrogatepass")),
    ]
    world.reset()
    before = world.sandbox.state()
    answer = wire.ask(method, target + "?" + query.decode("latin-1"), headers=headers, body=body)
    check_harmless(answer)
    # 405: without its last segment, a path may be another page's.
    assert answer.status in {200, 302, 303, 400, 403, 404, 405, 410, 413, 422}, answer
    if answer.status >= 400 and answer.status != 422:  # a form again, with what is wrong in it
        assert answer.header("mock-cronofy-hint"), answer
    changed = world.sandbox.state() != before
    if answer.status in {200, 400, 403, 404, 405, 410, 413}:
        assert not changed, answer
    head = wire.ask("HEAD", target + "?" + query.decode("latin-1"), headers=headers)
    assert head.body == b""
    assert head.status != 500


@settings(max_examples=150)
@given(
    path=st.lists(strategies.segments, min_size=1, max_size=3).map("/".join),
    method=st.sampled_from(("GET", "POST", "PUT", "DELETE", "OPTIONS", "QUERY", "\x7f")),
    accept=st.sampled_from(("text/html", "application/json", "*/*", "")),
)
def test_paths_that_nobody_has(wire: Wire, path: str, method: str, accept: str) -> None:
    answer = wire.ask(method, f"/-{path}", headers=[("accept", accept)])
    check_harmless(answer)
    assert answer.status == 404
    assert answer.header("mock-cronofy-hint")
