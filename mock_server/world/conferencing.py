"""Conferencing services that people have connected, and the wish to connect one."""

from __future__ import annotations

from mock_server.world.records import Record


class ConferencingProfile(Record, frozen=True):
    """An account's (``sub``) connection with a conferencing service (events §9.2).

    ``provider_name`` is ``zoom | go_to | ms_teams | google_meet | webex``. While
    ``failing``, the service refuses to arrange meetings. ``linked`` counts up: the most
    recently linked profile is the default.
    """

    profile_id: str
    sub: str
    provider_name: str
    name: str
    linked: int
    connected: bool = True
    failing: bool = False
    relink_token: str | None = None


class ConferencingRequest(Record, frozen=True):
    """A page on which somebody connects a conferencing service, once (events §9.1)."""

    token: str
    client_id: str
    sub: str
    redirect_uri: str
    provider_name: str | None
    expires_at: int
    decision: str | None = None
