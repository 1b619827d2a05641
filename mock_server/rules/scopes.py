"""Scopes: what a granted scope string allows (identity §2).

The granted string is kept and echoed verbatim; expansion happens only when an endpoint
asks whether it covers what it needs.
"""

from __future__ import annotations

from functools import lru_cache

GRANULAR = frozenset(
    {
        "create_calendar",
        "read_events",
        "create_event",
        "delete_event",
        "read_free_busy",
        "change_participation_status",
    }
)

# Accepted and without effect; some are still sent by every SDK's defaults, but absent from
# today's docs.
OLD_OF_SDKS = frozenset({"read_account", "list_calendars"})
LEGACY = OLD_OF_SDKS | {"event_reminders", "full_access"}

_WRITE = frozenset({"create_calendar", "create_event", "delete_event"})

# Simplified scopes. Their definitions are not public; the members are assumed, most
# doubtfully create_calendar in the two write scopes and change_participation_status in
# read_write (identity §2.2).
SIMPLIFIED: dict[str, frozenset[str]] = {
    "read_only": frozenset({"read_events", "read_free_busy"}),
    "write_only": _WRITE,
    "read_write": frozenset({"read_events", "read_free_busy", "change_participation_status"})
    | _WRITE,
    "free_busy": frozenset({"read_free_busy"}),
    "free_busy_write": frozenset({"read_free_busy"}) | _WRITE,
}

# The scope that opens the choice of access mode.
FREE_BUSY_WRITE = "free_busy_write"

USER_SCOPES = GRANULAR | LEGACY | SIMPLIFIED.keys()

MANAGE_ACCOUNTS = "service_account/accounts/manage"
UNRESTRICTED_ACCOUNTS = "service_account/accounts/unrestricted_access"
MANAGE_RESOURCES = "service_account/resources/manage"
UNRESTRICTED_RESOURCES = "service_account/resources/unrestricted_access"

# Old spellings, still in an official sample (identity §2.3).
_ALIASES = {
    "service_account/manage_accounts": MANAGE_ACCOUNTS,
    "service_account/manage_resources": MANAGE_RESOURCES,
}

SERVICE_ACCOUNT_SCOPES = frozenset(
    {
        MANAGE_ACCOUNTS,
        UNRESTRICTED_ACCOUNTS,
        MANAGE_RESOURCES,
        UNRESTRICTED_RESOURCES,
        *_ALIASES,
    }
)


def expand(scope: str) -> frozenset[str]:
    """Everything that the space-separated ``scope`` allows, its own words included."""
    # Nobody asks twice for a scope as long as a body may be, and it would be kept.
    return _expanded(scope) if len(scope) <= 1000 else _expanded.__wrapped__(scope)


@lru_cache(maxsize=1024)
def _expanded(scope: str) -> frozenset[str]:
    words = set(scope.split())
    for word in tuple(words):
        words |= SIMPLIFIED.get(word, frozenset())
        if word in _ALIASES:
            words.add(_ALIASES[word])
    if "read_events" in words:
        words.add("read_free_busy")
    return frozenset(words)


def unknown(scope: str, known: frozenset[str]) -> list[str]:
    """The words of ``scope`` that are not in ``known``, in order."""
    return [word for word in scope.split() if word not in known]


def old(scope: str) -> list[str]:
    """The words of ``scope`` that Cronofy has given up."""
    return [word for word in scope.split() if word in LEGACY or word in _ALIASES]


def within(scope: str, limit: str) -> bool:
    """Whether everything ``scope`` allows is allowed by ``limit`` too."""
    return expand(scope) - SIMPLIFIED.keys() - LEGACY <= expand(limit)


def union(first: str, second: str) -> str:
    """Scopes accumulate across authorizations of one account (identity §3.2, assumed)."""
    return " ".join(dict.fromkeys(f"{first} {second}".split()))
