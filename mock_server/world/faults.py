"""Faults: what a test has asked to go wrong with the calls of its application."""

from __future__ import annotations

from mock_server.world.records import Record


class Fault(Record, frozen=True):
    """``fault_id`` is unique on the server."""

    fault_id: str
