"""The marker ``cronofy``: what a test wants its sandbox to be like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mock_server.testing.scenario_files import is_file
from mock_server.testing.unused import CHOICES

if TYPE_CHECKING:
    import pytest

    from mock_server.testing import MockCronofy, Sandbox

_OF_THE_SANDBOX = ("scenario", "seed", "clock", "sandbox_id", "exact")
_KNOWN = (*_OF_THE_SANDBOX, "switches", "unused_faults")


class Wishes(NamedTuple):
    """``sandbox`` are the arguments that it is opened with, ``switches`` those set then."""

    sandbox: dict[str, Any]
    switches: dict[str, Any]
    unused_faults: str | None

    def open(self, client: MockCronofy) -> Sandbox:
        """A sandbox like that. Raises ControlError, and what a file may raise."""
        sandbox = client.sandbox(**self.sandbox)
        if self.switches:
            try:
                sandbox.switches.set(**self.switches)
            except BaseException:
                sandbox.delete()
                raise
        return sandbox


def wishes(item: pytest.Item) -> Wishes:
    """Of all markers of ``item``: what a test says counts before its class and its module.

    Raises ValueError for a marker that says something else.
    """
    together: dict[str, Any] = {}
    for marker in reversed(list(item.iter_markers("cronofy"))):
        if marker.args:
            raise _wrong(f"{marker.args[0]!r} without a name")
        for name in marker.kwargs:
            if name not in _KNOWN:
                raise _wrong(name)
        together.update(marker.kwargs)
    unused = together.get("unused_faults")
    if unused not in (None, *CHOICES):
        raise _wrong(f"unused_faults={unused!r}", f"one of {', '.join(CHOICES)}")
    sandbox = {name: together[name] for name in _OF_THE_SANDBOX if name in together}
    if is_file(scenario := sandbox.get("scenario", "")):
        # A path counts from the test's folder.
        sandbox["scenario"] = item.path.parent / scenario
    return Wishes(sandbox, together.get("switches") or {}, unused)


def _wrong(found: str, expected: str = f"keywords: {', '.join(_KNOWN)}") -> ValueError:
    return ValueError(f"@pytest.mark.cronofy: found {found}, expected {expected}")
