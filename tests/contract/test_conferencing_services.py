"""events.md §9: connecting conferencing services, and the life of their profiles."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.contract.control import assert_problems
from tests.contract.documents import PROFILE_ID, TOKEN, Document, Like, errors, person
from tests.contract.stories import decide, read, revoke
from tests.emulator import Sandbox, redirected

Open = Callable[..., Sandbox]

JANE = "jane@acme.test"
CLOCK = "2026-05-11T08:00:00Z"
BACK = "http://localhost:3000/zoom?tab=2&x=%20y"
PATH = "/v1/conferencing_service_authorizations"
SERVICES = ["zoom", "go_to", "ms_teams", "google_meet", "webex"]


def ask(sandbox: Sandbox, token: Document, **members: Any) -> httpx.Response:
    return sandbox.call(token["access_token"], "POST", PATH, json=members)


def page(sandbox: Sandbox, token: Document, **members: Any) -> str:
    """The address of the page that a request opens."""
    response = ask(sandbox, token, redirect_uri=BACK, **members)
    assert response.status_code == 200, response.text
    url: str = response.json()["authorization_request"]["url"]
    assert response.json() == {"authorization_request": {"url": url}}
    return url


def link(sandbox: Sandbox, token: Document, provider_name: str) -> str:
    """Let the account's person connect a service; the profile's id."""
    decide(sandbox, "conferencing")
    answer = redirected(sandbox.http.get(page(sandbox, token, provider_name=provider_name)))
    return answer["last_linked_profile_id"]


def services(sandbox: Sandbox, token: Document) -> list[Document]:
    """``conferencing_profiles`` of userinfo."""
    data = read(sandbox, token, "/v1/userinfo")["cronofy.data"]
    found: list[Document] = data["conferencing_profiles"]
    return found


def service(provider_name: str, profile_id: str = PROFILE_ID, **more: Any) -> Document:
    document = {
        "provider_name": provider_name,
        "profile_id": profile_id,
        "profile_name": JANE,
        "profile_connected": True,
    }
    return {**document, **more}


def relink_url(sandbox: Sandbox, provider_name: str, email: str = "jane%40acme.test") -> Like:
    base = str(sandbox.http.base_url).rstrip("/")
    return Like(rf"{base}/v2/relink/{provider_name}\?email={email}&token={TOKEN}")


@pytest.mark.parametrize("provider_name", SERVICES)
def test_a_person_connects_a_service(sandbox: Sandbox, provider_name: str) -> None:
    """9.1: the url has a token; agreeing leads back with last_linked_profile_id, the query
    kept; userinfo has the profile, GET /v1/profiles does not."""
    jane = sandbox.connect(JANE)
    assert services(sandbox, jane) == []
    url = page(sandbox, jane, provider_name=provider_name)
    base = str(sandbox.http.base_url).rstrip("/")
    assert url == Like(rf"{base}/conferencing_services/{TOKEN}")
    decide(sandbox, "conferencing", email=JANE)
    response = sandbox.http.get(url)
    assert response.status_code == 302
    (listed,) = services(sandbox, jane)
    assert listed == service(provider_name)
    location = f"{BACK}&last_linked_profile_id={listed['profile_id']}"
    assert response.headers["location"] == location
    (profile,) = read(sandbox, jane, "/v1/profiles")["profiles"]
    assert profile["provider_name"] == "google"
    assert sandbox.http.get(url).status_code == 410


def test_a_person_refuses(sandbox: Sandbox) -> None:
    """9.1: error=access_denied, and nothing is connected; the page has decided."""
    jane = sandbox.connect(JANE)
    url = page(sandbox, jane)
    decide(sandbox, "conferencing", "deny")
    assert sandbox.http.get(url).headers["location"] == f"{BACK}&error=access_denied"
    assert services(sandbox, jane) == []
    decide(sandbox, "conferencing")
    assert sandbox.http.get(url).status_code == 410


WRONG: dict[str, tuple[Document, dict[str, str]]] = {
    "no redirect_uri": ({}, {"redirect_uri": "required"}),
    "an empty one": ({"redirect_uri": ""}, {"redirect_uri": "required"}),
    "no address": ({"redirect_uri": "acme.test/zoom"}, {"redirect_uri": "invalid"}),
    "another service": (
        {"redirect_uri": BACK, "provider_name": "skype"},
        {"provider_name": "not_recognized"},
    ),
    "both wrong": (
        {"provider_name": "google"},
        {"redirect_uri": "required", "provider_name": "not_recognized"},
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_requests(sandbox: Sandbox, case: str) -> None:
    """9.1: 422."""
    body, fields = WRONG[case]
    response = ask(sandbox, sandbox.connect(JANE), **body)
    assert (response.status_code, response.json()) == (422, errors(fields))


@pytest.mark.parametrize(
    ("scope", "status"),
    [("read_write", 200), ("free_busy_write", 200), ("delete_event", 200), ("read_only", 403)],
)
def test_scopes(sandbox: Sandbox, scope: str, status: int) -> None:
    """9.1: any write scope."""
    response = ask(sandbox, sandbox.connect(JANE, scope=scope), redirect_uri=BACK)
    assert response.status_code == status


def test_who_may_ask(sandbox: Sandbox) -> None:
    """9.1: a user's token; nobody could open an application calendar's page."""
    assert sandbox.http.post(PATH, json={"redirect_uri": BACK}).status_code == 401
    wanted = {**sandbox.credentials, "application_calendar_id": "rooms"}
    hosted = sandbox.http.post("/v1/application_calendars", json=wanted).json()
    assert ask(sandbox, hosted, redirect_uri=BACK).status_code == 403


@pytest.mark.parametrize("access_mode", ["read_write", "free_busy", "no_calendar"])
def test_every_access_mode(sandbox: Sandbox, access_mode: str) -> None:
    """Seed 001: Zoom and the like as usual; Meet and Teams by being connected here."""
    jane = sandbox.connect(JANE, access_mode=access_mode, scope="free_busy_write")
    names = [link(sandbox, jane, name) and name for name in SERVICES]
    assert services(sandbox, jane) == [service(name) for name in names]


def test_connecting_again(sandbox: Sandbox) -> None:
    """The same service again is the same profile, connected again."""
    jane = sandbox.connect(JANE)
    zoom, go_to = link(sandbox, jane, "zoom"), link(sandbox, jane, "go_to")
    sandbox.control("POST", f"/profiles/{zoom}/disconnect")
    assert link(sandbox, jane, "zoom") == zoom
    assert services(sandbox, jane) == [service("zoom", zoom), service("go_to", go_to)]


def test_the_services_are_the_account_s(open_sandbox: Open) -> None:
    """Another application of the same account sees them; another account does not."""
    sandbox = open_sandbox(scenario={"applications": [{}, {}], "people": [person()]})
    second = sandbox.document["applications"][1]["client_id"]
    jane, jane_2 = sandbox.connect(JANE), sandbox.connect(JANE, client_id=second)
    mary = sandbox.connect("mary@acme.test")
    zoom = link(sandbox, jane, "zoom")
    assert services(sandbox, jane) == services(sandbox, jane_2) == [service("zoom", zoom)]
    assert services(sandbox, mary) == []
    path = f"/v1/profiles/{zoom}/revoke"
    assert sandbox.call(mary["access_token"], "POST", path).status_code == 404
    response = sandbox.call(jane_2["access_token"], "POST", path)
    assert (response.status_code, response.content) == (202, b"")
    assert services(sandbox, jane) == []
    assert sandbox.call(jane["access_token"], "POST", path).status_code == 404


def test_a_request_lives_for_a_day(open_sandbox: Open) -> None:
    """9.1: short-lived; and it ends with its authorization."""
    sandbox = open_sandbox(clock=CLOCK)
    jane = sandbox.connect(JANE)
    old = page(sandbox, jane)
    sandbox.advance(hours=23)
    young = page(sandbox, sandbox.connect(JANE))
    sandbox.advance(hours=1)
    assert sandbox.http.get(old).status_code == 410
    assert sandbox.http.get(young).status_code == 200
    revoke(sandbox, sub=jane["sub"])
    assert sandbox.http.get(young).status_code == 404


def test_a_service_lapses(sandbox: Sandbox) -> None:
    """9.2, identity §11: profile_relink_url appears, and is mailed to the person; opening it
    and signing in makes the same profile work again."""
    jane = sandbox.connect(JANE)
    zoom = link(sandbox, jane, "zoom")
    response = sandbox.control("POST", f"/profiles/{zoom}/disconnect")
    url = relink_url(sandbox, "zoom")
    lapsed = service("zoom", zoom, profile_connected=False, profile_relink_url=url)
    assert response.json() == {**lapsed, "failing": False}
    assert services(sandbox, jane) == [lapsed]

    address = response.json()["profile_relink_url"]
    mail = sandbox.control("GET", "/inbox/latest").json()
    assert (mail["to"], mail["subject"]) == (JANE, "Zoom needs to be reconnected")
    parts = urlsplit(address)
    assert f"{parts.path}?{parts.query}" in mail["text"]

    again = sandbox.control("POST", f"/profiles/{zoom}/disconnect")
    assert again.json()["profile_relink_url"] == address
    assert sandbox.http.get(address).status_code == 200
    assert services(sandbox, jane) == [lapsed]
    assert sandbox.http.post(address).status_code == 200
    assert services(sandbox, jane) == [service("zoom", zoom)]
    assert sandbox.http.get(address).status_code == 404


def test_control(sandbox: Sandbox) -> None:
    """A service reconnects and fails by the control API; calendars do not fail, and services
    have nothing to synchronize."""
    jane = sandbox.connect(JANE)
    zoom = link(sandbox, jane, "zoom")
    sandbox.control("POST", f"/profiles/{zoom}/disconnect")
    response = sandbox.control("POST", f"/profiles/{zoom}/reconnect")
    assert response.json() == {**service("zoom", zoom), "failing": False}
    for body, failing in (({}, True), ({"failing": False}, False), ({"failing": True}, True)):
        response = sandbox.control("POST", f"/profiles/{zoom}/fail", json=body)
        assert response.json() == {**service("zoom", zoom), "failing": failing}
    assert services(sandbox, jane) == [service("zoom", zoom)]
    (calendars,) = read(sandbox, jane, "/v1/profiles")["profiles"]
    wrong = sandbox.control("POST", f"/profiles/{calendars['profile_id']}/fail")
    assert_problems(wrong, 422, "profile_id")
    assert_problems(sandbox.control("POST", f"/profiles/{zoom}/sync"), 422, "profile_id")
    wrong = sandbox.control("POST", f"/profiles/{zoom}/fail", json={"failing": "perhaps"})
    assert_problems(wrong, 422, "failing")
    assert_problems(sandbox.control("POST", "/profiles/pro_x/fail"), 404, "profile_id")


@pytest.mark.parametrize(
    ("page_", "provider_name"),
    [("conferencing", "google"), ("conferencing", "Zoom"), ("authorize", "zoom")],
)
def test_a_consent_names_a_service_of_its_page(
    sandbox: Sandbox, page_: str, provider_name: str
) -> None:
    body = {"page": page_, "decision": "allow", "provider_name": provider_name}
    assert_problems(sandbox.control("POST", "/consents", json=body), 422, "provider_name")


HERS = [
    {"provider_name": "webex", "connected": False},
    {"provider_name": "zoom", "name": "Jane’s Zoom", "failing": True},
]


def test_what_a_person_brings_along(open_sandbox: Open) -> None:
    """A person's services are the account's from the first connection on: in a scenario, and
    when they are connected later. What was taken away does not come back."""
    people = [
        person(conferencing=HERS),
        person("mary@acme.test", provider="none", conferencing=HERS[1:]),
    ]
    sandbox = open_sandbox(scenario={"people": people, "connected": [{"person": JANE}]})
    (jane,) = sandbox.document["connected"]
    url = relink_url(sandbox, "webex")
    webex, zoom = services(sandbox, jane)
    assert webex == service("webex", profile_connected=False, profile_relink_url=url)
    assert zoom == service("zoom", profile_name="Jane’s Zoom")
    assert services(sandbox, sandbox.connect("mary@acme.test")) == [
        service("zoom", profile_name="Jane’s Zoom")
    ]
    path = f"/v1/profiles/{zoom['profile_id']}/revoke"
    sandbox.call(jane["access_token"], "POST", path)
    assert services(sandbox, sandbox.connect(JANE, access_mode="free_busy")) == [webex]


def test_later_people_bring_theirs(sandbox: Sandbox) -> None:
    """POST …/people takes them, too; a service twice under one name is refused."""
    body = person(conferencing=[{"provider_name": "go_to"}])
    assert sandbox.control("POST", "/people", json=body).status_code == 201
    assert services(sandbox, sandbox.connect(JANE)) == [service("go_to")]
    twice = person("mary@acme.test", conferencing=[{"provider_name": "zoom"}] * 2)
    assert_problems(sandbox.control("POST", "/people", json=twice), 422, "conferencing")
    unknown = person("mary@acme.test", conferencing=[{"provider_name": "skype"}])
    response = sandbox.control("POST", "/people", json=unknown)
    assert_problems(response, 422, "conferencing[0].provider_name")


def test_snapshot(sandbox: Sandbox) -> None:
    """Services and open pages are part of a snapshot."""
    jane = sandbox.connect(JANE)
    zoom = link(sandbox, jane, "zoom")
    url = page(sandbox, jane)
    snapshot = sandbox.control("GET", "/snapshot").json()
    decide(sandbox, "conferencing", provider_name="webex")
    assert sandbox.http.get(url).status_code == 302
    sandbox.control("POST", f"/profiles/{zoom}/disconnect")
    assert sandbox.control("PUT", "/snapshot", json=snapshot).status_code == 200
    assert services(sandbox, jane) == [service("zoom", zoom)]
    assert sandbox.http.get(url).status_code == 200


UNSOUND: dict[str, tuple[str, Document, str]] = {
    "somebody else's profile": ("conferencing_profiles", {"sub": "acc_0"}, ""),
    "another service": ("conferencing_profiles", {"provider_name": "skype"}, ".provider_name"),
    "nobody's request": ("conferencing_requests", {"sub": "acc_0"}, ""),
    "a request for another service": ("conferencing_requests", {"provider_name": "skype"}, ""),
    "a person's other service": (
        "people",
        {"conferencing": [{"provider_name": "skype", "name": JANE}]},
        "",
    ),
}


@pytest.mark.parametrize("case", UNSOUND)
def test_unsound_snapshots(sandbox: Sandbox, case: str) -> None:
    """What rules rely on is checked: 422, and nothing changes."""
    jane = sandbox.connect(JANE)
    link(sandbox, jane, "zoom")
    page(sandbox, jane)
    table, change, place = UNSOUND[case]
    snapshot = sandbox.control("GET", "/snapshot").json()
    snapshot["tables"][table][-1].update(change)
    index = len(snapshot["tables"][table]) - 1
    response = sandbox.control("PUT", "/snapshot", json=snapshot)
    assert_problems(response, 422, f"tables.{table}[{index}]{place}")
    assert services(sandbox, jane) == [service("zoom")]
