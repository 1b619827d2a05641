"""The journal: what was asked of a sandbox lately and what it answered, in a bounded ring."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import chain

import msgspec

from mock_server.world.directory import Directory
from mock_server.world.findings import Finding, Ledger

JOURNAL_SIZE = 1000

# Characters kept of any one text: a ring of a thousand long ones would not be small.
_MOST_TEXT = 1000

# Bytes kept of one body, and of everything that came and went in a journal's requests together.
MOST_BODY = 64 * 1024
MOST_BYTES = 4 * 1024 * 1024

Headers = list[tuple[bytes, bytes]]

# Between names and values, neither of which may have it.
_LINE = b"\r\n"


def head(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """``headers`` as they are kept: in one piece, of a thousand requests many objects less."""
    return _LINE.join(chain.from_iterable(headers))


def _headers(head: bytes) -> Headers:
    lines = head.split(_LINE) if head else []
    return list(zip(lines[::2], lines[1::2], strict=False))


class Entry(msgspec.Struct, gc=False):
    """One request with its answer: ``at`` in seconds since the epoch, ``duration`` in
    microseconds.

    Everything is kept as it came, so that recording costs next to nothing; whoever shows it
    shortens the secrets in it. Long texts and bodies are kept in part. ``operation`` is the
    endpoint or page (``GET /v1/events``), None for a path that nobody has.
    ``number`` counts the sandbox's requests from 1, whether or not they are kept.
    """

    at: int
    method: str
    path: str
    status: int
    duration: int
    operation: str | None = None
    client_id: str | None = None
    sub: str | None = None
    hint: str | None = None
    findings: tuple[Finding, ...] = ()
    fault_id: str | None = None
    outage_id: str | None = None
    query: bytes = b""
    request_head: bytes = b""
    request_body: bytes = b""
    response_head: bytes = b""
    response_body: bytes = b""
    # How long the bodies were before they were cut off or dropped.
    request_size: int = 0
    response_size: int = 0
    number: int = 0
    # Bytes of query, headers and bodies, and whether they are still there.
    weight: int = 0
    whole: bool = True

    def __post_init__(self) -> None:
        self.path = self.path[:_MOST_TEXT]
        self.query = self.query[:MOST_BODY]
        if self.hint:
            self.hint = self.hint[:_MOST_TEXT]
        self.request_size, self.response_size = len(self.request_body), len(self.response_body)
        if self.request_size > MOST_BODY:
            self.request_body = self.request_body[:MOST_BODY]
        if self.response_size > MOST_BODY:
            self.response_body = self.response_body[:MOST_BODY]
        bodies = len(self.request_body) + len(self.response_body)
        self.weight = len(self.query) + len(self.request_head) + len(self.response_head) + bodies

    @property
    def request_headers(self) -> Headers:
        return _headers(self.request_head)

    @property
    def response_headers(self) -> Headers:
        return _headers(self.response_head)

    def lighten(self) -> None:
        """Drop query, headers and bodies."""
        self.query = self.request_body = self.response_body = b""
        self.request_head = self.response_head = b""
        self.weight = 0
        self.whole = False


class Journal:
    """The latest requests; of the oldest, only an outline is kept when there is too much of them.

    What is found in them is summed up in the ``ledger``. While somebody has said by ``awaited``
    that they wait for a request, each is a change in the ``directory`` under the name ``owner``.
    """

    __slots__ = (
        "_directory",
        "_entries",
        "_heavy",
        "_ledger",
        "_owner",
        "_weight",
        "awaited",
        "count",
    )

    def __init__(self, owner: object, directory: Directory, ledger: Ledger) -> None:
        self._owner = owner
        self._directory = directory
        self._ledger = ledger
        self._entries: deque[Entry] = deque()
        # Those that are whole.
        self._heavy: deque[Entry] = deque()
        self._weight = 0
        self.count = 0
        self.awaited = 0

    def append(self, entry: Entry) -> None:
        """Keep ``entry``, give it its number, and sum up what was found."""
        self.count += 1
        entry.number = self.count
        self._entries.append(entry)
        self._heavy.append(entry)
        self._weight += entry.weight
        if len(self._entries) > JOURNAL_SIZE:
            oldest = self._entries.popleft()
            if oldest.whole:
                self._lighten()
        while self._weight > MOST_BYTES:
            self._lighten()
        if entry.operation is not None or entry.findings:
            self._ledger.add(
                entry.operation,
                entry.status,
                entry.number,
                entry.findings,
                faulty=entry.fault_id is not None or entry.outage_id is not None,
            )
        if self.awaited:
            self._directory.changes[self._owner, Entry, self.count] = None

    def _lighten(self) -> None:
        oldest = self._heavy.popleft()
        self._weight -= oldest.weight
        oldest.lighten()

    def __iter__(self) -> Iterator[Entry]:
        """Oldest first."""
        return iter(list(self._entries))

    def __len__(self) -> int:
        return len(self._entries)

    def clear(self) -> None:
        """Forget the requests; numbers go on."""
        self._entries.clear()
        self._heavy.clear()
        self._weight = 0
