"""Cold start to the first healthy answer, and resident memory when idle."""

from __future__ import annotations

from statistics import median

from benchmarks.processes import BARE, EMULATOR, resident_megabytes, running

ROUNDS = 11


def report() -> None:
    print(f"Cold start and memory, median of {ROUNDS} (and range)")
    for name, command, path in (
        ("mock-cronofy serve", EMULATOR, "/_mock/health"),
        ("bare Starlette", BARE, "/"),
    ):
        seconds, megabytes = [], []
        for _ in range(ROUNDS):
            with running(command, path) as (_, pid, taken):
                seconds.append(taken * 1000)
                megabytes.append(resident_megabytes(pid))
        print(
            f"  {name:<20} {median(seconds):6.0f} ms ({min(seconds):.0f}-{max(seconds):.0f})"
            f"   {median(megabytes):5.1f} MB resident"
        )
    print()
