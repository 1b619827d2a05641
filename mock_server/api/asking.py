"""Who asks, and of which sandbox, as far as that can be told before anything is checked.

For faults: of a sandbox without any, nobody needs to know.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from mock_server.api import parsing
from mock_server.rules.faults import Asked
from mock_server.world.directory import Directory
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox

Found = tuple[Sandbox, Asked]

# Parameters that say who calls, where there is no Authorization header.
_CREDENTIALS = ("client_id", "client_secret", "code", "refresh_token", "token")

_BEARER = b"bearer "


def of_call(scope: Any, content: bytes, directory: Directory) -> Found | None:
    """Of a call of the API: by its Bearer credential, else by what its query and body say."""
    for name, value in scope["headers"]:
        if name == b"authorization" and value[:7].lower() == _BEARER:
            token = value[7:].strip().decode("latin-1")
            found: Any = directory.bearer.get(token) or directory.former.get(token)
            if found is not None:
                return _by_bearer(scope, found, token) if _is_faulty(found) else None
    try:
        members = parsing.parse_body(scope, content)
    except parsing.Unreadable:
        members = {}
    return _by_members(scope, {**_query(scope), **members}, directory)


def of_page(scope: Any, directory: Directory) -> Found | None:
    """Of a page that people see: by the application that leads there, or its address's token."""
    query = _query(scope)
    if "client_id" in query:
        return _by_members(scope, query, directory)
    for token in (query.get("token"), *scope["path"].split("/")):
        found: Any = directory.page.get(token)
        if found is not None:
            return found, _by_page_token(scope, found, str(token))
    return None


def _query(scope: Any) -> dict[str, str]:
    # Nothing of it is refused here: that is the business of whoever answers.
    return dict(parse_qsl(scope["query_string"].decode("latin-1")))


def _asked(scope: Any, *credentials: str) -> Asked:
    return Asked(scope["method"], scope["path"], frozenset(credentials))


def _is_faulty(sandbox: Sandbox) -> bool:
    """Whether anything may go wrong here; mostly it is in another sandbox."""
    return bool(sandbox.faults or sandbox.outages)


def _by_bearer(scope: Any, sandbox: Sandbox, token: str) -> Found:
    asked = _asked(scope, token)
    access = sandbox.access_tokens.get(token) or sandbox.former_tokens.get(token)
    if access is not None:
        return sandbox, replace(asked, client_id=access.client_id, sub=access.sub)
    application = sandbox.applications.one("secret", token)
    if application is not None:
        asked = replace(asked, client_id=application.client_id)
    return sandbox, asked


def _by_members(scope: Any, members: dict[str, Any], directory: Directory) -> Found | None:
    given = {name: members[name] for name in _CREDENTIALS if isinstance(members.get(name), str)}
    client_id, code, refresh_token, token = map(
        given.get, ("client_id", "code", "refresh_token", "token")
    )
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
    asked = replace(_asked(scope, *given.values()), client_id=client_id)
    if holder is not None:
        asked = replace(asked, client_id=client_id or holder.client_id, sub=holder.sub)
    return sandbox, asked


def _by_page_token(scope: Any, sandbox: Sandbox, token: str) -> Asked:
    asked = _asked(scope, token)
    for requests in (
        sandbox.permission_requests,
        sandbox.conferencing_requests,
        sandbox.link_tokens,
    ):
        request: Any = requests.get(token)
        if request is not None:
            return replace(asked, client_id=request.client_id, sub=request.sub)
    for profiles in (sandbox.profiles, sandbox.conferencing_profiles):
        profile: Any = profiles.one("relink_token", token)
        if profile is not None:
            return replace(asked, sub=profile.sub)
    return asked
