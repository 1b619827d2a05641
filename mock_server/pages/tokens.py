"""What the token in a page's address leads to: an open request, or a profile that has lapsed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec

from mock_server.pages.visit import Trouble, Visit
from mock_server.rules import consents
from mock_server.rules.consents import Decision
from mock_server.world.accounts import Account, Profile
from mock_server.world.applications import Application
from mock_server.world.clock import as_text
from mock_server.world.conferencing import ConferencingProfile, ConferencingRequest
from mock_server.world.grants import PermissionRequest
from mock_server.world.sandbox import Sandbox
from mock_server.world.tables import Table

Request = TypeVar("Request", PermissionRequest, ConferencingRequest)
Lapsed = TypeVar("Lapsed", Profile, ConferencingProfile)


class OpenRequest(msgspec.Struct, Generic[Request], frozen=True):
    """A request that waits for somebody's decision, and whose it is."""

    sandbox: Sandbox
    application: Application
    account: Account
    request: Request


def open_request(
    visit: Visit, kind: str, table: Callable[[Sandbox], Table[Request]]
) -> OpenRequest[Request]:
    """The request of the path's token. Raises Trouble unless it is open.

    ``kind`` is what the visitor calls it, ``permission`` or ``conferencing``.
    """
    token = visit.path["token"]
    sandbox: Any = visit.app.sandboxes.directory.page.get(token)
    request = table(sandbox).get(token) if sandbox else None
    if request is None:
        raise Trouble(
            "not_found",
            f"no {kind} request has this token: it was never issued, its authorization was "
            "revoked, or it expired a while ago",
            404,
        )
    visit.sandbox, visit.client_id, visit.sub = sandbox, request.client_id, request.sub
    if request.decision is not None:
        raise Trouble("decided", f"a {kind} request decides once, and this one has", 410)
    if request.expires_at <= sandbox.now():
        expired = f"this {kind} request expired at {as_text(request.expires_at)}"
        raise Trouble("expired", expired, 410)
    return OpenRequest(
        sandbox, sandbox.applications[request.client_id], sandbox.accounts[request.sub], request
    )


def decision(visit: Visit, page: str, asked: OpenRequest[Request]) -> Decision | None:
    """What is decided without anybody looking; None leaves it to the visitor.

    ``page`` is a queued consent's, and the key of what a person decides in the scenario.
    """
    if not visit.deciding:
        return None
    email = asked.account.email
    queued = consents.take_queued(asked.sandbox, page, asked.application, email)
    if queued is not None:
        return queued
    person = asked.sandbox.people.get(email)
    scripted = consents.scripted(person, page) if person else None
    if scripted is None and visit.app.settings.consent == "auto":
        return Decision(allow=True)
    return scripted


def lapsed(
    visit: Visit,
    kind: str,
    table: Callable[[Sandbox], Table[Lapsed]],
    email: Callable[[Sandbox, Lapsed], str | None],
) -> tuple[Sandbox, Lapsed]:
    """The profile of a relink address. Raises Trouble unless the link belongs to one.

    ``kind`` is what such a profile is called, ``email`` whose it is.
    """
    token = visit.query.get("token", "")
    found: Any = visit.app.sandboxes.directory.page.get(token) if token else None
    profile = table(found).one("relink_token", token) if found else None
    whose = visit.path["provider"], visit.query.get("email", "")
    if profile is None or (profile.provider_name, email(found, profile)) != whose:
        raise Trouble(
            "not_found",
            f"no {kind} waits at this relink address: it has been connected again already, "
            "or provider, email and token do not belong together",
            404,
        )
    visit.sandbox, visit.sub = found, profile.sub
    return found, profile
