"""How outages begin and end, and what follows when one is over."""

from __future__ import annotations

from mock_server.rules import meeting_timers, outages, providers, synchronization, timers
from mock_server.world.outages import Outage
from mock_server.world.sandbox import Sandbox
from mock_server.world.windows import ALWAYS, Window

# The kind of timer (rules/due.py).
RECOVER = "recover_provider"


def begin(
    sandbox: Sandbox,
    *,
    provider: str | None = None,
    data_center: str | None = None,
    window: Window = ALWAYS,
) -> Outage:
    """One more outage; it is over when its ``window`` ends, or when it is ended."""
    outage = sandbox.outages.put(
        Outage(
            outage_id=f"out_{sandbox.ids.mailbox('outage')[:24]}",
            provider=provider,
            data_center=data_center,
            window=window,
        )
    )
    if provider is not None and window.ends is not None:
        timers.schedule(sandbox, RECOVER, (outage.outage_id,), window.ends - sandbox.now())
    return outage


def end(sandbox: Sandbox, outage: Outage) -> None:
    """It is over, and forgotten."""
    sandbox.outages.remove(outage.outage_id)
    timers.cancel(sandbox, RECOVER, (outage.outage_id,))
    if outage.provider is not None:
        _recover(sandbox, outage.provider)


def recover(sandbox: Sandbox, outage_id: str) -> None:
    """The timer's rule: an outage is over by itself."""
    outage = sandbox.outages.get(outage_id)
    if outage is not None and outage.provider is not None:
        _recover(sandbox, outage.provider)


def _recover(sandbox: Sandbox, provider: str) -> None:
    """The provider gets what was written, and whatever has changed there is seen."""
    if outages.of_provider(sandbox, provider) is not None:
        return  # of another outage
    for profile in sandbox.profiles:
        if providers.key_behind(sandbox, profile) == provider:
            synchronization.synchronize_profile(sandbox, profile.profile_id)
    meeting_timers.hasten(sandbox)
