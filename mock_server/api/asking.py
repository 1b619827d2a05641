"""Who asks, and of which sandbox, as far as that can be told before anything is checked."""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from mock_server.api import parsing
from mock_server.rules.faults import Asked
from mock_server.world.applications import AdminKey, Application
from mock_server.world.directory import Directory
from mock_server.world.grants import AccessToken, FormerToken
from mock_server.world.sandbox import Sandbox
from mock_server.world.secret_names import CREDENTIALS

Holder = AccessToken | Application | AdminKey | FormerToken

_BEARER = b"bearer "


class Found(NamedTuple):
    """The ``sandbox`` that a request belongs to, whatever ``credentials`` it carries to say so,
    and the record that these are found in: of an application, an account, both, or neither.
    """

    sandbox: Sandbox
    credentials: tuple[str, ...]
    holder: object = None
    client_id: str | None = None

    def asked(self, scope: Any) -> Asked:
        """The request as faults see it."""
        return Asked(
            scope["method"],
            scope["path"],
            frozenset(self.credentials),
            self.client_id or getattr(self.holder, "client_id", None),
            getattr(self.holder, "sub", None),
        )


def of_call(scope: Any, content: bytes, directory: Directory) -> Found | None:
    """Of a call of the API: by its Bearer credential, else by what its query and body say."""
    token = bearer(scope)
    held = None if token is None else held_by(token, directory)
    if token is not None and held is not None:
        return Found(held[0], (token,), held[1])
    try:
        members = parsing.parse_body(scope, content)
    except parsing.Unreadable:
        members = {}
    return _by_members({**query(scope), **members}, directory)


def of_page(scope: Any, directory: Directory) -> Found | None:
    """Of a page that people see: by the application that leads there, or its address's token."""
    given = query(scope)
    if "client_id" in given:
        return _by_members(given, directory)
    for token in (given.get("token"), *scope["path"].split("/")):
        found: Any = directory.page.get(token)
        if found is not None:
            return Found(found, (str(token),), _of_page_token(found, str(token)))
    return None


def bearer(scope: Any) -> str | None:
    """The token of the Authorization header; None without one of that kind."""
    for name, value in scope["headers"]:
        if name == b"authorization":
            if value[:7].lower() != _BEARER:
                return None
            token: str = value[7:].strip().decode("latin-1")
            return token
    return None


def held_by(token: str, directory: Directory) -> tuple[Sandbox, Holder] | None:
    """Which sandbox has this Bearer credential, and whose it is or was there."""
    found: Any = directory.bearer.get(token)
    if found is None:
        found = directory.former.get(token)
        return None if found is None else (found, found.former_tokens[token])
    sandbox: Sandbox = found
    return sandbox, (
        sandbox.access_tokens.get(token)
        or sandbox.applications.one("secret", token)
        or sandbox.admin_keys[token]
    )


def query(scope: Any) -> dict[str, str]:
    """The query's parameters. Nothing is refused here: that is the business of whoever answers."""
    return dict(parse_qsl(scope["query_string"].decode("latin-1")))


def _by_members(members: dict[str, Any], directory: Directory) -> Found | None:
    given = {name: members[name] for name in CREDENTIALS if isinstance(members.get(name), str)}
    client_id, code, refresh_token = map(given.get, ("client_id", "code", "refresh_token"))
    token = given.get("token") or given.get("access_token")
    sandbox: Any = (
        directory.client_id.get(client_id)
        or directory.code.get(code)
        or directory.refresh_token.get(refresh_token)
        or directory.bearer.get(token)
        or directory.refresh_token.get(token)
    )
    if sandbox is None:
        return None
    holder = (
        sandbox.codes.get(code)
        or sandbox.authorizations.one("refresh_token", refresh_token or token)
        or sandbox.access_tokens.get(token)
    )
    return Found(sandbox, tuple(given.values()), holder, client_id)


def _of_page_token(sandbox: Sandbox, token: str) -> object:
    return (
        sandbox.permission_requests.get(token)
        or sandbox.conferencing_requests.get(token)
        or sandbox.link_tokens.get(token)
        or sandbox.profiles.one("relink_token", token)
        or sandbox.conferencing_profiles.one("relink_token", token)
    )
