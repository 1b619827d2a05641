"""Nothing that is shown of a sandbox's requests and changes holds a secret."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mock_server.world.masking import Masking, shortened
from tests.contract.control import CLOCK
from tests.contract.documents import Document
from tests.contract.journal import Caller, journal, verify
from tests.contract.stories import decide
from tests.emulator import Sandbox, redirected

Open = Callable[..., Sandbox]

# Members of records that open something.
OPENING = {"token", "refresh_token", "code", "client_secrets", "relink_token"}

CALLBACK = "http://localhost:3000/callback"


def live(sandbox: Sandbox) -> set[str]:
    """Every secret that the sandbox holds now."""
    snapshot = sandbox.control("GET", "/snapshot").json()
    found = (
        {snapshot["tables"]["admin_keys"][0]["key"]} if snapshot["tables"]["admin_keys"] else set()
    )
    for name, records in snapshot["tables"].items():
        for record in records if name != "email_verifications" else ():
            for member in OPENING & record.keys():
                value = record[member]
                found.update([value] if isinstance(value, str) else value or [])
    return found


def codes(sandbox: Sandbox) -> Iterator[str]:
    """Two codes: nobody has asked for a token with the first yet."""
    for email in ("joe@acme.test", "kim@acme.test"):
        sandbox.control("POST", "/people", json={"email": email})
        decide(sandbox, "authorize", email=email)
        yield redirected(sandbox.authorize(state="s"))["code"]


def everything(jane: Caller) -> None:
    """Secrets in every place where one can be."""
    sandbox, http = jane.sandbox, jane.sandbox.http
    _, code = codes(sandbox)
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    refresh = {"grant_type": "refresh_token", "refresh_token": jane.answer["refresh_token"]}
    sandbox.token(**grant)
    sandbox.token(**grant)
    http.post("/oauth/token", params={**sandbox.credentials, **refresh})
    http.post("/oauth/token", data={**sandbox.credentials, **refresh})
    http.post("/oauth/token", content=str({**sandbox.credentials, **refresh}).replace("'", '"'))
    sandbox.token(**refresh, client_secret=f"{sandbox.credentials['client_secret']}x")
    jane.call("POST", "/v1/link_tokens")
    jane.call("GET", f"/v1/{jane.token}/{jane.answer['refresh_token']}")
    jane.call("GET", "/v1/userinfo", headers={"Cookie": f"a={jane.token}; {jane.token}"})
    jane.call("GET", "/v1/userinfo", headers={"X-Odd": f"https://x.test/%2F{jane.token}%2F?a"})
    jane.call("POST", jane.events, json={"event_id": jane.token, "summary": f"a\n{jane.token}."})
    jane.call("POST", jane.events, json={jane.token: [{"a": [jane.token]}]})
    jane.call("POST", jane.events, content=f'{{"summary": "\\n{jane.token}", '.encode())
    jane.call("POST", jane.events, content=f'{{"a": "{"x" * 70_000}"}}{jane.token}'.encode())
    profile = jane.answer["linking_profile"]["profile_id"]
    sandbox.control("POST", f"/profiles/{profile}/disconnect")
    info = jane.call("GET", "/v1/userinfo").json()
    relink = info["cronofy.data"]["profiles"][0]["profile_relink_url"]
    page = "/" + relink.partition("//")[2].partition("/")[2]
    http.get(page, headers={"Referer": relink, "Accept": "text/html"})
    wish = {"calendar_id": jane.calendar_id, "permission_level": "unrestricted"}
    asked = {"permissions": [wish]}
    jane.call("POST", "/v1/permissions", json={**asked, "redirect_uri": CALLBACK})
    sandbox.authorize(link_token="unknown-link-token", prompt=jane.token)


@pytest.fixture
def jane(open_sandbox: Open) -> Caller:
    return Caller(open_sandbox(clock=CLOCK))


def test_secrets_are_nowhere(jane: Caller) -> None:
    """Neither in the journal, nor in what is exported, verified, waited for, or compared."""
    sandbox = jane.sandbox
    since = sandbox.control("GET", "/snapshot").json()["snapshot_id"]
    before = live(sandbox)
    everything(jane)
    secrets = before | live(sandbox)
    tables = sandbox.control("GET", "/snapshot").json()["tables"]
    for name in ("codes", "link_tokens", "permission_requests", "access_tokens"):
        assert tables[name], f"no {name} to look for"
    assert any(entry["path"].startswith("/relink/") for entry in journal(sandbox))
    checks: list[dict[str, Any]] = [
        {"match": {"path": "/oauth/token", "body": {"$.client_secret": "another"}}},
        {"match": {"path": "/oauth/token", "body": {"$.grant_type": "x"}, "credential": "y"}},
        {"match": {"path": "/v1/**", "body": "$.event_ids"}},
        {"match": {}, "at_most": 0},
        {"in_order": [{"credential": jane.token}, {"path": f"/v1/{jane.token}"}]},
    ]
    outputs = {
        "journal": sandbox.control("GET", "/journal"),
        "har": sandbox.control("GET", "/journal.har"),
        "pact": sandbox.control("GET", "/journal.pact"),
        "verify": sandbox.control("POST", "/journal/verify", json={"checks": checks}),
        "wait": sandbox.control("GET", "/wait", params={"journal": "/**"}),
        "no wait": sandbox.control(
            "GET", "/wait", params={"journal": "/v1/*/x", "status": 500, "timeout": 0}
        ),
        "diff": sandbox.control("GET", "/diff", params={"since": since}),
        "start": sandbox.control("GET", "/diff"),
    }
    for name, response in outputs.items():
        found = {secret for secret in secrets if secret in response.text}
        assert not found, f"{name}: {found}"
        assert response.status_code in {200, 504}


def test_secrets_that_open_nothing_any_more(jane: Caller) -> None:
    """Those that a request carried are known by that: after a snapshot was put back, too."""
    sandbox = jane.sandbox
    wish = {"calendar_id": jane.calendar_id, "permission_level": "unrestricted"}
    asked = {"permissions": [wish], "redirect_uri": CALLBACK}
    before = sandbox.control("GET", "/snapshot").json()
    page = jane.call("POST", "/v1/permissions", json=asked)
    address: str = page.json()["permissions_request"]["url"]
    path = "/" + address.partition("//")[2].partition("/")[2]
    sandbox.http.get(path, headers={"Accept": "text/html", "Referer": address})
    jane.write("Standup", description=f"said {jane.token} and {address}")
    token = path.rpartition("/")[2]
    grant = {"grant_type": "refresh_token", "refresh_token": f"{jane.token}-refresh"}
    sandbox.token(**grant, scope=f"{jane.token}-refresh")
    jane.call("GET", "/v1/events", params={"tzid": jane.token})
    before["tables"] |= {"access_tokens": [], "authorizations": []}
    assert sandbox.control("PUT", "/snapshot", json=before).status_code == 200
    checks: list[Document] = [
        {"match": {"path": path[:-1], "method": "GET"}},
        {"match": {"path": path, "method": "POST", "credential": token}},
        {"match": {"path": f"/v1/{jane.token}", "query": {"a": jane.token}}},
        {"match": {"path": "/permissions/*", "credential": "acc_0"}},
        {"match": {"path": "/oauth/token", "body": {"$.scope": "x", "$.grant_type": "x"}}},
        {"match": {"path": "/v1/events", "query": {"tzid": "Etc/UTC"}}},
        {"match": {"path": "/v1/**", "method": "POST", "body": "$.descriptions"}},
        {"match": {"path": "/v1/**", "method": "POST", "body": {"$.description": "x"}}},
        {"in_order": [{"path": "/permissions/*"}, {"path": "/permissions/*"}]},
    ]
    outputs = {
        "journal": sandbox.control("GET", "/journal"),
        "har": sandbox.control("GET", "/journal.har"),
        "pact": sandbox.control("GET", "/journal.pact"),
        **{
            f"verify {check}": sandbox.control("POST", "/journal/verify", json=check)
            for check in checks
        },
        "no wait": sandbox.control(
            "GET", "/wait", params={"journal": path[:-1], "method": "GET", "timeout": 0}
        ),
    }
    assert shortened(token) in outputs["no wait"].text
    for name, response in outputs.items():
        found = {secret for secret in (token, jane.token) if secret in response.text}
        assert not found, f"{name}: {found}"


def test_a_credential_that_is_asked_for(jane: Caller) -> None:
    """Is shortened if it is a secret, known here or not; ids are not."""
    for credential, wanted in (
        (jane.client_id, jane.client_id),
        (jane.sub, jane.sub),
        (jane.token, shortened(jane.token)),
        ("a-token-of-elsewhere", shortened("a-token-of-elsewhere")),
    ):
        match = {"path": "/nowhere", "credential": credential}
        message = verify(jane.sandbox, match=match)["message"]
        assert f"  credential {wanted}\n" in message


def test_two_secrets_are_told_apart(jane: Caller) -> None:
    """The same one always looks the same."""
    jane.call("GET", "/v1/userinfo", params={"token": "jane-token-1"})
    jane.call("GET", "/v1/userinfo", params={"token": "jane-token-2"})
    jane.call("GET", "/v1/userinfo", params={"token": "jane-token-1"})
    shown = [one["query"] for one in journal(jane.sandbox)]
    assert shown[0] == shown[2] != shown[1]
    assert shown[0] == f"token={shortened('jane-token-1')}"
    assert shortened("jane-token-1").startswith("jane…")


SHOWN = {
    "Bearer abc-DEF_9": "Bearer {}",
    "abc-DEF_9": "{}",
    "%2Fabc-DEF_9%3F": "%2F{}%3F",
    '{"a": "\\nabc-DEF_9\\u00e9"}': '{{"a": "\\n{}\\u00e9"}}',
    "xabc-DEF_9": "xabc-DEF_9",
    "abc-DEF_99": "abc-DEF_99",
    "<a href='/abc-DEF_9/x.ics'>": "<a href='/{}/x.ics'>",
}


@pytest.mark.parametrize("text", SHOWN)
def test_where_a_secret_begins_and_ends(text: str) -> None:
    """It is a word of its own, whatever stands around it."""
    masking = Masking({"abc-DEF_9", "another", "a/b+c"})
    assert masking.text(text) == SHOWN[text].format(shortened("abc-DEF_9"))


def test_secrets_of_any_characters() -> None:
    """Those that a scenario writes out, also percent-encoded."""
    masking = Masking({"a/b+c", "a/b"})
    assert masking.text("x=a/b+c&y=a%2Fb%2Bc") == f"x={shortened('a/b+c')}&y={shortened('a/b+c')}"


NAMED = {
    "client_secret=unknown&a=b": "client_secret={}&a=b",
    "https://x.test/?a=b&code=unknown#c": "https://x.test/?a=b&code={}#c",
    "postal_code=unknown": "postal_code=unknown",
    "redirect%3Fcode%3Dunknown%26state%3Dx": "redirect%3Fcode%3D{}%26state%3Dx",
    '{"access_token": "unknown", "a": ': '{{"access_token": "{}", "a": ',
}


@pytest.mark.parametrize("text", NAMED)
def test_what_has_the_name_of_a_secret(text: str) -> None:
    """Is shortened, known or not."""
    assert Masking(()).text(text) == NAMED[text].format(shortened("unknown"))
