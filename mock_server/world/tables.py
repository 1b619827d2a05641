"""Tables: records by key, with declared indexes, behind one seam for change.

``put`` and ``remove`` are the only ways to change a sandbox. Records are immutable; a
change is a new record put in the old one's place. Indexes marked *routed* hold values
that are unique on the server, and find the sandbox a request belongs to.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from itertools import takewhile
from typing import Any, Generic, TypeVar

from mock_server.world.directory import Clash, Directory

R = TypeVar("R")
D = TypeVar("D")

Keys = Callable[[R], Iterable[Hashable]]


class Declared(Generic[R]):
    """What a table is like: declared once for all sandboxes, each of which has its own.

    ``indexes`` maps an index name to a function from a record to its values there;
    ``routed`` maps a directory namespace to such a function. ``watched``
    tables note every change in the directory, for whoever carries out what follows.

    A sandbox's table is made when it is first asked for: most sandboxes need few of them.
    """

    def __init__(
        self,
        record: type[R],
        key: Callable[[R], Hashable],
        *,
        indexes: Mapping[str, Keys[R]] | None = None,
        routed: Mapping[str, Keys[R]] | None = None,
        watched: bool = False,
    ) -> None:
        self.record = record
        self.key = key
        self.indexes = indexes or {}
        self.routed = routed or {}
        self.watched = watched
        self.name = ""

    def __set_name__(self, _: type[object], name: str) -> None:
        self.name = name

    def __get__(self, owner: Any, _: type[object]) -> Table[R]:
        # From now on the attribute is the table itself.
        table = vars(owner)[self.name] = Table(self, owner, owner.directory)
        return table


class Table(Generic[R]):
    """Records of one kind, in the order they were first put."""

    __slots__ = (
        "_digests",
        "_directory",
        "_indexes",
        "_key",
        "_owner",
        "_routed",
        "_rows",
        "_watched",
        "record",
    )

    def __init__(self, declared: Declared[R], owner: object, directory: Directory) -> None:
        self.record = declared.record
        self._key = declared.key
        self._owner = owner
        self._directory = directory
        self._watched = declared.watched
        self._rows: dict[Hashable, R] = {}
        self._indexes = {
            name: (keys, dict[Hashable, dict[Hashable, None]]())
            for name, keys in declared.indexes.items()
        }
        self._digests: dict[str, dict[Hashable, dict[Callable[[list[R]], Any], Any]]] = {
            name: {} for name in self._indexes
        }
        self._routed = [
            (name, keys, directory.namespace(name)) for name, keys in declared.routed.items()
        ]

    def key(self, record: R) -> Hashable:
        """What ``record`` is found by."""
        return self._key(record)

    def get(self, key: Hashable) -> R | None:
        return self._rows.get(key)

    def __getitem__(self, key: Hashable) -> R:
        return self._rows[key]

    def __contains__(self, key: Hashable) -> bool:
        return key in self._rows

    def __iter__(self) -> Iterator[R]:
        return iter(list(self._rows.values()))

    def __len__(self) -> int:
        return len(self._rows)

    def by(self, index: str, value: Hashable) -> list[R]:
        """All records with ``value`` in ``index``, in the order they were first put."""
        keys = self._indexes[index][1].get(value)
        return [self._rows[key] for key in keys] if keys else []

    def one(self, index: str, value: Hashable) -> R | None:
        """The first such record, or None."""
        keys = self._indexes[index][1].get(value)
        return self._rows[next(iter(keys))] if keys else None

    def count(self, index: str, value: Hashable) -> int:
        """How many records have ``value`` in ``index``."""
        return len(self._indexes[index][1].get(value, ()))

    def among(self, index: str, values: Iterable[Hashable]) -> list[R]:
        """All records with any of ``values`` in ``index``, each once."""
        buckets = self._indexes[index][1]
        found: dict[Hashable, None] = {}
        for value in values:
            if (keys := buckets.get(value)) is not None:
                found.update(keys)
        return [self._rows[key] for key in found]

    def digest(self, index: str, value: Hashable, make: Callable[[list[R]], D]) -> D | None:
        """What ``make`` makes of all records with ``value`` in ``index``; None if there are none.

        Kept until one of them changes, so ``make`` may depend on nothing else.
        """
        made = self._digests[index].get(value)
        if made is None:
            if value not in self._indexes[index][1]:
                return None
            made = self._digests[index][value] = {}
        if make not in made:
            made[make] = make(self.by(index, value))
        digest: D = made[make]
        return digest

    def leading(
        self, wanted: Callable[[R], bool], index: str | None = None, value: Hashable = None
    ) -> list[R]:
        """The oldest records (with ``value`` in ``index``) as long as they are ``wanted``.

        What follows the first that is not is not looked at, so that dropping what has
        expired costs nothing where nothing has.
        """
        if index is None:
            rows: Iterable[R] = self._rows.values()
        else:
            rows = (self._rows[key] for key in self._indexes[index][1].get(value, ()))
        return list(takewhile(wanted, rows))

    def put(self, record: R) -> R:
        """Store ``record`` in place of the one with its key.

        Raises :class:`Clash`, with nothing changed, if one of its routed values is held by
        anything else on this server.
        """
        key = self._key(record)
        old = self._rows.get(key)
        for name, keys, held in self._routed:
            before = _values(keys, old)
            for value in keys(record):
                if value in held and value not in before:
                    raise Clash(name, value)
        self._rows[key] = record
        self._reindex(key, old, record)
        if self._watched:
            self._directory.changes[self._owner, self.record, key] = None
        return record

    def differences(self, rows: Mapping[Hashable, R]) -> tuple[list[Hashable], list[Hashable]]:
        """The keys that must go, and those that must come, to make the table hold ``rows``."""
        mine = self._rows
        # Mostly they are the very same record.
        leaving = [k for k, r in mine.items() if (other := rows.get(k)) is not r and other != r]
        coming = [k for k, r in rows.items() if (other := mine.get(k)) is not r and other != r]
        return leaving, coming

    def leave(self, keys: Iterable[Hashable]) -> None:
        """Remove the records with ``keys``, all of which there are."""
        for key in keys:
            self.remove(key)

    def come(self, rows: Mapping[Hashable, R], keys: Iterable[Hashable]) -> None:
        """Put those of ``rows`` with ``keys``, which makes them all, in their order."""
        coming = dict.fromkeys(keys)
        stayed = [key for key in self._rows if key not in coming]
        in_order = stayed == [key for key in rows if key not in coming]
        for key in coming:
            self.put(rows[key])
        if in_order and not coming:
            return
        self._rows = {key: self._rows[key] for key in rows}
        order = {key: place for place, key in enumerate(rows)}
        moved = coming if in_order else order
        for name, (values, entries) in self._indexes.items():
            for value in {value for key in moved for value in values(rows[key])}:
                bucket = entries[value]
                if len(bucket) > 1:
                    entries[value] = dict.fromkeys(sorted(bucket, key=order.__getitem__))
                    self._digests[name].pop(value, None)

    def routes(self, record: R) -> Iterator[tuple[str, Hashable, bool]]:
        """``(namespace, value, whether another sandbox holds it)`` of its routed values."""
        for name, keys, held in self._routed:
            for value in _values(keys, record):
                yield name, value, held.get(value, self._owner) is not self._owner

    def remove(self, key: Hashable) -> None:
        """Remove the record with ``key``; nothing happens if there is none."""
        old = self._rows.pop(key, None)
        if old is not None:
            self._reindex(key, old, None)
            if self._watched:
                self._directory.changes[self._owner, self.record, key] = None

    def _reindex(self, key: Hashable, old: R | None, new: R | None) -> None:
        """Move ``key`` in every index; an unchanged value keeps its place in the order."""
        for name, (keys, entries) in self._indexes.items():
            before, after = _values(keys, old), _values(keys, new)
            if digests := self._digests[name]:
                for value in before | after:
                    digests.pop(value, None)
            for value in before - after:
                bucket = entries[value]
                del bucket[key]
                if not bucket:
                    del entries[value]
            for value in after - before:
                entries.setdefault(value, {})[key] = None
        for _, keys, held in self._routed:
            before, after = _values(keys, old), _values(keys, new)
            for value in before - after:
                del held[value]
            for value in after - before:
                held[value] = self._owner

    def rows(self) -> dict[Hashable, R]:
        """A copy of the references, for a snapshot."""
        return dict(self._rows)

    def clear(self) -> None:
        """Remove everything."""
        self.leave(list(self._rows))

    @property
    def is_routed(self) -> bool:
        """Whether anything finds its records from outside."""
        return bool(self._routed)


def _values(keys: Keys[R], record: R | None) -> set[Hashable]:
    return set() if record is None else set(keys(record))
