"""Run every benchmark and print one report."""

from __future__ import annotations

from benchmarks import availability, notifications, reading, sandboxes, starting, userinfo
from benchmarks.processes import machine


def main() -> None:
    print(f"Machine: {machine()}\n")
    starting.report()
    userinfo.report()
    sandboxes.report()
    reading.report()
    availability.report()
    notifications.report()


if __name__ == "__main__":
    main()
