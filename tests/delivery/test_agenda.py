"""The agenda: what is due comes by its moment, and once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mock_server.delivery.agenda import Agenda

KEYS = st.sampled_from("abcdef")
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), KEYS, st.integers(0, 9)),
        st.tuples(st.just("forget"), KEYS, st.just(0)),
        st.tuples(st.just("take"), st.just(""), st.integers(0, 9)),
    ),
    max_size=200,
)


@given(STEPS)
def test_it_is_a_sorted_list(steps: list[tuple[str, str, int]]) -> None:
    """Taken is the earliest; of one moment, the one that has been known for longest."""
    agenda = Agenda()
    due: dict[str, int] = {}
    known: dict[str, None] = {}
    for step, key, moment in steps:
        if step == "put":
            agenda.put(key, moment)
            due[key] = moment
            known.setdefault(key)
        elif step == "forget":
            agenda.forget(key)
            due.pop(key, None)
            known.pop(key, None)
        else:
            order = list(known)
            ready = [other for other in due if due[other] <= moment]
            first = min(ready, key=lambda other: (due[other], order.index(other)), default=None)
            assert agenda.take(moment) == first
            due.pop(first or "", None)
        assert agenda.first() == min(due.values(), default=None)


def test_moving_about_takes_no_room() -> None:
    """What is put again and again stands in it once."""
    agenda = Agenda()
    for moment in range(10_000):
        agenda.put("a", 10_000 - moment)
        agenda.put("b", moment)
    assert len(agenda._heap) < 100
    assert [agenda.take(10_000), agenda.take(10_000), agenda.take(10_000)] == ["a", "b", None]
