"""Identifiers have Cronofy's shapes, and come out the same for the same seed."""

from __future__ import annotations

import re

from mock_server.world.ids import Ids


def test_the_same_seed_gives_the_same_entity_ids_in_every_sandbox() -> None:
    ours, theirs = Ids(7, "ours"), Ids(7, "theirs")
    assert [ours.hex("acc") for _ in range(3)] == [theirs.hex("acc") for _ in range(3)]
    assert ours.short("pro") == theirs.short("pro")
    assert Ids(8, "ours").hex("acc") != Ids(7, "ours").hex("acc")


def test_credentials_differ_between_sandboxes_of_one_seed() -> None:
    assert Ids(7, "ours").token("code") != Ids(7, "theirs").token("code")
    assert Ids(7, "ours").token("code") == Ids(7, "ours").token("code")
    assert Ids(7, "ours").client_secret() != Ids(7, "theirs").client_secret()


def test_kinds_are_counted_apart() -> None:
    plain, busy = Ids(7, "s"), Ids(7, "s")
    busy.token("code")
    assert plain.hex("acc") == busy.hex("acc")


def test_shapes() -> None:
    ids = Ids(7, "s")
    assert re.fullmatch(r"acc_[0-9a-f]{24}", ids.hex("acc"))
    assert re.fullmatch(r"pro_[A-Za-z0-9]{16}", ids.short("pro"))
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", ids.token("access_token"))
    assert re.fullmatch(r"CRN_[A-Za-z0-9_-]{38}", ids.client_secret())
    assert re.fullmatch(r"\d{6}", ids.digits("verification"))
