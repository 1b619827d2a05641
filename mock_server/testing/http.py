"""httpx clients for the emulator: no redirects followed, no proxies, no cookies yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx

# Seconds that the emulator has for an answer, besides those that it was asked to wait.
PATIENCE = 30.0


def sync_http(base_url: str) -> httpx.Client:
    """One that is to be closed."""
    import httpx

    return httpx.Client(**_options(base_url))


def async_http(base_url: str) -> httpx.AsyncClient:
    """One that keeps no connection, so that it may be used in one event loop after another,
    and nothing is left open where nobody closes it.
    """
    import httpx

    limits = httpx.Limits(max_keepalive_connections=0)
    return httpx.AsyncClient(**_options(base_url), limits=limits)


def _options(base_url: str) -> dict[str, Any]:
    return {
        "base_url": base_url,
        "trust_env": False,
        # Certificates take a while to load.
        "verify": base_url.startswith("https:"),
        "timeout": PATIENCE,
    }
