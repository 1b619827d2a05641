"""A sandbox: one complete, isolated world."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import Any, NamedTuple

from mock_server.world.clock import Clock
from mock_server.world.directory import Clash, Directory
from mock_server.world.findings import Ledger
from mock_server.world.held import Held
from mock_server.world.ids import Ids
from mock_server.world.journal import Journal
from mock_server.world.memory import Memory
from mock_server.world.outbox import Message
from mock_server.world.records import Record
from mock_server.world.schema import Schema
from mock_server.world.switches import Switches
from mock_server.world.tables import Table


class State(Record, frozen=True):
    """A moment of a sandbox: references to its records, its counters and its clock."""

    tables: dict[str, dict[Hashable, Any]]
    counts: dict[str, int]
    clock: tuple[int | None, int]
    switches: Switches


# The name of the state that the scenario left, beside those of snapshots.
START = "start"

# Snapshots that a sandbox remembers.
_MOST_SNAPSHOTS = 20


class Kept(NamedTuple):
    """A state and when it was taken, by the sandbox's clock; None if that was running."""

    state: State
    at: int | None


class Sandbox(Schema):
    """Records in tables, a clock, and a source of identifiers. Rules are functions over it."""

    def __init__(
        self,
        sandbox_id: str,
        seed: int,
        directory: Directory,
        *,
        start: int | None = None,
        base_url: str = "http://127.0.0.1:8282",
    ) -> None:
        super().__init__(directory)
        self.sandbox_id = sandbox_id
        # Where addresses in mails lead; answers use the host they were asked on.
        self.base_url = base_url
        self.seed = seed
        self.scenario: str | None = None
        self.clock = Clock(start)
        self.ids = Ids(seed, sandbox_id)
        self.switches = Switches()
        self.ledger = Ledger()
        self.memory = Memory()
        self.origin: State | None = None
        # The latest ones, by their ids.
        self.snapshots: dict[str, Kept] = {}

    @cached_property
    def journal(self) -> Journal:
        """What was asked lately."""
        return Journal(self, self.directory, self.ledger)

    @cached_property
    def held(self) -> Held:
        """The calls that wait until a test lets them go."""
        return Held()

    def now(self) -> int:
        return self.clock.now()

    def state(self) -> State:
        """This moment, to come back to: a copy of references."""
        return State(
            tables={name: table.rows() for name, table in self.made().items() if len(table)},
            counts=dict(self.ids.counts),
            clock=self.clock.state(),
            switches=self.switches,
        )

    def keep(self, snapshot_id: str) -> None:
        """Remember this moment, to compare with; what the one before holds, too, is shared."""
        state = self.state()
        before = next(reversed(self.snapshots.values()), None)
        for name, rows in state.tables.items():
            if before is not None and before.state.tables.get(name) == rows:
                state.tables[name] = before.state.tables[name]
        self.snapshots.pop(snapshot_id, None)
        self.snapshots[snapshot_id] = Kept(state, self.now())
        while len(self.snapshots) > _MOST_SNAPSHOTS:
            del self.snapshots[next(iter(self.snapshots))]

    def kept(self, snapshot_id: str) -> Kept | None:
        """What is remembered under that name, or the state that the scenario left."""
        if snapshot_id == START and self.origin is not None:
            return Kept(self.origin, self.origin.clock[0])
        return self.snapshots.get(snapshot_id)

    def tables_of(self, state: State) -> dict[str, Table[Any]]:
        """The tables that hold something, now or in ``state``."""
        return {**self.made(), **{name: getattr(self, name) for name in state.tables}}

    def restore(self, state: State) -> None:
        """Become what ``state`` was, and forget what was remembered of calls since.

        Raises :class:`~mock_server.world.directory.Clash`, with nothing changed, if another
        sandbox has taken one of its credentials since, or two of its records share one.
        """
        self._become(state)
        self.memory.clear()

    def _become(self, state: State) -> None:
        """Costs what has changed since, and a look at the rest. Raises Clash."""
        tables = self.tables_of(state)
        steps = []
        for name, table in tables.items():
            rows = state.tables.get(name, {})
            steps.append((table, rows, *table.differences(rows)))
        if any(coming and table.is_routed for table, _, _, coming in steps):
            _check_routes(steps)
        earlier = set(self.directory.changes)
        # A credential may move from one table or record to another, so all go before any comes.
        for table, _, leaving, _ in steps:
            table.leave(leaving)
        for table, rows, _, coming in steps:
            table.come(rows, coming)
        # A mail that comes back into a mailbox is no new mail.
        for owner, record, key in set(self.directory.changes) - earlier:
            if owner is self and record is Message:
                del self.directory.changes[owner, record, key]
        self.ids.counts = dict(state.counts)
        self.clock.restore(state.clock)
        self.switches = state.switches

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """All or nothing: what raises inside leaves the sandbox as it was before."""
        before = self.state()
        try:
            yield
        except BaseException:
            self._become(before)
            raise

    def end(self) -> None:
        """Let go of everything, credentials first.

        Tables and journal know their sandbox; without them it is gone as soon as nobody asks
        for it any more, and needs no collector of garbage.
        """
        for name, table in self.made().items():
            table.clear()
            del vars(self)[name]
        vars(self).pop("journal", None)
        self.held.end()
        self.origin = None
        self.snapshots.clear()

    def reset(self) -> None:
        """Back to the state the scenario left, with an empty journal and nothing found wrong."""
        if self.origin is not None:
            self.restore(self.origin)
        self.held.end()
        self.journal.clear()
        self.journal.count = 0
        self.ledger.clear()
        self.memory.clear()


def _check_routes(steps: Iterable[tuple[Table[Any], Mapping[Hashable, Any], Any, Any]]) -> None:
    """Raise Clash where a credential is another sandbox's, or two records share one."""
    seen = set()
    for table, rows, _, _ in steps:
        for record in rows.values() if table.is_routed else ():
            for namespace, value, taken in table.routes(record):
                if taken or (namespace, value) in seen:
                    raise Clash(namespace, value)
                seen.add((namespace, value))
