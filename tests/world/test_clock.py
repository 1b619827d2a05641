"""A sandbox's clock stands still, runs, and moves only forward by request."""

from __future__ import annotations

from datetime import UTC, datetime

from mock_server.world.clock import Clock, as_text, from_datetime


def test_a_virtual_clock_moves_only_by_request() -> None:
    clock = Clock(1000)
    assert (clock.mode, clock.now()) == ("virtual", 1000)
    clock.move(60)
    assert clock.now() == 1060


def test_a_real_clock_keeps_running_from_where_it_was_moved() -> None:
    clock = Clock()
    before = clock.now()
    clock.move(3600)
    assert clock.mode == "real"
    assert clock.now() >= before + 3600


def test_a_moment_can_be_brought_back() -> None:
    clock = Clock(1000)
    moment = clock.state()
    clock.run()
    clock.restore(moment)
    assert (clock.mode, clock.now()) == ("virtual", 1000)


def test_times_are_whole_seconds_in_utc() -> None:
    seconds = from_datetime(datetime(2026, 5, 11, 8, 0, 0, 999_999, UTC))
    assert as_text(seconds) == "2026-05-11T08:00:00Z"
