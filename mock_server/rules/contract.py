"""What counts as a finding where something is refused, or a token is handled wrongly.

Whoever reads a request finds what is odd in it; this is what takes a memory, or follows from
the refusal alone.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping

from mock_server.errors import CronofyError, OAuthError, Unauthorized
from mock_server.rules import tokens
from mock_server.world.accounts import Authorization
from mock_server.world.applications import Application
from mock_server.world.clock import as_text
from mock_server.world.findings import LEVELS, Finding
from mock_server.world.grants import AccessToken, FormerToken
from mock_server.world.memory import Refusals
from mock_server.world.sandbox import Sandbox
from mock_server.world.secret_names import LASTING

# Refreshes that an authorization may have in a row while a token of it has half its life left.
TOLERATED_REFRESHES = 2

# Calls of one moment that may be refused for one token.
TOLERATED_TOGETHER = 8

# What differs from call to call: identifiers, addresses of people, times, what is quoted.
_VARYING = re.compile(
    r"'[^']*'|\"[^\"]*\"|\b[a-z]{2,4}_(?=[a-z_-]*[A-Z0-9])[A-Za-z0-9_-]{8,}|[^\s@']{1,64}@[^\s@',;:]+"
    r"|\b\d{4}-\d\d-\d\d(?:T[\d:]+Z)?|\b(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{20,}"
)


# Of a text: what comes after it is no sentence that tells mistakes apart.
_LONGEST = 1000


def general(text: str) -> str:
    """``text`` without what differs from call to call, so that equal mistakes count as one."""
    return _VARYING.sub("…", text[:_LONGEST])


def of_refusal(error: CronofyError) -> Finding:
    """The finding that ``error`` is."""
    return Finding.of(error.finding, general(error.hint))


def secrets_in(query: Mapping[str, object]) -> str | None:
    """What is wrong with the secrets that stand in ``query``; None if there are none."""
    found = [name for name in LASTING if query.get(name)]
    if not found:
        return None
    verb = "stands" if len(found) == 1 else "stand"
    return f"{', '.join(found)} {verb} in the URL, which ends up in logs"


def matters(finding: Finding) -> bool:
    """Whether a strict sandbox refuses what has this finding."""
    return LEVELS.index(finding.level) > 0


def expired(sandbox: Sandbox, access: AccessToken) -> Unauthorized:
    """The refusal of a token whose time is over."""
    again = _refused_again(
        sandbox, access.token, sandbox.authorizations[access.client_id, access.sub]
    )
    return Unauthorized(
        f"this access token expired at {as_text(access.expires_at)}: refresh it",
        finding="expired_token_again" if again else "expired_token",
    )


def former(sandbox: Sandbox, token: FormerToken) -> Unauthorized:
    """The refusal of a token that was taken back, or expired more than a day ago."""
    at = as_text(token.ended_at)
    authorization = sandbox.authorizations.get((token.client_id, token.sub))
    again = _refused_again(sandbox, token.token, authorization)
    if token.ended_by == "time":
        return Unauthorized(
            f"this access token expired at {at}: refresh it",
            finding="expired_token_again" if again else "expired_token",
        )
    if token.ended_by == "application":
        finding = "own_revoked_token"
    else:
        finding = "revoked_token_again" if again else "revoked_token"
    return Unauthorized(
        f"this access token was revoked at {at} by the {token.ended_by}: it needs a new "
        "authorization",
        finding=finding,
    )


def unknown_refresh_token(
    sandbox: Sandbox, application: Application, refresh_token: str
) -> OAuthError:
    """The refusal of a refresh token that does not hold."""
    former = sandbox.former_tokens.get(refresh_token)
    if former is None or former.client_id != application.client_id:
        hint = "this refresh token is unknown to this application: revoked, rotated, or another's"
        return OAuthError("invalid_grant", hint, finding="unknown_grant")
    if former.ended_by == "application":
        finding = "own_revoked_token"
    else:
        # By trying it, an application learns that a person does not want it any more.
        again = _refused_again(sandbox, refresh_token, None)
        finding = "revoked_token_again" if again else "revoked_token"
    return OAuthError(
        "invalid_grant",
        f"this refresh token was revoked at {as_text(former.ended_at)} by the {former.ended_by}: "
        "a new authorization is needed",
        finding=finding,
    )


def _refused_again(sandbox: Sandbox, token: str, authorization: Authorization | None) -> bool:
    """Whether ``token`` was refused before, and nothing newer has been asked for since.

    Calls that were on their way together are refused together: at one moment, some are tolerated.
    """
    issued = sandbox.access_tokens.by("authorization", authorization.key) if authorization else []
    newest, now = issued[-1].token if issued else "", sandbox.now()
    remembered = sandbox.memory.refused
    before = remembered.get(token)
    if before is None or before.newest != newest:
        remembered.put(token, Refusals(newest, now, 1))
        return False
    remembered.put(token, Refusals(newest, before.first, before.count + 1))
    return now > before.first or before.count >= TOLERATED_TOGETHER


def needless_refresh(sandbox: Sandbox, authorization: Authorization) -> str | None:
    """What is wrong with refreshing now; None if nothing is. Asked before the new token."""
    token = tokens.current(sandbox, authorization)
    left = token.expires_at - sandbox.now() if token else 0
    early = sandbox.memory.early
    if 2 * left <= tokens.lifetime(authorization):
        early.put(authorization.key, 0)
        return None
    count = (early.get(authorization.key) or 0) + 1
    early.put(authorization.key, count)
    if count <= TOLERATED_REFRESHES:
        return None
    return (
        "refreshed again and again although an access token has more than half of its life left: "
        "keep it until shortly before it expires"
    )


def retried_too_early(sandbox: Sandbox, request: Hashable, retry_after: str) -> Finding | None:
    """The finding of a ``request`` that is told to wait, and was told so before.

    ``retry_after`` is what it is told now: seconds of the sandbox's clock.
    """
    now, waiting = sandbox.now(), sandbox.memory.told_to_wait
    until = waiting.get(request)
    seconds = int(retry_after) if retry_after.isdecimal() and len(retry_after) < 10 else 0
    waiting.put(request, now + seconds)
    if until is None or now >= until:
        return None
    text = "429 again: the same call was made before the time of its Retry-After was over"
    return Finding.of("retried_too_early", text)
