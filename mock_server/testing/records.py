"""What the emulator tells a test, as typed records. Times are aware datetimes.

Members that a newer emulator answers besides are left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, TypedDict, TypeVar

import msgspec

Document = dict[str, Any]
T = TypeVar("T")

Time = datetime | str
Day = date | datetime | str

Conditions = str | list[str] | Mapping[str, Any]

AccessMode = Literal["read_write", "free_busy", "no_calendar"]
Reply = Literal["accepted", "tentative", "declined"]
Error = Literal[
    "rate_limited",
    "unauthorized",
    "forbidden",
    "not_found",
    "locked",
    "payment_required",
    "unprocessable",
    "unavailable",
    "bad_gateway",
    "internal_error",
]
Page = Literal["authorize", "enterprise", "permissions", "conferencing"]
Decision = Literal["allow", "deny"]


class Application(msgspec.Struct, frozen=True):
    """An application with its credentials."""

    client_id: str
    client_secret: str
    name: str
    mode: str
    redirect_uris: list[str]
    plan: str
    features: dict[str, bool]


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
    level: Literal["note", "warning", "error"]
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
    findings: list[Finding] = []
    request: Exchange = Exchange()
    response: Exchange = Exchange()


class Filters(TypedDict, total=False):
    """Which requests of the journal are meant: all of what is said.

    ``status`` is ``200`` or ``"4xx"``; ``credential`` a client_id, a sub, or a token; ``since``
    the number of a request. ``body`` and ``response`` are JSONPaths that find something
    (``$.summary``), or find a value (``$.summary==Interview``); ``query`` the same with names of
    parameters. To verify, the three may be mappings of paths or names to values.
    """

    method: str
    status: int | str
    operation: str
    credential: str
    client_id: str
    sub: str
    fault_id: str
    since: int
    query: Conditions
    body: Conditions
    response: Conditions


class Meeting(TypedDict, total=False):
    """Which calls a fault meets, besides their path.

    ``method`` is one or several; ``credential`` a client_id, a sub, or a token; ``after`` lets so
    many calls through; ``probability`` is up to 1; ``window`` has ``from`` and ``until``, by the
    sandbox's clock.
    """

    method: str | list[str]
    credential: str
    provider: str
    data_center: str
    after: int
    times: int | None
    probability: float
    window: Mapping[str, Any]


class Respond(TypedDict, total=False):
    """What becomes of a call that meets a fault: one of these, and perhaps a ``delay``.

    ``status`` with ``headers`` and ``body``; ``error``, Cronofy's own refusal of that name;
    ``slow_body``, the real answer's bytes over so long; ``malformed_json``, the real answer cut
    off; ``reset``, nothing is done; ``lost``, it is done but not answered; ``hold``, the answer
    or the whole request waits until it is released. Times are real.
    """

    status: int
    headers: Mapping[str, str]
    body: Any
    error: Error
    delay: timedelta | Mapping[str, float]
    slow_body: timedelta | Mapping[str, float]
    malformed_json: bool
    reset: bool
    lost: bool
    hold: Literal["answer", "request"]


class Terms(Meeting, Respond, total=False):
    """What a fault is."""


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


def given(**members: Any) -> Document:
    """The members that were given, as JSON has them."""
    return {name: plain(value) for name, value in members.items() if value is not None}


def plain(value: Any) -> Any:
    """``value`` for JSON: times in ISO 8601, durations as ``{"seconds": …}``."""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            return value.isoformat()
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, timedelta):
        seconds = value.total_seconds()
        return {"seconds": int(seconds) if seconds.is_integer() else seconds}
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
