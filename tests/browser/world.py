"""A sandbox as the browser tests see it, and the address of every page in it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import httpx

SCENARIO: dict[str, Any] = {
    "applications": [
        {
            "name": "Planner",
            "features": {"free_busy": True, "no_access": True, "explicit_linking": True},
        }
    ],
    "people": [
        {"email": "jane@acme.test", "name": "Jane Doe", "zoneinfo": "Europe/London"},
        {"email": "gus@acme.test", "name": "Gus Grey", "zoneinfo": "Europe/London"},
        {"email": "olga@acme.test", "name": "Olga", "zoneinfo": "Etc/UTC", "provider": "office365"},
        {
            "email": "an.unusually.long.address.without.end@subsidiary.department.acme.test",
            "name": "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaft",
            "zoneinfo": "America/Argentina/ComodRivadavia",
        },
    ],
    "organizations": [
        {"domain": "acme.test", "administrator": "jane@acme.test", "members": ["gus@acme.test"]}
    ],
}


class World:
    """One sandbox, driven by the control API."""

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.url = str(http.base_url).rstrip("/")
        self.document = http.post("/_mock/sandboxes", json={"scenario": SCENARIO}).json()
        self.sandbox_id: str = self.document["sandbox_id"]
        self.application: dict[str, Any] = self.document["applications"][0]

    def close(self) -> None:
        self.control("DELETE", "")

    def control(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self.http.request(method, f"/_mock/sandboxes/{self.sandbox_id}{path}", **options)

    def connect(self, email: str, **options: Any) -> dict[str, Any]:
        answer = self.control("POST", "/connect", json={"email": email, **options})
        document: dict[str, Any] = answer.json()
        return document

    def calendars(self, access_token: str) -> list[dict[str, Any]]:
        answer = self.http.get(
            "/v1/calendars", headers={"Authorization": f"Bearer {access_token}"}
        ).json()
        found: list[dict[str, Any]] = answer["calendars"]
        return found

    def authorize(self, **parameters: str) -> str:
        """The address of an authorize page that comes back to the callback page."""
        query = {
            "response_type": "code",
            "client_id": self.application["client_id"],
            "redirect_uri": f"{self.url}/callback",
            "scope": "free_busy_write",
            "state": "s",
            **parameters,
        }
        return f"{self.url}/oauth/authorize?{urlencode(query)}"

    def authorize_domain(self, **parameters: str) -> str:
        address = self.authorize(
            **{
                "scope": "service_account/accounts/manage service_account/resources/manage",
                "delegated_scope": "free_busy_write",
                **parameters,
            }
        )
        return address.replace("/oauth/", "/enterprise_connect/oauth/", 1)

    def permissions(self, email: str = "jane@acme.test") -> tuple[str, str]:
        """The address of a permission request's page, and the account's access token."""
        token = self.connect(email)["access_token"]
        wanted = [
            {"calendar_id": calendar["calendar_id"], "permission_level": "unrestricted"}
            for calendar in self.calendars(token)
        ]
        answer = self.http.post(
            "/v1/permissions",
            json={"permissions": wanted, "redirect_uri": f"{self.url}/callback"},
            headers={"Authorization": f"Bearer {token}"},
        ).json()
        return answer["permissions_request"]["url"], token

    def conferencing(self, provider_name: str | None = None) -> tuple[str, str]:
        """The address at which Jane connects a conferencing service, and her access token."""
        token = self.connect("jane@acme.test")["access_token"]
        answer = self.http.post(
            "/v1/conferencing_service_authorizations",
            json={"redirect_uri": f"{self.url}/callback", "provider_name": provider_name},
            headers={"Authorization": f"Bearer {token}"},
        ).json()
        return answer["authorization_request"]["url"], token

    def relink_service(self) -> str:
        """The address of the page that reconnects Jane's Webex, once it has lapsed."""
        self.control("POST", "/consents", json={"page": "conferencing", "decision": "allow"})
        back = self.http.get(self.conferencing("webex")[0]).headers["location"]
        profile_id = back.rpartition("=")[2]
        profile = self.control("POST", f"/profiles/{profile_id}/disconnect").json()
        address: str = profile["profile_relink_url"]
        return address

    def relink(self, email: str = "olga@acme.test") -> str:
        """The address of the page that reconnects somebody who was disconnected."""
        profile_id = self.connect(email)["linking_profile"]["profile_id"]
        profile = self.control("POST", f"/profiles/{profile_id}/disconnect").json()
        address: str = profile["profile_relink_url"]
        return address

    def code(self, email: str) -> str:
        """The verification code that was last mailed to ``email``."""
        messages = self.control("GET", "/inbox", params={"to": email}).json()["messages"]
        subject: str = messages[-1]["subject"]
        return subject.split(maxsplit=1)[0]

    def invitation(self) -> tuple[str, str]:
        """The address of an invitation's mail to somebody, and of another that is cancelled."""
        email = SCENARIO["people"][-1]["email"]
        token = self.connect(email, access_mode="free_busy")["access_token"]
        (calendar_id,) = [
            c["calendar_id"] for c in self.calendars(token) if not c["calendar_readonly"]
        ]
        path, headers = f"/v1/calendars/{calendar_id}/events", {"Authorization": f"Bearer {token}"}
        long = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft"
        event = {
            "event_id": "one",
            "summary": f"Founding of the {long}",
            "description": f"Agenda: https://acme.test/{long * 2}",
            "start": "2026-05-12T09:00:00Z",
            "end": "2026-05-12T10:00:00Z",
            "location": {"description": long},
            "attendees": {"invite": [{"email": f"{long[:60]}@partner.test"}]},
        }
        assert self.http.post(path, json=event, headers=headers).status_code == 202
        event["event_id"] = "two"
        assert self.http.post(path, json=event, headers=headers).status_code == 202
        body = {"event_id": "two"}
        deleted = self.http.request("DELETE", path, json=body, headers=headers)
        assert deleted.status_code == 202
        mails = self.control("GET", "/inbox", params={"to": email}).json()["messages"]
        first, _, last = (f"{self.mailbox(email, '/' + mail['message_id'])}" for mail in mails)
        return first, last

    def mistakes(self) -> None:
        """A finding of each level, with words that are hard to break into lines."""
        long = "Donaudampfschifffahrtselektrizitaetenhauptbetriebswerkbauunterbeamtengesellschaft"
        headers = {"Authorization": f"Bearer {self.connect('jane@acme.test')['access_token']}"}
        self.http.get("/v1/userinfo", params={long * 2: "1"}, headers=headers)
        self.http.get(f"/v1/{long}/{long}", headers=headers)
        self.http.post("/v1/bookable_events", headers=headers)
        self.http.delete("/v1/channels/chn_1", headers=headers)

    def mailbox(self, email: str, mail: str = "") -> str:
        return f"{self.url}/mailboxes/{email}{mail}?sandbox={self.sandbox_id}"

    def page(self, name: str) -> str:
        """The address of the page called ``name`` in PAGES."""
        long = SCENARIO["people"][-1]["email"]
        if name in {"mailboxes", "mailbox", "invitation", "cancellation"}:
            first, last = self.invitation()
            return {
                "mailboxes": f"{self.url}/mailboxes?sandbox={self.sandbox_id}",
                "mailbox": self.mailbox(long),
                "invitation": first,
                "cancellation": last,
            }[name]
        if name in {"contract", "contract of a sandbox"}:
            self.mistakes()
            query = f"?sandbox={self.sandbox_id}" if name == "contract of a sandbox" else ""
            return f"{self.url}/contract{query}"
        if name in {"start", "docs", "callback"}:
            return f"{self.url}/{'' if name == 'start' else name}"
        if name in {"permissions", "long permissions"}:
            return self.permissions(long if name == "long permissions" else "jane@acme.test")[0]
        if name == "code":
            answer = self.http.post(self.authorize(access_type="no_calendar"), data={"email": long})
            return self.url + answer.headers["location"]
        if name in {"conferencing", "conferencing choice"}:
            return self.conferencing("zoom" if name == "conferencing" else None)[0]
        if name == "relink service":
            return self.relink_service()
        if name == "relink":
            return self.relink()
        person = "jane@acme.test" if name == "consent" else long
        return {
            "mode": self.authorize(),
            "provider": self.authorize(access_type="read_write"),
            "person": self.authorize(provider_name="google"),
            "email": self.authorize(access_type="no_calendar"),
            "consent": self.authorize(provider_name="google_free_busy", chosen_person=person),
            "long consent": self.authorize(provider_name="google", chosen_person=person),
            "organization": self.authorize_domain(access_type="free_busy"),
            "enterprise consent": self.authorize_domain(
                access_type="free_busy", chosen_organization="acme.test"
            ),
            "problem": self.authorize(
                access_type="free_busy", chosen_provider="google", chosen_person="who@acme.test"
            ),
            "error": self.authorize(redirect_uri="x" * 200),
            "not found": f"{self.url}/nothing",
            "denied": f"{self.url}/callback?error=access_denied&state=s",
        }[name]


PAGES = (
    *("start", "docs", "callback", "denied", "not found", "error", "mode", "provider", "person"),
    *("problem", "email", "code", "consent", "long consent", "organization", "enterprise consent"),
    *("mailboxes", "mailbox", "invitation", "cancellation"),
    *("contract", "contract of a sandbox"),
    *("permissions", "long permissions", "relink"),
    *("conferencing", "conferencing choice", "relink service"),
)
