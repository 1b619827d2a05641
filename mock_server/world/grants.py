"""Protocol state: codes, tokens and one-time page tokens."""

from __future__ import annotations

from mock_server.world.records import Record


class AccessToken(Record, frozen=True):
    token: str
    client_id: str
    sub: str
    issued_at: int
    expires_at: int


class FormerToken(Record, frozen=True):
    """A token that was taken back, or whose time is long over: who uses it still is told.

    ``kind`` is ``access`` or ``refresh``; ``ended_by`` is what took it back: ``time``, the
    ``application``, or the ``person``.
    """

    token: str
    client_id: str
    sub: str
    ended_at: int
    ended_by: str
    kind: str = "access"


class Code(Record, frozen=True):
    """An authorization code, redeemed once with exactly its ``redirect_uri``.

    ``profile_id`` is the profile the person just authorized with (``linking_profile``);
    None for a service account. ``delivery_id`` is the callback that carries it, if any.
    """

    code: str
    client_id: str
    sub: str
    redirect_uri: str
    profile_id: str | None
    expires_at: int
    used: bool = False
    delivery_id: str | None = None


class LinkToken(Record, frozen=True):
    """Explicit linking: the calendar account authorized with it joins account ``sub``."""

    token: str
    client_id: str
    sub: str
    expires_at: int


class PermissionRequest(Record, frozen=True):
    """An application's wish for unrestricted access, waiting for the person's decision."""

    token: str
    client_id: str
    sub: str
    calendar_ids: tuple[str, ...]
    redirect_uri: str
    expires_at: int
    decision: str | None = None


class EmailVerification(Record, frozen=True):
    """A code mailed to ``email``, to be typed on the authorize page."""

    token: str
    client_id: str
    email: str
    code: str
    message_id: str
    expires_at: int
    failures: int = 0
    verified: bool = False


class Browser(Record, frozen=True):
    """The app host's cookie: the account last authorized in that browser."""

    token: str
    sub: str


class Consent(Record, frozen=True):
    """A queued decision, made on the next ``times`` pages of its kind (and person)."""

    consent_id: str
    page: str
    decision: str
    email: str | None = None
    client_id: str | None = None
    access_mode: str | None = None
    provider_name: str | None = None
    times: int = 1
