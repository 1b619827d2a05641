"""Run every benchmark and print one report."""

from __future__ import annotations

from benchmarks import availability, reading, starting, userinfo
from benchmarks.processes import machine


def main() -> None:
    print(f"Machine: {machine()}\n")
    starting.report()
    userinfo.report()
    reading.report()
    availability.report()


if __name__ == "__main__":
    main()
