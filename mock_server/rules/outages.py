"""Outages of calendar providers and of Cronofy's data centers: what is out of order now.

While a provider is, nothing passes its boundary: Cronofy answers what it has, and takes what
applications write (rules/recovery.py: what follows). While a data center is, nothing answers its
applications.
"""

from __future__ import annotations

from mock_server.rules import providers
from mock_server.world.accounts import Profile
from mock_server.world.outages import Outage
from mock_server.world.sandbox import Sandbox

MOST_OUTAGES = 100


def of_provider(sandbox: Sandbox, provider: str) -> Outage | None:
    """The outage of ``provider`` (its key) that is on, if there is one."""
    now = sandbox.now()
    for outage in sandbox.outages:
        if outage.provider == provider and outage.window.is_open(now):
            return outage
    return None


def of_profile(sandbox: Sandbox, profile: Profile) -> Outage | None:
    """That of the provider whose calendars ``profile`` shows; Cronofy's own have none."""
    if not sandbox.outages:
        return None
    key = providers.key_behind(sandbox, profile)
    return None if key is None else of_provider(sandbox, key)


def of_service(sandbox: Sandbox, service: str) -> Outage | None:
    """That of the provider which a conferencing service belongs to."""
    for provider in providers.PROVIDERS.values():
        if provider.integrated_conferencing == service:
            return of_provider(sandbox, provider.key)
    return None


def of_data_center(sandbox: Sandbox, client_id: str | None) -> Outage | None:
    """The outage that is on where the application has its data, if there is one."""
    application = sandbox.applications.get(client_id)
    if application is None:
        return None
    now = sandbox.now()
    for outage in sandbox.outages:
        if outage.data_center == application.data_center and outage.window.is_open(now):
            return outage
    return None
