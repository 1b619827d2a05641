"""The scenario about conferencing services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tests.contract.documents import PROFILE_ID, SOME_TEXT
from tests.contract.stories import read
from tests.emulator import Sandbox, redirected
from tests.scenarios.world import JANE

Open = Callable[..., Sandbox]


def services(sandbox: Sandbox, token: Any) -> list[Any]:
    found: list[Any] = read(sandbox, token, "/v1/userinfo")["cronofy.data"]["conferencing_profiles"]
    return found


def service(provider_name: str, **more: Any) -> dict[str, Any]:
    document = {
        "provider_name": provider_name,
        "profile_id": PROFILE_ID,
        "profile_name": JANE,
        "profile_connected": True,
    }
    return {**document, **more}


def test_conferencing(open_sandbox: Open) -> None:
    """An event gets a Zoom meeting two seconds after it was written. Jane is sent to connect
    Microsoft Teams, and has it when she comes back; her Webex she connects again by the link
    that she got by mail. What she connected last is the default from then on."""
    sandbox = open_sandbox(scenario="conferencing")
    (jane,) = sandbox.document["connected"]
    lapsed = service("webex", profile_connected=False, profile_relink_url=SOME_TEXT)
    webex, zoom = services(sandbox, jane)
    assert [webex, zoom] == [lapsed, service("zoom")]

    (calendar, *_) = read(sandbox, jane, "/v1/calendars")["calendars"]

    def write(event_id: str) -> None:
        event = {
            "event_id": event_id,
            "summary": "Interview",
            "start": "2026-05-13T12:00:00Z",
            "end": "2026-05-13T13:00:00Z",
            "conferencing": {"profile_id": "default"},
        }
        path = f"/v1/calendars/{calendar['calendar_id']}/events"
        assert sandbox.call(jane["access_token"], "POST", path, json=event).status_code == 202

    def conferencing() -> dict[str, Any]:
        """That of each event that was written."""
        path = "/v1/events?from=2026-05-13&to=2026-05-14&tzid=Etc/UTC&only_managed=true"
        return {e["event_id"]: e["conferencing"] for e in read(sandbox, jane, path)["events"]}

    write("first")
    assert conferencing() == {"first": {"pending": True}}
    sandbox.advance(seconds=2)
    first = {"provider_name": "zoom", "join_url": SOME_TEXT}
    assert conferencing() == {"first": first}

    wish = {"redirect_uri": "http://localhost:3000/back", "provider_name": "ms_teams"}
    path = "/v1/conferencing_service_authorizations"
    asked = sandbox.call(jane["access_token"], "POST", path, json=wish).json()
    page = asked["authorization_request"]["url"]
    linked = redirected(sandbox.http.get(page))["last_linked_profile_id"]
    teams = service("ms_teams", profile_id=linked)
    assert services(sandbox, jane) == [lapsed, zoom, teams]
    assert sandbox.http.get(page).status_code == 410

    (message,) = sandbox.control("GET", "/inbox", params={"to": JANE}).json()["messages"]
    mail = sandbox.control("GET", f"/inbox/{message['message_id']}").json()["text"]
    address = urlsplit(webex["profile_relink_url"])
    assert f"{address.path}?{address.query}" in mail
    assert sandbox.http.post(webex["profile_relink_url"]).status_code == 200
    assert services(sandbox, jane) == [service("webex"), zoom, teams]

    write("second")
    sandbox.advance(seconds=2)
    second = {"provider_name": "ms_teams", "join_url": SOME_TEXT}
    assert conferencing() == {"first": first, "second": second}
