"""scheduling.md §2: placing several events one after another."""

from __future__ import annotations

import pytest

from tests.contract.availability import (
    at,
    busy,
    grid,
    group,
    member,
    minutes,
    open_office,
    somebody,
    spans,
    step,
)
from tests.contract.documents import Document
from tests.contract.events import Open


def gap(side: str, minimum: int | None = None, maximum: int | None = None) -> Document:
    bounds = {"minimum": minimum, "maximum": maximum}
    return {side: {name: minutes(n) for name, n in bounds.items() if n is not None}}


def test_one_item(open_sandbox: Open) -> None:
    """2.3: by the start of the first item, without a grid one after another."""
    office = open_office(open_sandbox, {"P": "10:00–10:40"})
    found = office.sequenced("09:00–12:45", step("call", "P"))
    expected = office.sequences("call 09:00–10:00", "call 10:40–11:40", "call 11:40–12:40")
    assert found == expected


def test_on_a_grid(open_sandbox: Open) -> None:
    """2.3: one for every possible start of the first item, the next as early as it can be."""
    office = open_office(open_sandbox, {"P": "", "Q": "09:00–10:10"})
    steps = (
        step("call", "P", length=30, ordinal=1, **grid(30)),
        step("panel", "Q", ordinal=2, **grid(15)),
    )
    assert office.sequenced("09:00–12:00", *steps) == office.sequences(
        "call 09:00–09:30 P, panel 10:15–11:15 Q",
        "call 09:30–10:00 P, panel 10:15–11:15 Q",
        "call 10:00–10:30 P, panel 10:30–11:30 Q",
        "call 10:30–11:00 P, panel 11:00–12:00 Q",
    )


def test_without_a_grid(open_sandbox: Open) -> None:
    """2.3: the first starts as early as everything after it allows, then at or after its end."""
    office = open_office(open_sandbox, {"P": "", "Q": "09:00–10:10"})
    steps = (step("call", "P", length=30, ordinal=1), step("panel", "Q", ordinal=2))
    assert office.sequenced("09:00–12:00", *steps) == office.sequences(
        "call 09:00–09:30 P, panel 10:10–11:10 Q",
        "call 09:30–10:00 P, panel 10:10–11:10 Q",
        "call 10:00–10:30 P, panel 10:30–11:30 Q",
        "call 10:30–11:00 P, panel 11:00–12:00 Q",
    )


def test_items_never_overlap(open_sandbox: Open) -> None:
    """2.3: whoever takes part in them."""
    office = open_office(open_sandbox, {"P": "", "Q": ""})
    steps = (step("a", "P", ordinal=1), step("b", "Q", ordinal=2), step("c", "P", ordinal=3))
    expected = office.sequences("a 09:00–10:00 P, b 10:00–11:00 Q, c 11:00–12:00 P")
    assert office.sequenced("09:00–12:00", *steps) == expected
    assert office.sequenced("09:00–11:59", *steps) == {"sequences": []}


ORDINALS: dict[str, tuple[tuple[int | None, int | None], list[str]]] = {
    "as they are written": ((1, 2), ["a 09:00–10:00 A, b 10:00–11:00 B"]),
    "the other way round": ((2, 1), []),
    "negative and with gaps": ((-7, 40), ["a 09:00–10:00 A, b 10:00–11:00 B"]),
    "a tie": ((1, 1), ["a 09:00–10:00 A, b 10:00–11:00 B"]),
    "none": ((None, None), ["a 09:00–10:00 A, b 10:00–11:00 B"]),
    "one of them has none": ((None, 1), ["a 09:00–10:00 A, b 10:00–11:00 B"]),
    "the other has none": ((1, None), ["a 09:00–10:00 A, b 10:00–11:00 B"]),
}


@pytest.mark.parametrize("swapped", [False, True], ids=["", "swapped"])
@pytest.mark.parametrize("name", ORDINALS)
def test_ordinal(open_sandbox: Open, name: str, swapped: bool) -> None:
    """2.1, 2.3 ordinal: the order, where it says one; only A before B is possible here."""
    (first, second), expected = ORDINALS[name]
    office = open_office(open_sandbox, {"A": "10:00–11:00", "B": "09:00–10:00"})
    steps = [step("a", "A", ordinal=first), step("b", "B", ordinal=second)]
    found = office.sequenced("09:00–11:00", *(reversed(steps) if swapped else steps))
    assert found == office.sequences(*expected)


def test_either_order(open_sandbox: Open) -> None:
    """2.3: without ordinals each start has the order that is possible for it."""
    office = open_office(open_sandbox, {"A": "10:00–11:00", "B": ""})
    steps = (step("a", "A", **grid(60)), step("b", "B", **grid(60)))
    assert office.sequenced("09:00–13:00", *steps) == office.sequences(
        "a 09:00–10:00 A, b 10:00–11:00 B",
        "b 10:00–11:00 B, a 11:00–12:00 A",
        "a 11:00–12:00 A, b 12:00–13:00 B",
    )


def test_one_sequence_for_each_start(open_sandbox: Open) -> None:
    """2.2: at most one is visible, so at most one is answered."""
    office = open_office(open_sandbox, {"A": "", "B": ""})
    steps = (step("a", "A", **grid(30)), step("b", "B", **grid(30)))
    found = office.sequenced("09:00–12:00", *steps)["sequences"]
    starts = [sequence["sequence"][0]["start"] for sequence in found]
    assert starts == [at("09:00"), at("09:30"), at("10:00")]


# Buffers of x and of y, and where y may start after x has ended at 10:00; y is on a grid of 5.
GAPS: dict[str, tuple[Document, Document, str | None]] = {
    "none": ({}, {}, "10:00–10:30"),
    "after x, a duration": ({"after": minutes(10)}, {}, "10:10–10:40"),
    "before y, a duration": ({}, {"before": minutes(10)}, "10:10–10:40"),
    "after x, minimum": (gap("after", 10), {}, "10:10–10:40"),
    "before y, minimum": ({}, gap("before", 10), "10:10–10:40"),
    "the greater minimum": (gap("after", 10), gap("before", 20), "10:20–10:50"),
    "both bounds": (gap("after", 10, 30), gap("before", 5, 20), "10:10–10:40"),
    "exactly": (gap("after", 15, 15), {}, "10:15–10:45"),
    "a minimum over the other's maximum": (gap("after", 30), gap("before", 0, 15), None),
    "null, {}": ({"after": None}, {"before": {}}, "10:00–10:30"),
    "before x and after y mean others": (
        {"before": minutes(60)},
        {"after": minutes(60)},
        "10:00–10:30",
    ),
}


@pytest.mark.parametrize("name", GAPS)
def test_gap(open_sandbox: Open, name: str) -> None:
    """2.3: at least the greater minimum and at most the lesser maximum lie between neighbours."""
    of_x, of_y, expected = GAPS[name]
    office = open_office(open_sandbox, {"P": ""})
    x = step("x", "P", ordinal=1, buffer=of_x, query_periods=spans("09:00–10:00"))
    y = step("y", "P", length=30, ordinal=2, buffer=of_y, **grid(5))
    found = office.sequenced("09:00–12:00", x, y)
    assert found == office.sequences(*([f"x 09:00–10:00, y {expected}"] if expected else []))


MAXIMA: dict[str, tuple[Document, Document, list[str]]] = {
    "after x": (gap("after", maximum=30), {}, ["x 09:30–10:00 P, y 10:30–11:00 Q"]),
    "before y": ({}, gap("before", maximum=30), ["x 09:30–10:00 P, y 10:30–11:00 Q"]),
    "the lesser after x": (
        gap("after", maximum=30),
        gap("before", maximum=60),
        ["x 09:30–10:00 P, y 10:30–11:00 Q"],
    ),
    "the lesser before y": (
        gap("after", maximum=90),
        gap("before", maximum=59),
        ["x 09:30–10:00 P, y 10:30–11:00 Q"],
    ),
    "none": (
        {},
        {},
        ["x 09:00–09:30 P, y 10:30–11:00 Q", "x 09:30–10:00 P, y 10:30–11:00 Q"],
    ),
    "too little": (gap("after", maximum=29), {}, []),
}


@pytest.mark.parametrize("name", MAXIMA)
def test_most_between(open_sandbox: Open, name: str) -> None:
    """2.3 maximum: on either side; x moves towards y if it has to."""
    of_x, of_y, expected = MAXIMA[name]
    office = open_office(open_sandbox, {"P": "10:00–11:00", "Q": ""})
    x = step("x", "P", length=30, ordinal=1, buffer=of_x, **grid(30))
    periods = spans("10:30–11:00")
    y = step("y", "Q", length=30, ordinal=2, buffer=of_y, query_periods=periods)
    found = office.sequenced("09:00–12:00", x, y)
    assert found == office.sequences(*expected)


def test_exactly_so_long_after(open_sandbox: Open) -> None:
    """2.3: minimum and maximum may be the same; no grid is needed for that."""
    office = open_office(open_sandbox, {"P": "", "Q": "09:00–09:55, 11:10–12:00"})
    first = step("x", "P", length=30, ordinal=1, buffer=gap("after", 15, 15))
    second = step("y", "Q", length=30, ordinal=2)
    assert office.sequenced("09:00–12:00", first, second) == office.sequences(
        "x 09:10–09:40 P, y 09:55–10:25 Q", "x 09:40–10:10 P, y 10:25–10:55 Q"
    )


def test_minimum_around_busy_times(open_sandbox: Open) -> None:
    """2.3: an item's minimum buffers have to be free around it, its maximum means nothing
    there."""
    office = open_office(open_sandbox, {"P": "09:00–10:00"})
    buffer = {**gap("before", 15, 20), "after": minutes(30)}
    found = office.sequenced("09:00–13:00", step("call", "P", buffer=buffer, **grid(60)))
    assert found == office.sequences("call 11:00–12:00", "call 12:00–13:00")
    office.enters("P", "13:00–14:00")
    found = office.sequenced("09:00–13:00", step("call", "P", buffer=buffer, **grid(60)))
    assert found == office.sequences("call 11:00–12:00")


def test_a_members_own_buffer(open_sandbox: Open) -> None:
    """1.2, 2.3: it replaces the item's around that member's busy times."""
    office = open_office(open_sandbox, {"P": "09:00–10:00"})
    own = member("P", buffer={"before": minutes(0)})
    call = step("call", own, buffer={"before": minutes(30)}, **grid(30))
    assert office.sequenced("09:00–11:00", call) == office.sequences("call 10:00–11:00")


def test_inside_one_period(open_sandbox: Open) -> None:
    """2.3: a sequence lies in one query period; those that touch are one."""
    office = open_office(open_sandbox, {"P": ""})
    steps = (step("a", "P", ordinal=1), step("b", "P", ordinal=2))
    assert office.sequenced("09:00–10:30, 10:45–12:00", *steps) == {"sequences": []}
    expected = office.sequences("a 09:00–10:00, b 10:00–11:00")
    assert office.sequenced("09:00–10:30, 10:30–11:15", *steps) == expected
    assert office.sequenced("10:15–11:00, 09:00–10:30", *steps) == expected
    both = office.sequences("a 09:00–10:00, b 10:00–11:00", "a 13:00–14:00, b 14:00–15:00")
    assert office.sequenced("13:00–15:00, 09:00–11:00", *steps) == both


def test_groups(open_sandbox: Open) -> None:
    """2.1, 1.3: groups as in availability queries; all who are free take part."""
    office = open_office(open_sandbox, {"P": "", "A": "09:00–10:00", "B": ""})
    panel = step("panel", "P", **grid(60))
    panel["participants"].append(group("A", "B", required=1))
    assert office.sequenced("09:00–11:00", panel) == office.sequences(
        "panel 09:00–10:00 P B", "panel 10:00–11:00 P A B"
    )


def test_a_constraint(open_sandbox: Open) -> None:
    """1.9: valid here too."""
    office = open_office(open_sandbox, {"P": somebody(*busy("11T09:00–11T10:00"))})
    office.writer("P").write(**spans("15:00–16:00")[0])
    constraint = {"period": "day", "limit": 1}
    call = step("call", member("P", availability_constraints=[constraint]), **grid(60))
    assert office.sequenced("12T00:00–13T00:00", call) == {"sequences": []}
    found = office.sequenced("12T22:00–13T01:00", call)
    assert found == office.sequences("call 13T00:00–13T01:00")
