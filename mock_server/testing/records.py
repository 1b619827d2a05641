"""What the emulator tells a test, as typed records. Times are aware datetimes.

Members that a newer emulator answers besides are left out.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal, TypeVar

import msgspec

from mock_server.testing.terms import Document, Level

T = TypeVar("T")


class Application(msgspec.Struct, frozen=True):
    """An application with its credentials."""

    client_id: str
    client_secret: str
    name: str
    mode: str
    redirect_uris: list[str]
    plan: str
    features: dict[str, bool]

    def __repr__(self) -> str:
        return f"<Application {self.name!r} {self.client_id}>"


class LinkingProfile(msgspec.Struct, frozen=True):
    """The profile that somebody has just connected."""

    provider_name: str
    profile_id: str
    profile_name: str
    provider_service: str | None = None


class Connection(msgspec.Struct, frozen=True):
    """Somebody who is connected: what Cronofy answers to a code (``expires_in`` in seconds)."""

    access_token: str
    refresh_token: str
    expires_in: int
    scope: str
    sub: str
    userinfo: Document
    token_type: str = "bearer"
    account_id: str | None = None
    service_account_id: str | None = None
    linking_profile: LinkingProfile | None = None

    def __repr__(self) -> str:
        # Failed assertions show it: without its tokens.
        return f"<Connection {self.userinfo.get('email')} {self.sub} {self.scope!r}>"

    @property
    def auth(self) -> dict[str, str]:
        """The header that a call of Cronofy's API carries."""
        return {"Authorization": f"Bearer {self.access_token}"}

    @property
    def profiles(self) -> list[Document]:
        """The profiles as they were when the connection was made, with their calendars."""
        profiles: list[Document] = self.userinfo["cronofy.data"].get("profiles", [])
        return profiles

    def calendar_id(self, name: str | None = None) -> str:
        """The calendar of this name, or else the first that can be written to.

        Raises LookupError.
        """
        calendars = [c for profile in self.profiles for c in profile["profile_calendars"]]
        for calendar in calendars:
            if name == calendar["calendar_name"] or (name is None and _writable(calendar)):
                found: str = calendar["calendar_id"]
                return found
        names = ", ".join(repr(c["calendar_name"]) for c in calendars) or "none at all"
        wanted = "calendar that can be written to" if name is None else f"calendar {name!r}"
        raise LookupError(f"no {wanted}; there are {names}")


def _writable(calendar: Document) -> bool:
    return not calendar["calendar_readonly"] and not calendar["calendar_deleted"]


class Connected(msgspec.Struct, frozen=True):
    """Somebody whom the scenario has connected; ``access_token`` is the newest."""

    sub: str
    kind: str
    client_id: str
    scope: str
    access_token: str | None
    refresh_token: str | None
    profiles: list[Document]
    email: str | None = None
    service_account: str | None = None
    application_calendar_id: str | None = None

    def __repr__(self) -> str:
        return f"<Connected {self.email} {self.sub} {self.scope!r}>"

    @property
    def auth(self) -> dict[str, str]:
        """The header that a call of Cronofy's API carries."""
        return {"Authorization": f"Bearer {self.access_token}"}


class AttemptResponse(msgspec.Struct, frozen=True):
    """What a receiver answered; ``status`` is None where there was no answer, and ``error``
    says why.
    """

    status: int | None
    body: str | None
    error: str | None
    duration_ms: int


class Attempt(msgspec.Struct, frozen=True):
    """One attempt of a delivery; ``injected`` ones were not sent, as a test had asked for."""

    at: datetime
    injected: bool
    request: Document | None
    response: AttemptResponse


class Delivery(msgspec.Struct, frozen=True):
    """A callback, or a mail to a relay, with every attempt."""

    delivery_id: str
    kind: str
    client_id: str | None
    queue: str | None
    url: str
    state: Literal["held", "pending", "delivered", "failed", "refused"]
    created_at: datetime
    due_at: datetime
    body: Any
    attempts: list[Attempt]


class Failure(msgspec.Struct, frozen=True, rename={"outcome": "with"}):
    """A failure of deliveries that is still to come; None means any."""

    failure_id: str
    outcome: str | int
    times: int
    delivery_id: str | None
    kind: str | None
    url: str | None


class Finding(msgspec.Struct, frozen=True):
    """What a call did other than Cronofy's documentation asks."""

    code: str
    level: Level
    text: str


class Exchange(msgspec.Struct, frozen=True):
    """Headers and body of a request or an answer, secrets shortened.

    ``body`` is a JSON value, a form as a mapping, a text or None; ``cut`` says that it is not
    whole, ``size`` how many bytes there were.
    """

    headers: Any = None
    body: Any = None
    size: int = 0
    cut: bool = False
    status: int | None = None


class Request(msgspec.Struct, frozen=True):
    """A request of the journal, and what was answered."""

    number: int
    at: datetime
    method: str
    path: str
    status: int
    query: str | None = ""
    operation: str | None = None
    duration_us: int = 0
    client_id: str | None = None
    sub: str | None = None
    hint: str | None = None
    fault_id: str | None = None
    outage_id: str | None = None
    findings: list[Finding] = []
    request: Exchange = Exchange()
    response: Exchange = Exchange()


class Verification(msgspec.Struct, frozen=True):
    """Whether the journal has what was asked for; ``message`` says what is missing."""

    verified: bool
    message: str = ""
    found: int | None = None
    near_misses: list[Any] = []


class Advance(msgspec.Struct, frozen=True):
    """Where the clock has come to, and what happened on the way, in order."""

    now: datetime
    mode: str
    happened: list[Document]


class Snapshot(msgspec.Struct, frozen=True):
    """A state of the sandbox, to go back to or to compare with."""

    snapshot_id: str
    document: Document

    def __repr__(self) -> str:
        return f"<Snapshot {self.snapshot_id}>"


class Diff(msgspec.Struct, frozen=True):
    """What has changed since a snapshot: ``text`` has a line a change, ``changes`` are by table,
    those that a test would not ask about included. True if there is any for a person to read.
    """

    since: str
    changes: dict[str, Document]
    switches: Document | None
    clock: Document
    text: str

    def __bool__(self) -> bool:
        return bool(self.text)


def read(kind: type[T], document: Any) -> T:
    """``document`` as a record."""
    return msgspec.convert(document, kind)
