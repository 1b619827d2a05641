"""What a sandbox costs: to create and to delete among a thousand, to reset and to snapshot."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from statistics import median, quantiles
from typing import Any

from benchmarks.processes import EMULATOR, resident_megabytes, running

ALIVE = 1000
ROUNDS = 2000
EVENTS = 10_000


class Emulator:
    """A running emulator, by one connection that is kept open."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port)

    def close(self) -> None:
        self._connection.close()

    def ask(self, method: str, path: str, document: Any = None, token: str = "") -> Any:
        """The answer's document; raises for a refusal."""
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        body = None if document is None else json.dumps(document)
        self._connection.request(method, path, body, headers)
        response = self._connection.getresponse()
        content = response.read()
        if response.status >= 400:
            raise RuntimeError(f"{method} {path}: {response.status} {content[:300]!r}")
        return json.loads(content) if content else None

    def control(self, method: str, path: str, document: Any = None) -> Any:
        return self.ask(method, f"/_mock/sandboxes{path}", document)

    def create(self) -> str:
        sandbox_id: str = self.control("POST", "", {})["sandbox_id"]
        return sandbox_id

    def delete(self, sandbox_id: str) -> None:
        self.control("DELETE", f"/{sandbox_id}")


def report() -> None:
    with running(EMULATOR, "/_mock/health") as (port, pid, _):
        emulator = Emulator(port)
        _report_lives(emulator)
        _report_memory(emulator, pid)
        _report_large(emulator)
        emulator.close()


def _report_lives(emulator: Emulator) -> None:
    alive = [emulator.create() for _ in range(ALIVE)]
    taken = lives(emulator, ROUNDS)
    print(f"A sandbox among {ALIVE:,} living ones, whole calls over a socket, {ROUNDS} rounds")
    for name, times in taken.items():
        p99 = quantiles(times, n=100)[98]
        print(f"  {name:<22} {median(times) * 1000:6.2f} ms   p99 {p99 * 1000:6.2f} ms")
    for sandbox_id in alive:
        emulator.delete(sandbox_id)


def lives(emulator: Emulator, rounds: int) -> dict[str, list[float]]:
    """Seconds of each call, and of a sandbox's creation and deletion together."""
    taken: dict[str, list[float]] = {}
    for _ in range(rounds):
        idle = _timed(lambda: emulator.ask("GET", "/_mock/health"))
        started = time.perf_counter()
        sandbox_id = emulator.create()
        created = time.perf_counter()
        emulator.delete(sandbox_id)
        ended = time.perf_counter()
        for name, seconds in (
            ("health, to compare", idle),
            ("create", created - started),
            ("delete", ended - created),
            ("create and delete", ended - started),
        ):
            taken.setdefault(name, []).append(seconds)
    return taken


def _report_memory(emulator: Emulator, pid: int) -> None:
    sizes = [resident_megabytes(pid)]
    for _ in range(3):
        use(emulator, ALIVE)
        sizes.append(resident_megabytes(pid))
    shown = ", ".join(f"{size:.1f}" for size in sizes)
    print(f"  memory after {ALIVE:,} more were created, used and deleted, thrice: {shown} MB")


def use(emulator: Emulator, count: int) -> None:
    """``count`` sandboxes are alive together, used each, and end."""
    opened = [emulator.create() for _ in range(count)]
    for sandbox_id in opened:
        jane = emulator.control("POST", f"/{sandbox_id}/connect", {"email": "jane@acme.test"})
        token = jane["access_token"]
        (calendar,) = emulator.ask("GET", "/v1/calendars", token=token)["calendars"]
        path = f"/v1/calendars/{calendar['calendar_id']}/events"
        times = {"start": "2026-05-12T10:00:00Z", "end": "2026-05-12T11:00:00Z"}
        event = {"event_id": "one", "summary": "Interview", **times}
        emulator.ask("POST", path, event, token)
        emulator.ask("GET", "/v1/events?tzid=Etc/UTC", token=token)
    for sandbox_id in opened:
        emulator.delete(sandbox_id)


def _report_large(emulator: Emulator) -> None:
    sandbox_id = emulator.create()
    emulator.control("POST", f"/{sandbox_id}/connect", {"email": "jane@acme.test"})
    fill(emulator, sandbox_id, EVENTS)
    snapshot = emulator.control("GET", f"/{sandbox_id}/snapshot")
    since = f"/{sandbox_id}/diff?since={snapshot['snapshot_id']}"
    work: dict[str, Callable[[], Any]] = {
        "snapshot": lambda: emulator.control("GET", f"/{sandbox_id}/snapshot"),
        "diff, nothing changed": lambda: emulator.control("GET", since),
        "put back": lambda: emulator.control("PUT", f"/{sandbox_id}/snapshot", snapshot),
        "reset": lambda: emulator.control("POST", f"/{sandbox_id}/reset"),
    }
    print(f"A sandbox with {EVENTS:,} events, whole calls with their documents")
    for name, action in work.items():
        times = []
        for _ in range(5):
            times.append(_timed(action))
            if name == "reset":
                # What a reset takes away has to be there first.
                emulator.control("PUT", f"/{sandbox_id}/snapshot", snapshot)
        print(f"  {name:<22} {median(times) * 1000:6.0f} ms")
    print()
    emulator.delete(sandbox_id)


def fill(emulator: Emulator, sandbox_id: str, count: int) -> None:
    """``count`` events in Jane's calendar, half an hour each."""
    events = []
    for index in range(count):
        day, slot = divmod(index, 40)
        hour, half = divmod(slot, 2)
        start = f"{2026 + day // 336}-{1 + day % 336 // 28:02}-{1 + day % 28:02}T{hour:02}"
        times = {"start": f"{start}:{half * 30:02}:00Z", "end": f"{start}:{half * 30 + 25}:00Z"}
        events.append({"summary": f"Meeting {index}", **times})
    path = f"/{sandbox_id}/people/jane@acme.test/events"
    emulator.control("POST", path, {"events": events})


def _timed(action: Callable[[], Any]) -> float:
    started = time.perf_counter()
    action()
    return time.perf_counter() - started
