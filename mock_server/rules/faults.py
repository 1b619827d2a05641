"""Faults: which calls they meet (design: what a test breaks on purpose)."""

from __future__ import annotations

from collections.abc import Callable

from mock_server.errors import (
    CronofyError,
    Forbidden,
    Locked,
    NotFound,
    OAuthError,
    PaymentRequired,
    TooManyRequests,
    Unauthorized,
    Unprocessable,
)
from mock_server.rules import providers
from mock_server.world.faults import Fault, Match, Response
from mock_server.world.path_patterns import matches
from mock_server.world.records import Record, replace
from mock_server.world.sandbox import Sandbox
from mock_server.world.windows import ALWAYS, Window

MOST_FAULTS = 1000

# Cronofy's refusals by name, each made with its hint.
ERRORS: dict[str, Callable[[str], CronofyError]] = {
    "rate_limited": lambda hint: TooManyRequests(hint, seconds=1),
    "unauthorized": Unauthorized,
    "payment_required": PaymentRequired,
    "forbidden": Forbidden,
    "not_found": NotFound,
    "unprocessable": lambda hint: Unprocessable.of(
        "event_id", "errors.not_recognized", "not recognized", hint
    ),
    "locked": Locked,
    "invalid_grant": lambda hint: OAuthError("invalid_grant", hint),
    "invalid_client": lambda hint: OAuthError("invalid_client", hint),
}

# What a server that is in trouble answers, with no body.
SERVER_ERRORS = {
    "internal_error": 500,
    "bad_gateway": 502,
    "unavailable": 503,
    "gateway_timeout": 504,
}

# A chance is one of so many, all alike.
_CHANCES = 2**48


class Asked(Record, frozen=True):
    """A call as faults see it: what it asks, and who does, as far as that can be told.

    ``credentials`` are whatever it carries to say so.
    """

    method: str
    path: str
    credentials: frozenset[str] = frozenset()
    client_id: str | None = None
    sub: str | None = None


def add(
    sandbox: Sandbox,
    match: Match,
    response: Response,
    *,
    after: int = 0,
    times: int | None = None,
    probability: float = 1.0,
    window: Window = ALWAYS,
) -> Fault:
    """One more fault, behind those that there are."""
    return sandbox.faults.put(
        Fault(
            fault_id=f"flt_{sandbox.ids.mailbox('fault')[:24]}",
            match=match,
            response=response,
            after=after,
            times=times,
            probability=probability,
            window=window,
        )
    )


def remove(sandbox: Sandbox, fault: Fault) -> None:
    """Take ``fault`` back; the calls that it holds go on."""
    sandbox.faults.remove(fault.fault_id)
    sandbox.held.release(fault.fault_id)


def meet(sandbox: Sandbox, asked: Asked) -> Fault | None:
    """The oldest fault that hits this call, after it has been counted; None lets it through.

    Those behind it do not see the call.
    """
    now = sandbox.now()
    for fault in sandbox.faults:
        if fault.is_used_up or not fault.window.is_open(now):
            continue
        if not _fits(sandbox, fault.match, asked):
            continue
        fault = replace(fault, matched=fault.matched + 1)
        hit = fault.matched > fault.after and _by_chance(sandbox, fault)
        fault = sandbox.faults.put(replace(fault, hits=fault.hits + 1) if hit else fault)
        if hit:
            return fault
    return None


def _by_chance(sandbox: Sandbox, fault: Fault) -> bool:
    if fault.probability >= 1:
        return True
    return sandbox.ids.number("chance") < fault.probability * _CHANCES


def _fits(sandbox: Sandbox, match: Match, asked: Asked) -> bool:
    if match.methods and asked.method not in match.methods:
        return False
    if match.path is not None and not matches(match.path, asked.path):
        return False
    if match.credential is not None and match.credential not in (
        asked.client_id,
        asked.sub,
        *asked.credentials,
    ):
        return False
    if match.data_center is not None:
        application = sandbox.applications.get(asked.client_id)
        if application is None or application.data_center != match.data_center:
            return False
    return match.provider is None or _is_of(sandbox, asked.sub, match.provider)


def _is_of(sandbox: Sandbox, sub: str | None, provider: str) -> bool:
    """Whether the account ``sub`` has a calendar account at ``provider``."""
    return any(
        providers.key_behind(sandbox, profile) == provider
        for profile in sandbox.profiles.by("sub", sub)
    )
