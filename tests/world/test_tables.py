"""Tables keep their order, their indexes and the directory true through every change."""

from __future__ import annotations

import random

import pytest

from mock_server.world.directory import Clash, Directory
from mock_server.world.records import Record, replace
from mock_server.world.tables import Declared, Table


class Thing(Record, frozen=True):
    name: str
    colours: tuple[str, ...] = ()
    token: str | None = None


THINGS = Declared(
    Thing,
    lambda thing: thing.name,
    indexes={"colour": lambda thing: thing.colours},
    routed={"bearer": lambda thing: (thing.token,) if thing.token else ()},
)


def table(directory: Directory, owner: object) -> Table[Thing]:
    return Table(THINGS, owner, directory)


def test_an_index_lists_records_in_the_order_they_were_first_put() -> None:
    things = table(Directory(), "one")
    first = things.put(Thing("first", ("red",)))
    second = things.put(Thing("second", ("red", "blue")))
    changed = things.put(replace(first, colours=("red", "green")))
    assert things.by("colour", "red") == [changed, second]
    assert list(things) == [changed, second]
    assert things.by("colour", "green") == [changed]


def test_what_a_record_no_longer_says_leaves_the_index() -> None:
    things = table(Directory(), "one")
    thing = things.put(Thing("first", ("red",)))
    things.put(replace(thing, colours=()))
    assert things.by("colour", "red") == []
    things.remove("first")
    things.remove("first")
    assert list(things) == []


def test_a_routed_value_is_unique_on_the_server_and_free_again_once_removed() -> None:
    directory = Directory()
    ours, theirs = table(directory, "ours"), table(directory, "theirs")
    ours.put(Thing("mine", token="secret"))
    assert directory.bearer == {"secret": "ours"}
    with pytest.raises(Clash, match="bearer 'secret' is held by something else"):
        theirs.put(Thing("copy", token="secret"))
    assert list(theirs) == []
    with pytest.raises(Clash):
        ours.put(Thing("twin", token="secret"))
    assert [thing.name for thing in ours] == ["mine"]
    ours.put(Thing("mine", token="other"))
    theirs.put(Thing("copy", token="secret"))
    assert directory.bearer == {"other": "ours", "secret": "theirs"}


def test_a_record_cannot_be_changed_in_place() -> None:
    with pytest.raises(AttributeError):
        Thing("first").name = "second"  # type: ignore[misc]


def test_leading_records_are_those_before_the_first_unwanted_one() -> None:
    things = table(Directory(), "one")
    for name in ("a1", "a2", "b1", "a3"):
        things.put(Thing(name, ("red",) if name != "a2" else ("blue",)))
    assert [thing.name for thing in things.leading(lambda t: t.name < "b")] == ["a1", "a2"]
    red = things.leading(lambda t: t.name < "b", "colour", "red")
    assert [thing.name for thing in red] == ["a1"]
    assert things.leading(lambda t: True, "colour", "green") == []


def test_a_table_becomes_what_it_was_in_rows_and_in_indexes() -> None:
    """Whatever has happened since, it is as if everything had been put anew, in order."""
    names = ["a", "b", "c", "d", "e"]
    for seed in range(300):
        chance = random.Random(seed)
        directory = Directory()
        things = table(directory, "one")

        def put(things: Table[Thing] = things, chance: random.Random = chance) -> None:
            name = chance.choice(names)
            colours = tuple(chance.sample(["red", "green", "blue"], chance.randrange(4)))
            things.put(Thing(name, colours, f"{name}-{chance.randrange(2)}"))

        def change(things: Table[Thing] = things, chance: random.Random = chance) -> None:
            if chance.random() < 0.3:
                things.remove(chance.choice(names))
            else:
                put()

        for _ in range(6):
            put()
        before = things.rows()
        fresh = table(Directory(), "one")
        for thing in before.values():
            fresh.put(thing)
        for _ in range(chance.randrange(6)):
            change()
        leaving, coming = things.differences(before)
        things.leave(leaving)
        things.come(before, coming)
        assert list(things) == list(fresh)
        assert directory.bearer.keys() == {thing.token for thing in before.values()}
        for colour in ("red", "green", "blue"):
            found = things.by("colour", colour)
            assert sorted(map(repr, found)) == sorted(map(repr, fresh.by("colour", colour)))
            assert things.count("colour", colour) == len(found)
