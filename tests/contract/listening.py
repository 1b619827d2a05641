"""An application that listens: its channels, and what they are told."""

from __future__ import annotations

from typing import Any

import httpx

from tests.contract.documents import Document, Like, person
from tests.contract.events import CLOCK, JANE, SCOPE, Open, Writer
from tests.contract.receiver import Callback, Receiver
from tests.emulator import Sandbox

CHANNEL_ID = Like(r"chn_[0-9a-f]{24}")
EVERYTHING_ON = {"free_busy": True, "no_access": True}
_PERSONAL = ("calendars", "conferencing", "initial_sync", "invites", "provider", "sync_delay")


class Letterbox:
    """What one receiver got, by the path on which it came."""

    def __init__(self, sandbox: Sandbox, receiver: Receiver) -> None:
        self.sandbox = sandbox
        self.receiver = receiver
        self._came: dict[str, list[Callback]] = {}

    def take(self, path: str) -> list[Callback]:
        """What has come on ``path``, when nothing is on its way any more."""
        self.sandbox.advance(seconds=0)
        while not self.receiver.empty:
            callback = self.receiver.next()
            self._came.setdefault(callback.path, []).append(callback)
        return self._came.pop(path, [])


class Listener(Writer):
    """An application with channels; all its callbacks come on one path of its own."""

    def __init__(
        self, sandbox: Sandbox, connected: Document, letterbox: Letterbox, path: str = "/hook"
    ) -> None:
        super().__init__(sandbox, connected)
        self.letterbox = letterbox
        self.path_of_callbacks = path
        self.url = letterbox.receiver.url + path
        self.calendars = [
            calendar["calendar_id"]
            for profile in connected["userinfo"]["cronofy.data"]["profiles"]
            for calendar in profile["profile_calendars"]
        ]

    def create(self, **body: Any) -> httpx.Response:
        """POST /v1/channels, whatever comes of it."""
        return self.call("POST", "/v1/channels", {"callback_url": self.url, **body})

    def open(self, **body: Any) -> Document:
        """A new channel that has been verified."""
        answer = self.create(**body)
        assert answer.status_code == 200, answer.text
        (verified,) = self.told()
        found: Document = answer.json()["channel"]
        assert verified == {"notification": {"type": "verification"}, "channel": found}
        return found

    def channels(self) -> list[Document]:
        answer = self.call("GET", "/v1/channels")
        assert answer.status_code == 200, answer.text
        assert answer.json().keys() == {"channels"}
        found: list[Document] = answer.json()["channels"]
        return found

    def told(self, **duration: int) -> list[Document]:
        """The notifications that came since somebody last looked, and within ``duration``."""
        if duration:
            self.sandbox.advance(**duration)
        return [callback.document for callback in self.letterbox.take(self.path_of_callbacks)]

    def types(self, **duration: int) -> list[str]:
        return [document["notification"]["type"] for document in self.told(**duration)]

    def changes(self, **duration: int) -> list[str]:
        """``changes_since`` of each change, if nothing else is told; a minute passes."""
        told = self.told(**(duration or {"minutes": 1}))
        assert {document["notification"]["type"] for document in told} <= {"change"}
        return [document["notification"]["changes_since"] for document in told]

    def again(self) -> None:
        """A new access token, in place of one that has expired."""
        refresh = {"grant_type": "refresh_token", "refresh_token": self.refresh_token}
        self.token = self.sandbox.token(**refresh).json()["access_token"]

    @property
    def refresh_token(self) -> str:
        connected = self.sandbox.control("GET", "").json()["connected"]
        found: str = next(
            c["refresh_token"]
            for c in connected
            if (c["client_id"], c["sub"]) == (self.sandbox.application["client_id"], self.sub)
        )
        return found


def open_town(open_sandbox: Open, **how: Any) -> Sandbox:
    """Jane, and two applications that may do everything; ``how`` are the scenario's members of
    hers, and ``switches``.
    """
    switches = how.pop("switches", {})
    application = {"name": "Example Application", "features": EVERYTHING_ON}
    other = {"name": "Other Application", "features": EVERYTHING_ON}
    jane = {name: how.pop(name) for name in _PERSONAL if name in how}
    assert not how
    scenario = {
        "people": [person(JANE, **jane)],
        "switches": switches,
        "applications": [application, other],
    }
    return open_sandbox(clock=CLOCK, scenario=scenario)


def listen(
    sandbox: Sandbox, receiver: Receiver, mode: str = "read_write", **connect: Any
) -> Listener:
    """The application, connected with Jane in ``mode``."""
    connected = sandbox.connect(
        JANE, **{"access_mode": mode, "scope": f"read_write {SCOPE}", **connect}
    )
    return Listener(sandbox, connected, Letterbox(sandbox, receiver))


def listen_too(first: Listener, mode: str = "read_write", **connect: Any) -> Listener:
    """The sandbox's second application, on a path of its own."""
    sandbox = first.sandbox
    client_id = sandbox.document["applications"][1]["client_id"]
    connected = sandbox.connect(
        JANE,
        **{
            "access_mode": mode,
            "scope": f"read_write {SCOPE}",
            "client_id": client_id,
            **connect,
        },
    )
    return Listener(sandbox, connected, first.letterbox, "/other")


def open_listener(
    open_sandbox: Open, receiver: Receiver, mode: str = "read_write", **how: Any
) -> Listener:
    return listen(open_town(open_sandbox, **how), receiver, mode)
