"""One sandbox against a small model of it, through calls in any order.

The model knows who is connected how, which tokens and codes work until when, what has been
elevated, and which events stand in which calendar. After every call the sandbox must tell
the same story.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from tests.hostile.wire import Answer, Wire

START = "2026-05-11T08:00:00Z"
BACK = "http://localhost:3000/callback"
HOUR = 3600

PROVIDERS = {"jane@acme.test": "google", "gus@acme.test": "office365", "adam@acme.test": "apple"}
MODES = {
    "read_write": ("read_write",),
    "free_busy": ("free_busy", "no_calendar"),
    "no_calendar": ("no_calendar",),
}

# A profile: whose calendar account it is, and in which access mode.
Profile = tuple[str, str]


@dataclass
class Authorization:
    refresh_token: str
    profiles: list[Profile] = field(default_factory=list)
    unrestricted: set[str] = field(default_factory=set)


@dataclass
class Model:
    """What ought to be; times in seconds since the start. Accounts are named by ``sub``."""

    now: int = 0
    accounts: dict[str, str] = field(default_factory=dict)
    authorizations: dict[str, Authorization] = field(default_factory=dict)
    tokens: dict[str, tuple[str, int]] = field(default_factory=dict)
    codes: dict[str, tuple[str, int, Profile]] = field(default_factory=dict)
    wishes: dict[str, tuple[str, list[str], int]] = field(default_factory=dict)
    profile_ids: dict[Profile, str] = field(default_factory=dict)
    calendars: dict[str, Profile] = field(default_factory=dict)
    created: set[str] = field(default_factory=set)
    disconnected: set[Profile] = field(default_factory=set)
    events: dict[tuple[str, str], str] = field(default_factory=dict)

    def works(self, token: str) -> bool:
        known = self.tokens.get(token)
        return known is not None and known[1] > self.now

    def connect(self, email: str, mode: str, sub: str, refresh_token: str) -> None:
        assert self.accounts.setdefault(email, sub) == sub, "one calendar account, one account"
        known = self.authorizations.setdefault(sub, Authorization(refresh_token))
        for opened in MODES[mode]:
            profile = (email, opened)
            if profile not in known.profiles:
                known.profiles.append(profile)
            self.disconnected.discard(profile)

    def revoke(self, sub: str) -> None:
        del self.authorizations[sub]
        self.tokens = {t: v for t, v in self.tokens.items() if v[0] != sub}
        self.codes = {c: v for c, v in self.codes.items() if v[0] != sub}
        self.wishes = {w: v for w, v in self.wishes.items() if v[0] != sub}

    def writing(self, token: str, calendar_id: str) -> int:
        """The status of a write into a calendar."""
        if not self.works(token):
            return 401
        profile = self.calendars[calendar_id]
        if profile not in self.authorizations[self.tokens[token][0]].profiles:
            return 404
        if profile[1] == "free_busy":
            return 403
        return 423 if profile in self.disconnected else 202

    def level(self, sub: str, calendar_id: str) -> str:
        known = self.authorizations[sub]
        hosted = self.calendars[calendar_id][1] == "no_calendar"
        elevated = calendar_id in known.unrestricted or calendar_id in self.created
        return "unrestricted" if hosted or elevated else "sandbox"


class Sandboxed(RuleBasedStateMachine):
    """Everything that an application, a person and a test can do to one sandbox."""

    wire: Wire

    tokens = Bundle("tokens")
    refresh_tokens = Bundle("refresh_tokens")
    codes = Bundle("codes")
    wishes = Bundle("wishes")
    snapshots = Bundle("snapshots")

    @initialize(target=tokens, rotate=st.booleans())
    def open(self, rotate: bool) -> str:
        self.wire = _WIRE
        self.rotate = rotate
        self.document = self.wire.open_sandbox(
            scenario={
                "clock": START,
                "seed": 11,
                "switches": {"rotate_refresh_tokens": rotate},
                "applications": [{"features": {"free_busy": True, "no_access": True}}],
                "people": [
                    {"email": email, "name": "N", "zoneinfo": "Etc/UTC", "provider": provider}
                    for email, provider in PROVIDERS.items()
                ],
            },
        )
        self.base = f"/_mock/sandboxes/{self.document['sandbox_id']}"
        application = self.document["applications"][0]
        self.credentials = {k: application[k] for k in ("client_id", "client_secret")}
        self.model = Model()
        self.first = self.control("GET", "").body
        self.seen: list[str] = []
        return self.connect("jane@acme.test", "read_write")

    def teardown(self) -> None:
        if hasattr(self, "base"):
            self.control("DELETE", "")

    # --- Calls ---------------------------------------------------------------------------

    def control(self, method: str, path: str, **options: Any) -> Answer:
        return self.wire.ask(method, self.base + path, **options)

    def oauth(self, path: str = "", **members: str) -> Answer:
        return self.wire.ask(
            "POST", f"/oauth/token{path}", document={**self.credentials, **members}
        )

    def issued(self, answer: dict[str, Any], sub: str) -> str:
        """Note the access token of an answer."""
        token: str = answer["access_token"]
        assert answer["expires_in"] == HOUR
        self.model.tokens[token] = (sub, self.model.now + HOUR)
        self.seen.append(token)
        return token

    def learn(self, userinfo: dict[str, Any]) -> None:
        """Note ids that were not known yet; the known ones must still hold."""
        sub = userinfo["sub"]
        known = self.model.authorizations[sub]
        shown = userinfo["cronofy.data"]["profiles"]
        assert len(shown) == len(known.profiles)
        for profile, document in zip(known.profiles, shown, strict=True):
            profile_id = document["profile_id"]
            assert self.model.profile_ids.setdefault(profile, profile_id) == profile_id
            for calendar in document["profile_calendars"]:
                owner = self.model.calendars.setdefault(calendar["calendar_id"], profile)
                assert owner == profile

    @rule(
        target=tokens, email=st.sampled_from(sorted(PROVIDERS)), mode=st.sampled_from(sorted(MODES))
    )
    def connect(self, email: str, mode: str) -> str:
        if mode == "free_busy" and PROVIDERS[email] == "apple":
            mode = "read_write"
        answer = self.control("POST", "/connect", document={"email": email, "access_mode": mode})
        assert answer.status == 201, answer
        document = answer.json()
        sub = document["sub"]
        self.model.connect(email, mode, sub, document["refresh_token"])
        assert document["refresh_token"] == self.model.authorizations[sub].refresh_token
        self.learn(document["userinfo"])
        return self.issued(document, sub)

    @rule(
        target=codes, email=st.sampled_from(sorted(PROVIDERS)), mode=st.sampled_from(sorted(MODES))
    )
    def authorize(self, email: str, mode: str) -> str:
        if mode == "free_busy" and PROVIDERS[email] == "apple":
            mode = "read_write"
        consent = {"page": "authorize", "decision": "allow", "email": email, "access_mode": mode}
        assert self.control("POST", "/consents", document=consent).status == 201
        query = {
            "response_type": "code",
            "client_id": self.credentials["client_id"],
            "redirect_uri": BACK,
            "scope": "free_busy_write",
            "avoid_linking": "true",
        }
        answer = self.wire.ask("GET", f"/oauth/authorize?{urlencode(query)}")
        code = parse_qs(urlsplit(answer.header("location") or "").query)["code"][0]
        document = self.control("GET", "").json()
        (connected,) = (c for c in document["connected"] if c["email"] == email)
        sub = connected["sub"]
        self.model.connect(email, mode, sub, connected["refresh_token"])
        self.model.codes[code] = (sub, self.model.now + 600, (email, MODES[mode][0]))
        return code

    @rule(target=tokens, code=codes, right=st.sampled_from((True, True, False)))
    def exchange(self, code: str, right: bool) -> str:
        answer = self.oauth(
            grant_type="authorization_code", code=code, redirect_uri=BACK if right else BACK + "/"
        )
        known = self.model.codes.get(code)
        if not right or known is None or known[1] <= self.model.now:
            assert answer.status == 400, answer
            assert answer.json()["error"] == "invalid_grant"
            return "none"
        assert answer.status == 200, answer
        del self.model.codes[code]
        document = answer.json()
        assert document["sub"] == known[0]
        self.learn(document["userinfo"])
        return self.issued(document, known[0])

    @rule(target=refresh_tokens, token=tokens)
    def current_refresh_token(self, token: str) -> str:
        known = self.model.tokens.get(token)
        return self.model.authorizations[known[0]].refresh_token if known else "none"

    @rule(target=tokens, refresh_token=refresh_tokens)
    def refresh(self, refresh_token: str) -> str:
        answer = self.oauth(grant_type="refresh_token", refresh_token=refresh_token)
        for sub, known in self.model.authorizations.items():
            if known.refresh_token == refresh_token:
                assert answer.status == 200, answer
                document = answer.json()
                assert (document["refresh_token"] == refresh_token) is not self.rotate
                known.refresh_token = document["refresh_token"]
                return self.issued(document, sub)
        assert (answer.status, answer.json()["error"]) == (400, "invalid_grant")
        return "none"

    @rule(token=st.one_of(tokens, refresh_tokens))
    def revoke(self, token: str) -> None:
        assert self.oauth("/revoke", token=token).status == 200
        if self.model.works(token):
            self.model.revoke(self.model.tokens[token][0])
            return
        for sub, known in list(self.model.authorizations.items()):
            if known.refresh_token == token:
                self.model.revoke(sub)

    @rule(email=st.sampled_from(sorted(PROVIDERS)))
    def revoke_subject(self, email: str) -> None:
        sub = self.model.accounts.get(email, "acc_unknown")
        assert self.oauth("/revoke", sub=sub).status == 200
        if sub in self.model.authorizations:
            self.model.revoke(sub)

    @rule(token=tokens, data=st.data())
    def revoke_profile(self, token: str, data: st.DataObject) -> None:
        profiles = sorted(self.model.profile_ids)
        if not profiles:
            return
        self._revoke_profile(token, data.draw(st.sampled_from(profiles)))

    def _revoke_profile(self, token: str, profile: Profile) -> None:
        profile_id = self.model.profile_ids[profile]
        answer = self.wire.ask("POST", f"/v1/profiles/{profile_id}/revoke", token=token)
        if not self.model.works(token):
            assert answer.status == 401, answer
            return
        known = self.model.authorizations[self.model.tokens[token][0]]
        if profile not in known.profiles:
            assert answer.status == 404, answer
            return
        assert answer.status == 202, answer
        known.profiles.remove(profile)
        # A code says which profile it was issued for.
        self.model.codes = {c: v for c, v in self.model.codes.items() if v[2] != profile}
        of_profile = {c for c, owner in self.model.calendars.items() if owner == profile}
        known.unrestricted -= of_profile

    @rule(token=tokens, data=st.data())
    def create_calendar(self, token: str, data: st.DataObject) -> None:
        profiles = sorted(self.model.profile_ids)
        if not profiles:
            return
        profile = data.draw(st.sampled_from(profiles))
        name = f"Calendar {len(self.model.calendars)}"
        body = {"profile_id": self.model.profile_ids[profile], "name": name}
        answer = self.wire.ask("POST", "/v1/calendars", token=token, document=body)
        if not self.model.works(token):
            assert answer.status == 401, answer
            return
        known = self.model.authorizations[self.model.tokens[token][0]]
        if profile not in known.profiles:
            assert answer.status == 404, answer
        elif profile in self.model.disconnected:
            assert answer.status == 423, answer
        elif profile[1] == "read_write":
            assert answer.status == 200, answer
            calendar_id = answer.json()["calendar"]["calendar_id"]
            assert calendar_id not in self.model.calendars
            self.model.calendars[calendar_id] = profile
            self.model.created.add(calendar_id)
        else:
            assert answer.status in {403, 422}, answer

    @rule(
        token=tokens,
        data=st.data(),
        event_id=st.sampled_from(("a", "b")),
        summary=st.sampled_from(("One", "Two")),
    )
    def write_event(self, token: str, data: st.DataObject, event_id: str, summary: str) -> None:
        if not self.model.calendars:
            return
        calendar_id = data.draw(st.sampled_from(sorted(self.model.calendars)))
        hour = f"2026-05-12T{data.draw(st.integers(9, 11)):02}"
        event = {"event_id": event_id, "summary": summary}
        event |= {"start": f"{hour}:00:00Z", "end": f"{hour}:30:00Z"}
        path = f"/v1/calendars/{calendar_id}/events"
        answer = self.wire.ask("POST", path, token=token, document=event)
        assert answer.status == self.model.writing(token, calendar_id), answer
        if answer.status == 202:
            self.model.events[calendar_id, event_id] = f"{summary} {hour}:00:00Z"

    @rule(token=tokens, data=st.data(), event_id=st.sampled_from(("a", "b")))
    def delete_event(self, token: str, data: st.DataObject, event_id: str) -> None:
        if not self.model.calendars:
            return
        calendar_id = data.draw(st.sampled_from(sorted(self.model.calendars)))
        path = f"/v1/calendars/{calendar_id}/events"
        body = {"event_id": event_id}
        answer = self.wire.ask("DELETE", path, token=token, document=body)
        assert answer.status == self.model.writing(token, calendar_id), answer
        if answer.status == 202:
            self.model.events.pop((calendar_id, event_id), None)

    @rule(token=tokens, data=st.data())
    def delete_events(self, token: str, data: st.DataObject) -> None:
        """All of one calendar; an empty one may be one that nobody can write to."""
        if not self.model.calendars:
            return
        calendar_id = data.draw(st.sampled_from(sorted(self.model.calendars)))
        body = {"calendar_ids": [calendar_id]}
        answer = self.wire.ask("DELETE", "/v1/events", token=token, document=body)
        held = [key for key in self.model.events if key[0] == calendar_id]
        expected = self.model.writing(token, calendar_id)
        if expected == 404:
            expected = 422
        elif not held and expected != 401:
            expected = 202
        assert answer.status == expected, answer
        for key in held if expected == 202 else ():
            del self.model.events[key]

    @rule(target=wishes, token=tokens, data=st.data())
    def ask_permission(self, token: str, data: st.DataObject) -> str:
        if not self.model.calendars:
            return "none"
        every = st.lists(st.sampled_from(sorted(self.model.calendars)), min_size=1)
        return self._ask(token, data.draw(every))

    def _ask(self, token: str, chosen: list[str]) -> str:
        body = {
            "permissions": [{"calendar_id": c, "permission_level": "unrestricted"} for c in chosen],
            "redirect_uri": BACK,
        }
        answer = self.wire.ask("POST", "/v1/permissions", token=token, document=body)
        if not self.model.works(token):
            assert answer.status == 401, answer
            return "none"
        sub = self.model.tokens[token][0]
        known = self.model.authorizations[sub]
        owners = [self.model.calendars[c] for c in chosen]
        if any(owner not in known.profiles or owner[1] == "free_busy" for owner in owners):
            assert answer.status == 422, answer
            return "none"
        assert answer.status == 200, answer
        wish: str = answer.json()["permissions_request"]["url"].rpartition("/")[2]
        self.model.wishes[wish] = (sub, chosen, self.model.now + 24 * HOUR)
        return wish

    @rule(wish=wishes, decision=st.sampled_from(("allow", "deny")))
    def decide(self, wish: str, decision: str) -> None:
        answer = self.wire.ask("POST", f"/permissions/{wish}", form={"decision": decision})
        known = self.model.wishes.get(wish)
        if known is None or known[2] <= self.model.now:
            assert answer.status in {404, 410}, answer
            return
        assert answer.status == 302, answer
        del self.model.wishes[wish]
        if decision == "allow":
            authorization = self.model.authorizations[known[0]]
            authorization.unrestricted |= {
                c for c in known[1] if self.model.calendars[c] in authorization.profiles
            }

    # Stories that single calls in any order would seldom come upon.

    @rule(
        target=tokens,
        email=st.sampled_from(sorted(PROVIDERS)),
        minutes=st.sampled_from((0, 9, 10, 11)),
    )
    def exchange_in_a_while(self, email: str, minutes: int) -> str:
        code = self.authorize(email, "read_write")
        if minutes:
            self.advance(minutes)
        return self.exchange(code, True)

    @rule(
        target=wishes,
        token=tokens,
        decision=st.sampled_from(("allow", "deny")),
        between=st.sampled_from(("nothing", "connect", "revoke_profile")),
    )
    def elevate(self, token: str, decision: str, between: str) -> str:
        if not self.model.works(token):
            return "none"
        known = self.model.authorizations[self.model.tokens[token][0]]
        own = [
            calendar_id
            for calendar_id, profile in self.model.calendars.items()
            if profile in known.profiles and profile[1] != "free_busy"
        ]
        if not own:
            return "none"
        wish = self._ask(token, own)
        if between == "revoke_profile":
            self._revoke_profile(token, known.profiles[0])
        self.decide(wish, decision)
        if between == "connect":
            profile = known.profiles[-1]
            self._revoke_profile(token, profile)
            self.connect(*profile)
        return wish

    @rule(data=st.data(), connected=st.booleans())
    def disconnect_or_reconnect(self, data: st.DataObject, connected: bool) -> None:
        profiles = sorted(p for p in self.model.profile_ids if p[1] != "no_calendar")
        if not profiles:
            return
        profile = data.draw(st.sampled_from(profiles))
        word = "reconnect" if connected else "disconnect"
        path = f"/profiles/{self.model.profile_ids[profile]}/{word}"
        assert self.control("POST", path, document={}).status == 200
        if connected:
            self.model.disconnected.discard(profile)
        else:
            self.model.disconnected.add(profile)

    @rule(minutes=st.sampled_from((1, 9, 10, 11, 59, 60, 61, 24 * 60)))
    def advance(self, minutes: int) -> None:
        answer = self.control("POST", "/clock/advance", document={"minutes": minutes})
        assert answer.status == 200, answer
        self.model.now += minutes * 60

    @rule(target=snapshots)
    def take_snapshot(self) -> tuple[dict[str, Any], Model]:
        return self.control("GET", "/snapshot").json(), copy.deepcopy(self.model)

    @rule(taken=snapshots)
    def put_back(self, taken: tuple[dict[str, Any], Model]) -> None:
        """To the snapshot's moment; a snapshot of that is the snapshot."""
        document, model = taken
        assert self.control("PUT", "/snapshot", document=document).status == 200
        assert self.control("GET", "/snapshot").json() == document
        self.model = copy.deepcopy(model)

    @precondition(lambda self: self.model.now or self.model.accounts)
    @rule()
    def reset(self) -> None:
        """The first document again, byte for byte, and nothing in the journal."""
        answer = self.control("POST", "/reset")
        assert answer.body == self.first
        assert self.control("GET", "").body == self.first
        assert self.control("GET", "/journal").json() == {"requests": []}
        self.model = Model()

    # --- What always holds ---------------------------------------------------------------

    @invariant()
    def tokens_work_or_not(self) -> None:
        for token in dict.fromkeys(self.seen[-8:]):
            answer = self.wire.ask("GET", "/v1/profiles", token=token)
            assert answer.status == (200 if self.model.works(token) else 401), answer

    @invariant()
    def every_answer_tells_the_same(self) -> None:
        """Userinfo, profiles and calendars agree with the model and with each other."""
        current = {
            sub: token for token, (sub, _) in self.model.tokens.items() if self.model.works(token)
        }
        for sub, token in current.items():
            userinfo = self.wire.ask("GET", "/v1/userinfo", token=token).json()
            assert userinfo["sub"] == sub
            self.learn(userinfo)
            shown = userinfo["cronofy.data"]["profiles"]
            known = self.model.authorizations[sub]
            for profile, document in zip(known.profiles, shown, strict=True):
                assert document["profile_connected"] is (profile not in self.model.disconnected)
                assert ("profile_relink_url" in document) is (profile in self.model.disconnected)
                for calendar in document["profile_calendars"]:
                    expected = self.model.level(sub, calendar["calendar_id"])
                    assert calendar["permission_level"] == expected, calendar
            listed = self.wire.ask("GET", "/v1/profiles", token=token).json()["profiles"]
            of_userinfo = [
                {k: v for k, v in p.items() if k not in {"profile_calendars", "provider_protocol"}}
                for p in shown
            ]
            assert listed == of_userinfo
            calendars = self.wire.ask("GET", "/v1/calendars", token=token).json()
            assert [c["calendar_id"] for c in calendars["calendars"]] == [
                c["calendar_id"] for p in shown for c in p["profile_calendars"]
            ]
            account = self.wire.ask("GET", "/v1/account", token=token).json()
            assert account["account"]["scope"] == userinfo["cronofy.data"]["authorization"]["scope"]

    @invariant()
    def events_stand_where_they_were_written(self) -> None:
        """In the provider's calendar or the Cronofy calendar, whatever has become of access."""
        for calendar_id, (_, mode) in self.model.calendars.items():
            if mode == "free_busy":
                continue
            listed = self.control("GET", f"/calendars/{calendar_id}/events").json()["events"]
            expected = [v for key, v in self.model.events.items() if key[0] == calendar_id]
            found = [f"{event['summary']} {event['start']}" for event in listed]
            assert sorted(found) == sorted(expected), (mode, listed)

    @invariant()
    def the_control_api_tells_the_same(self) -> None:
        document = self.control("GET", "").json()
        connected = {c["sub"]: c["refresh_token"] for c in document["connected"]}
        expected = {sub: a.refresh_token for sub, a in self.model.authorizations.items()}
        assert connected == expected


_WIRE = Wire()

TestSandbox = Sandboxed.TestCase
TestSandbox.settings = settings(max_examples=60, stateful_step_count=40)
