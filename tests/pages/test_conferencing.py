"""The pages on which a person connects a conferencing service, and reconnects it (events §9)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from mock_server.pages.languages import Language
from tests.emulator import Sandbox
from tests.pages.conftest import scenario
from tests.pages.visitor import Visitor

BACK = "http://localhost:3000/zoom?tab=2&x=%20y"


class Asked:
    """Somebody who was sent to connect a conferencing service."""

    def __init__(self, sandbox: Sandbox, provider_name: str | None = None) -> None:
        self.sandbox = sandbox
        self.connected = sandbox.connect("jane@acme.test")
        body = {"redirect_uri": BACK, "provider_name": provider_name}
        path = "/v1/conferencing_service_authorizations"
        answer = sandbox.call(self.connected["access_token"], "POST", path, json=body).json()
        self.path = urlsplit(answer["authorization_request"]["url"]).path
        self.visitor = Visitor(sandbox.http)

    def open(self) -> Visitor:
        return self.visitor.open(self.path)

    def post(self, **form: str) -> httpx.Response:
        return self.sandbox.http.post(self.path, data=form)

    @property
    def services(self) -> list[tuple[str, str]]:
        """Provider name and id of all that the account has."""
        answer = self.sandbox.call(self.connected["access_token"], "GET", "/v1/userinfo").json()
        profiles = answer["cronofy.data"]["conferencing_profiles"]
        return [(p["provider_name"], p["profile_id"]) for p in profiles]


def returned(profile_id: str) -> str:
    return f"{BACK}&last_linked_profile_id={profile_id}"


ZOOM = [
    "# Allow Planner to use Zoom?",
    "Planner will be able to create Zoom meetings for jane@acme.test, and to add them to the "
    "events that it writes.",
    "(Allow)",
    "(Don’t allow)",
]


def test_named_service(town: Sandbox) -> None:
    """A service that the application names is only to be allowed."""
    asked = Asked(town, "zoom")
    visitor = asked.open()
    assert visitor.lines == ZOOM
    assert asked.services == []
    response = visitor.submit("Allow").response
    ((name, profile_id),) = asked.services
    assert name == "zoom"
    assert (response.status_code, response.headers["location"]) == (302, returned(profile_id))


def test_choice(town: Sandbox) -> None:
    """Without one, the person chooses first, and may change their mind."""
    asked = Asked(town)
    visitor = asked.open()
    assert visitor.lines == [
        "# Which conferencing service do you use?",
        "Planner will create the meetings for its events there.",
        "[Zoom]",
        "[GoTo Meeting]",
        "[Microsoft Teams]",
        "[Google Meet]",
        "[Webex]",
        "(Cancel)",
    ]
    assert visitor.follow("Zoom").lines == [*ZOOM, "[Back]"]
    visitor.follow("Back").follow("Google Meet").submit("Allow")
    ((name, profile_id),) = asked.services
    assert name == "google_meet"
    assert visitor.response.headers["location"] == returned(profile_id)


@pytest.mark.parametrize(("provider_name", "button"), [("zoom", "Don’t allow"), (None, "Cancel")])
def test_refusal(town: Sandbox, provider_name: str | None, button: str) -> None:
    """Refusing connects nothing, and adds error=access_denied to the query."""
    asked = Asked(town, provider_name)
    visitor = asked.open().submit(button)
    assert visitor.response.headers["location"] == f"{BACK}&error=access_denied"
    assert asked.services == []


@pytest.mark.parametrize("button", ["Allow", "Don’t allow"])
def test_decides_once(town: Sandbox, button: str) -> None:
    """What is decided stays so: the page says it, and a form sent again changes nothing."""
    asked = Asked(town, "zoom")
    asked.open().submit(button)
    services = asked.services
    assert asked.open().response.status_code == 410
    assert asked.visitor.lines == [
        "# This has been decided already",
        "Go back to the application: it knows your decision.",
        "## For the developer",
        "a conferencing request decides once, and this one has",
    ]
    for again in ("allow", "deny"):
        assert asked.post(decision=again).status_code == 410
    assert asked.services == services


def test_expired(town: Sandbox) -> None:
    """After a day the page has expired."""
    asked = Asked(town)
    town.advance(hours=24)
    assert asked.open().response.status_code == 410
    assert asked.visitor.lines[0] == "# This link has expired"
    assert asked.visitor.lines[-1] == "this conferencing request expired at 2026-05-12T08:00:00Z"


def test_unknown(town: Sandbox) -> None:
    """A token that nobody has issued is a page that is not found, for people and programs."""
    for headers in ({}, {"Accept": "text/html"}):
        answer = town.http.get("/conferencing_services/unknown", headers=headers)
        assert answer.status_code == 404
        assert answer.headers["mock-cronofy-hint"].startswith("no conferencing request has this")
    assert Visitor(town.http)._arrive(answer, "").lines[0] == "# Page not found"


def test_no_decision(town: Sandbox) -> None:
    """A form without a decision, or an agreement to no service, shows the page again."""
    asked = Asked(town)
    for form in ({}, {"decision": "perhaps"}, {"decision": "allow"}):
        assert asked.post(**form).status_code == 422
    asked.path += "?chosen_service=skype"
    assert asked.post(decision="allow").status_code == 422
    assert asked.services == []
    assert asked.open().lines[0] == "# Which conferencing service do you use?"


def test_looking_changes_nothing(town: Sandbox) -> None:
    """Not even with a decision that waits: a HEAD request leaves it there."""
    town.control("POST", "/consents", json={"page": "conferencing", "decision": "allow"})
    asked = Asked(town)
    assert town.http.head(asked.path).status_code == 200
    assert asked.services == []
    assert asked.open().response.status_code == 302


@pytest.mark.parametrize(
    ("wanted", "queued", "connected"),
    [("go_to", None, "go_to"), (None, "webex", "webex"), ("webex", "webex", "webex"),
     (None, None, "zoom")],
)  # fmt: skip
def test_queued(town: Sandbox, wanted: str | None, queued: str | None, connected: str) -> None:
    """A queued consent decides at once, for a service of its own choice if need be; somebody
    else's does not."""
    for email in ("gus@acme.test", "jane@acme.test"):
        body = {"page": "conferencing", "decision": "allow", "email": email}
        town.control("POST", "/consents", json={**body, "provider_name": queued})
    asked = Asked(town, wanted)
    response = asked.open().response
    ((name, profile_id),) = asked.services
    assert name == connected
    assert response.headers["location"] == returned(profile_id)
    assert len(town.control("GET", "/consents").json()["consents"]) == 1


def test_queued_for_another_service(town: Sandbox) -> None:
    """It cannot be carried out: the page is there, with a warning, and the consent is used up."""
    body = {"page": "conferencing", "decision": "allow", "provider_name": "webex"}
    town.control("POST", "/consents", json=body)
    asked = Asked(town, "zoom")
    assert asked.open().lines == ZOOM
    assert asked.visitor.warnings == [
        "the queued consent cannot be carried out here: it connects webex, but the request is for "
        "zoom"
    ]
    assert town.control("GET", "/consents").json() == {"consents": []}


@pytest.mark.parametrize(("decision", "connected"), [("allow", ["zoom"]), ("deny", [])])
def test_scripted(
    open_sandbox: Callable[..., Sandbox], decision: str, connected: list[str]
) -> None:
    """A scripted person decides at once."""
    people = [{"email": "jane@acme.test", "consent": {"conferencing": decision}}]
    asked = Asked(open_sandbox(scenario=scenario(people=people)))
    assert asked.open().response.status_code == 302
    assert [name for name, _ in asked.services] == connected


def test_automatic(automatic: httpx.Client) -> None:
    """With --consent auto the page agrees."""
    sandbox = Sandbox(automatic, automatic.post("/_mock/sandboxes", json={}).json())
    asked = Asked(sandbox, "ms_teams")
    assert asked.open().response.status_code == 302
    assert [name for name, _ in asked.services] == ["ms_teams"]


def lapsed(sandbox: Sandbox) -> tuple[str, Asked]:
    """The relink address, path and query, of Jane's Webex."""
    asked = Asked(sandbox, "webex")
    asked.open().submit("Allow")
    ((_, profile_id),) = asked.services
    document = sandbox.control("POST", f"/profiles/{profile_id}/disconnect").json()
    url = urlsplit(document["profile_relink_url"])
    return f"{url.path}?{url.query}", asked


def connected_now(asked: Asked) -> list[Any]:
    token = asked.connected["access_token"]
    answer = asked.sandbox.call(token, "GET", "/v1/userinfo").json()
    return [p["profile_connected"] for p in answer["cronofy.data"]["conferencing_profiles"]]


def test_relink(town: Sandbox) -> None:
    """The person sees which service it is, presses one button, and is told that it worked."""
    address, asked = lapsed(town)
    visitor = Visitor(town.http).open(address)
    assert visitor.lines == [
        "# Reconnect Webex",
        "Webex no longer lets us in for jane@acme.test. Reconnect it, and everything continues "
        "where it stopped.",
        "(Sign in and reconnect)",
    ]
    assert connected_now(asked) == [False]
    visitor.submit("Sign in and reconnect")
    assert visitor.response.status_code == 200
    assert visitor.lines == [
        "# Webex is connected again",
        "The Webex account of jane@acme.test is connected. You can close this page.",
    ]
    assert connected_now(asked) == [True]
    assert Visitor(town.http).open(address).response.status_code == 404


@pytest.mark.parametrize("change", ["token", "email", "provider", "calendar", "nothing given"])
def test_relink_does_not_belong_together(town: Sandbox, change: str) -> None:
    """Provider, e-mail and token must belong together, or there is no such page."""
    address, asked = lapsed(town)
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    path = urlsplit(address).path
    if change == "provider":
        path = "/v2/relink/zoom"
    elif change == "calendar":
        path = "/relink/webex"
    elif change == "nothing given":
        query = {}
    else:
        query[change] = "x"
    visitor = Visitor(town.http).open(path, **query)
    assert visitor.response.status_code == 404
    assert town.http.post(str(visitor.response.request.url)).status_code == 404
    assert connected_now(asked) == [False]


def test_languages(town: Sandbox) -> None:
    """Both pages know the parameter locale."""
    address, asked = lapsed(town)
    asked = Asked(town, "zoom")
    french = Language("fr")
    for place, key, values in (
        (f"{address}&locale=fr", "relink_service_title", {"service": "Webex"}),
        (f"{asked.path}?locale=fr", "conferencing_title", {"application": "Planner",
                                                           "service": "Zoom"}),
    ):  # fmt: skip
        heading = Visitor(town.http).open(place).page.heading
        assert heading == " ".join(french.text(key, **values).split())
