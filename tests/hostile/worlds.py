"""A sandbox in which everything exists once, and a credential of every kind for it."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.hostile.wire import Wire

START = "2026-05-11T08:00:00Z"

_PEOPLE: list[dict[str, Any]] = [
    {"email": "rita@acme.test", "name": "Rita", "provider": "google"},
    {"email": "fred@acme.test", "name": "Fred", "provider": "office365"},
    {"email": "nora@acme.test", "name": "Nora", "provider": "none"},
    {"email": "away@acme.test", "name": "Away", "provider": "apple"},
    {"email": "held@acme.test", "name": "Held", "provider": "google", "initial_sync": "held"},
    {"email": "user@corp.test", "name": "User", "provider": "google"},
]

_FEATURES = {
    "free_busy": True,
    "no_access": True,
    "explicit_linking": True,
    "business_connect": True,
    "recurring_events": True,
    "meeting_agents": True,
    "attachments": True,
}

_AVAILABLE: dict[str, Any] = {
    "availability_rules": [
        {
            "availability_rule_id": "default",
            "weekly_periods": [{"day": "monday", "start_time": "09:00", "end_time": "24:00"}],
        }
    ],
    "available_periods": [
        {
            "available_period_id": name,
            "start": "2026-05-12T06:00:00Z",
            "end": "2026-05-12T08:00:00Z",
            "tzid": "Asia/Tokyo",
        }
        for name in ("early", "earlier", "earliest")
    ],
}


def scenario(prefix: str = "") -> dict[str, Any]:
    """The document; ``prefix`` keeps the credentials of two such sandboxes apart."""
    main, small = f"{prefix}main", f"{prefix}small"
    return {
        "name": "everything once",
        "seed": 7,
        "clock": START,
        "switches": {"page_size": 2},
        "admin_api_key": f"{prefix}admin-key",
        "applications": [
            {"client_id": main, "client_secret": f"{prefix}main-secret", "features": _FEATURES},
            {
                "client_id": small,
                "client_secret": f"{prefix}small-secret",
                "plan": "starter",
                "mode": "production",
                "redirect_uris": ["https://app.acme.test/callback"],
            },
        ],
        "people": _PEOPLE,
        "organizations": [
            {
                "domain": "corp.test",
                "administrator": "admin@corp.test",
                "members": ["user@corp.test"],
                "resources": [{"email": "room@corp.test", "name": "Room"}],
            }
        ],
        "connected": [
            {"person": "rita@acme.test", "application": main, **_AVAILABLE},
            {"person": "fred@acme.test", "application": main, "access_mode": "free_busy"},
            {"person": "nora@acme.test", "application": main},
            {"person": "away@acme.test", "application": main, "disconnected": True},
            {"person": "rita@acme.test", "application": small},
            {"service_account": "corp.test", "application": main},
            {"person": "user@corp.test", "service_account": "corp.test", "application": main},
        ],
    }


EVENT = {
    "event_id": "review",
    "summary": "Review",
    "start": "2026-05-12T09:00:00Z",
    "end": "2026-05-12T10:00:00Z",
}


class World:
    """The sandbox, what is in it, and the way back to its first moment."""

    def __init__(self, wire: Wire, prefix: str = "", **wanted: Any) -> None:
        self.wire = wire
        self.document = wire.open_sandbox(scenario=scenario(prefix), **wanted)
        self.sandbox_id: str = self.document["sandbox_id"]
        found = wire.app.sandboxes.get(self.sandbox_id)
        assert found is not None
        self.sandbox = found
        self.main, self.small = self.document["applications"]
        connected = self.document["connected"]
        self.tokens: list[str] = [c["access_token"] for c in connected]
        self.refresh_tokens: list[str] = [c["refresh_token"] for c in connected]
        self.subs: list[str] = [c["sub"] for c in connected]
        profiles = [p for c in connected for p in c["profiles"]]
        self.profile_ids: list[str] = [p["profile_id"] for p in profiles]
        self.calendar_ids: list[str] = [
            c["calendar_id"] for p in profiles for c in p["profile_calendars"]
        ]
        self.application_token, self.link_token = self._application_token(), self._link_token()
        self.permission_token, self.code = self._permission_token(), self._code()
        self.conferencing_token = self._conferencing_token()
        self.attachment_ids = self._attachments()
        self.event_uids = self._events()
        self.agents = self._agents()
        self.channel_ids = self._channels()
        self.page_ids = self._pages()
        self.expired_token = self._expired_token()
        # What a reset returns to has the protocol state above in it.
        self.sandbox.origin = self.sandbox.state()

    def credentials(self, application: dict[str, Any] | None = None) -> dict[str, str]:
        application = application or self.main
        return {name: application[name] for name in ("client_id", "client_secret")}

    def reset(self) -> None:
        self.sandbox.reset()

    def _expired_token(self) -> str:
        """A token that stays known after it has expired: the clock moves past its hour."""
        token: str = self.wire.connect(self.sandbox_id, email="held@acme.test")["access_token"]
        clock = f"/_mock/sandboxes/{self.sandbox_id}/clock"
        self.wire.ask("POST", f"{clock}/advance", document={"hours": 2})
        for refresh_token, index in zip(self.refresh_tokens, range(7), strict=True):
            application = self.small if index == 4 else self.main
            answer = self.wire.ask(
                "POST",
                "/oauth/token",
                document={
                    **self.credentials(application),
                    "grant_type": "refresh_token",
                    "refresh_token": refresh_token,
                },
            )
            self.tokens[index] = answer.json()["access_token"]
        self.application_token, self.link_token = self._application_token(), self._link_token()
        self.code = self._code()
        return token

    def _application_token(self) -> str:
        answer = self.wire.ask(
            "POST",
            "/v1/application_calendars",
            document={**self.credentials(), "application_calendar_id": "office"},
        )
        token: str = answer.json()["access_token"]
        return token

    def _link_token(self) -> str:
        token: str = self.wire.ask("POST", "/v1/link_tokens", token=self.tokens[0]).json()[
            "link_token"
        ]
        return token

    def _permission_token(self) -> str:
        wish = {"calendar_id": self.calendar_ids[0], "permission_level": "unrestricted"}
        answer = self.wire.ask(
            "POST",
            "/v1/permissions",
            token=self.tokens[0],
            document={"permissions": [wish], "redirect_uri": "http://localhost:3000/done"},
        )
        url: str = answer.json()["permissions_request"]["url"]
        return url.rpartition("/")[2]

    def _conferencing_token(self) -> str:
        answer = self.wire.ask(
            "POST",
            "/v1/conferencing_service_authorizations",
            token=self.tokens[0],
            document={"redirect_uri": "http://localhost:3000/done"},
        )
        url: str = answer.json()["authorization_request"]["url"]
        return url.rpartition("/")[2]

    def calendar_of(self, email: str) -> str:
        """The calendar into which applications write for somebody."""
        connected = next(c for c in self.document["connected"] if c["email"] == email)
        found: str = next(
            calendar["calendar_id"]
            for profile in connected["profiles"]
            for calendar in profile["profile_calendars"]
            if not calendar["calendar_readonly"]
        )
        return found

    def _events(self) -> list[str]:
        """Events of everybody's, one a series, some with guests; and of Rita's own, to one of
        which she is invited. The uids of hers.
        """
        base = f"/_mock/sandboxes/{self.sandbox_id}"
        series = {"rules": [{"frequency": "daily", "count": 5}]}
        for index, changes in (
            (0, {"event_id": "standup", "recurrence": series}),
            (0, {"attendees": {"invite": [{"email": "guest@partner.test"}]}}),
            (
                0,
                {
                    "event_id": "call",
                    "conferencing": {"profile_id": "integrated"},
                    "meeting_agent": {"profile_id": "cronofy"},
                    "attachments": [{"attachment_id": self.attachment_ids[0]}],
                },
            ),
            (1, {"attendees": {"invite": [{"email": "nora@acme.test"}]}}),
            (2, {}),
        ):
            email = ("rita@acme.test", "fred@acme.test", "nora@acme.test")[index]
            path = f"/v1/calendars/{self.calendar_of(email)}/events"
            body = {**EVENT, **changes}
            answer = self.wire.ask("POST", path, token=self.tokens[index], document=body)
            assert answer.status == 202, answer
        own = [
            {"summary": "Dentist", "start": EVENT["start"], "end": EVENT["end"]},
            {
                "summary": "Board",
                "start": "2026-05-13",
                "end": "2026-05-14",
                "organizer": {"email": "boss@partner.test"},
                "attendees": [{"email": "rita@acme.test", "status": "needs_action"}],
            },
        ]
        path = f"{base}/people/rita@acme.test/events"
        answer = self.wire.ask("POST", path, document={"events": own})
        assert answer.status == 201, answer
        listed = self.wire.ask("GET", path).json()["events"]
        return [event["event_uid"] for event in listed]

    def _attachments(self) -> list[str]:
        """Files: one that is fine, one that is rejected by the time that this is over."""
        token, found = self.main["client_secret"], []
        for content in (b"Agenda", b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"):
            file = {
                "file_name": "agenda.txt",
                "content_type": "text/plain",
                "base64_content": base64.b64encode(content).decode(),
            }
            body = {"attachment": file}
            answer = self.wire.ask("POST", "/v1/attachments", token=token, document=body)
            assert answer.status == 200, answer
            found.append(answer.json()["attachment"]["attachment_id"])
        return found

    def _channels(self) -> list[str]:
        """Rita's, to a receiver that nobody may call."""
        body = {"callback_url": "http://receiver.test/callback"}
        answer = self.wire.ask("POST", "/v1/channels", token=self.tokens[0], document=body)
        assert answer.status == 200, answer
        return [answer.json()["channel"]["channel_id"]]

    def _agents(self) -> list[str]:
        """Meeting agents: one waits, one has left its meeting by the time that this is over."""
        wanted = {"join_url": "https://meet.acme.test/standup"}
        later = {"scheduling_key": "later", "join_time": EVENT["start"]}
        for body, status in ((wanted, 200), ({**wanted, **later}, 202)):
            token = self.main["client_secret"]
            answer = self.wire.ask("POST", "/v1/meeting_agents", token=token, document=body)
            assert answer.status == status, answer
        return [agent.sub for agent in self.sandbox.meeting_agents]

    def _pages(self) -> list[str]:
        """The second page of what Rita has: events, busy times, and available periods."""
        found = []
        for kind in ("events", "free_busy", "available_periods"):
            target = f"/v1/{kind}?tzid=Etc/UTC&include_managed=true"
            answer = self.wire.ask("GET", target, token=self.tokens[0])
            assert answer.status == 200, answer
            found.append(answer.json()["pages"]["next_page"].rpartition("/")[2])
        return found

    def _code(self) -> str:
        self.wire.ask(
            "POST",
            f"/_mock/sandboxes/{self.sandbox_id}/consents",
            document={"page": "authorize", "decision": "allow", "email": "rita@acme.test"},
        )
        answer = self.wire.ask(
            "GET",
            "/oauth/authorize?response_type=code&scope=read_write"
            f"&client_id={self.main['client_id']}"
            "&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fcallback",
        )
        assert answer.status == 302, answer
        return parse_qs(urlsplit(answer.header("location") or "").query)["code"][0]

    def bearers(self) -> list[str]:
        """Everything that somebody might put after ``Bearer``, rightly or not."""
        return [
            *self.tokens,
            self.application_token,
            self.expired_token,
            self.main["client_secret"],
            self.small["client_secret"],
            self.document["admin_api_key"],
            self.refresh_tokens[0],
            self.code,
            self.link_token,
            self.permission_token,
            self.conferencing_token,
            "",
            "unknown",
            "x" * 3000,
            "Ã¤Ã¶\x80",
            self.tokens[0] + ",",
            self.tokens[0][:-1],
        ]

    def known(self) -> dict[str, list[str]]:
        """Parameters by name with values that mean something here."""
        return {
            "client_id": [self.main["client_id"], self.small["client_id"]],
            "client_secret": [self.main["client_secret"], self.small["client_secret"]],
            "code": [self.code],
            "refresh_token": self.refresh_tokens,
            "token": [*self.refresh_tokens[:3], *self.tokens[:3]],
            "sub": [*self.subs, *self.agents],
            "name": ["transcript", "audio", "dashboard"],
            "join_url": ["https://meet.acme.test/standup"],
            "join_time": ["2026-05-12T09:00:00Z", "2026-05-11T00:00:00Z"],
            "scheduling_key": ["later", "new"],
            "attachment_id": self.attachment_ids,
            "file_name": ["agenda.txt", "agenda.pdf"],
            "content_type": ["text/plain", "application/pdf"],
            "base64_content": ["QWdlbmRh", "QWdl\r\nbmRh"],
            "profile_id": self.profile_ids,
            "calendar_id": self.calendar_ids,
            "channel_id": self.channel_ids,
            "redirect_uri": ["http://localhost:3000/callback", "https://app.acme.test/callback"],
            "callback_url": ["http://receiver.test/callback", "http://127.0.0.1:1/"],
            "email": [
                "guest@partner.test",
                "rita@acme.test",
                "user@corp.test",
                "room@corp.test",
                "nobody@corp.test",
            ],
            "scope": ["read_write", "free_busy", "free_busy_write", "read_only", "full_access"],
            "url": ["https://acme.test/"],
            "redirect_uris": ["https://*.acme.test/callback"],
            "color": ["#aabbcc"],
            "application_calendar_id": ["office", "x" * 255],
            "calendar_type": ["resource", "unknown"],
            "include_details": ["capacity location"],
            "event_id": ["review", "standup", "call", "new"],
            "event_uid": self.event_uids,
            "page_id": self.page_ids,
            "availability_rule_id": ["default", "new"],
            "available_period_id": ["early", "new"],
            "day": ["monday", "sunday"],
            "start_time": ["09:00", "00:00", "24:00"],
            "end_time": ["17:00", "24:00", "00:01"],
            "calendar_ids": self.calendar_ids,
            "calendar_ids[]": self.calendar_ids,
            "summary": ["Review", "x" * 1025],
            "tzid": ["Etc/UTC", "Europe/London", "Pacific/Apia"],
            "start": ["2026-05-12T09:00:00Z", "2026-05-12", "2026-03-29T01:30:00"],
            "end": ["2026-05-12T10:00:00Z", "2026-05-13", "2100-12-31T23:59:59Z"],
            "time": ["2026-05-12T09:30:00Z", "2026-05-12"],
            "from": ["2026-05-01", "1900-01-01", "9999-12-31"],
            "to": ["2026-06-01", "2100-12-31", "0001-01-01"],
            "last_modified": ["2026-05-11T08:00:00Z"],
            "include_managed": ["true"],
            "include_deleted": ["true"],
            "localized_times": ["true"],
            "delete_all": ["true"],
            "method": ["POST", "DELETE", "GET"],
            "relative_url": [
                *(f"/v1/calendars/{calendar_id}/events" for calendar_id in self.calendar_ids[:3]),
                "/v1/available_periods",
                "/v1/batch",
            ],
        }
