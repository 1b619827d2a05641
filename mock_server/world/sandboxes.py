"""The sandboxes of one server."""

from __future__ import annotations

from collections.abc import Iterator

from mock_server.world.directory import Directory
from mock_server.world.findings import Ledger
from mock_server.world.sandbox import Sandbox
from mock_server.world.switches import Strictness, Switches


class Sandboxes:
    """The living sandboxes of one server, and the directory that finds them.

    ``strictness`` is that of sandboxes whose scenario does not say. The ``ledger`` sums up what
    was found in sandboxes that have ended or begun anew, and in calls that reached none.
    """

    def __init__(
        self, base_url: str = "http://127.0.0.1:8282", strictness: Strictness = "cronofy"
    ) -> None:
        self.base_url = base_url
        self.switches = Switches(strictness=strictness)
        self.ledger = Ledger()
        self.directory = Directory()
        self._living: dict[str, Sandbox] = {}
        self._created = 0

    def get(self, sandbox_id: str) -> Sandbox | None:
        return self._living.get(sandbox_id)

    def __contains__(self, sandbox_id: str) -> bool:
        return sandbox_id in self._living

    def __iter__(self) -> Iterator[Sandbox]:
        return iter(list(self._living.values()))

    def __len__(self) -> int:
        return len(self._living)

    def new_id(self) -> str:
        """A sandbox id that no living sandbox has: ``sbx_1``, ``sbx_2``, …"""
        while True:
            self._created += 1
            sandbox_id = f"sbx_{self._created}"
            if sandbox_id not in self._living:
                return sandbox_id

    def open(self, sandbox_id: str, seed: int, *, start: int | None = None) -> Sandbox:
        """A new, empty sandbox, not yet living."""
        sandbox = Sandbox(sandbox_id, seed, self.directory, start=start, base_url=self.base_url)
        sandbox.switches = self.switches
        return sandbox

    def add(self, sandbox: Sandbox) -> None:
        """Let ``sandbox`` live; its first state is what a reset returns to."""
        sandbox.origin = sandbox.state()
        self._living[sandbox.sandbox_id] = sandbox

    def reset(self, sandbox: Sandbox) -> None:
        """Let ``sandbox`` begin anew; what was found in it until now is kept here."""
        self.ledger.merge(sandbox.ledger)
        sandbox.reset()

    def discard(self, sandbox: Sandbox) -> None:
        """End ``sandbox``: its credentials are free again."""
        self.ledger.merge(sandbox.ledger)
        sandbox.end()
        self._living.pop(sandbox.sandbox_id, None)
