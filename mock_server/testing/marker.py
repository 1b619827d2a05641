"""The marker ``cronofy``: what a test wants its sandbox to be like."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

_OF_THE_SANDBOX = ("scenario", "seed", "clock", "sandbox_id", "exact")
_KNOWN = (*_OF_THE_SANDBOX, "switches", "unused_faults")


class Wishes(NamedTuple):
    """``sandbox`` are the arguments it is opened with."""

    sandbox: dict[str, Any]
    switches: dict[str, Any]
    unused_faults: str | None


def wishes(item: pytest.Item) -> Wishes:
    """Of all markers of ``item``: what the test says counts before its class and module."""
    together: dict[str, Any] = {}
    for marker in reversed(list(item.iter_markers("cronofy"))):
        if marker.args:
            raise pytest.UsageError(f"@pytest.mark.cronofy takes keywords only: {_listed()}")
        for name in marker.kwargs:
            if name not in _KNOWN:
                raise pytest.UsageError(f"@pytest.mark.cronofy has no {name}: {_listed()}")
        together.update(marker.kwargs)
    return Wishes(
        {name: together[name] for name in _OF_THE_SANDBOX if name in together},
        together.get("switches") or {},
        together.get("unused_faults"),
    )


def _listed() -> str:
    return f"it takes {', '.join(_KNOWN)}"
