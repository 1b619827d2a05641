"""What takes place in a window is found there: the buckets of days against a plain scan."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from mock_server.world.clock import LATEST
from mock_server.world.events import (
    LEVELS,
    Details,
    Event,
    Recurrence,
    buckets,
    buckets_between,
)
from mock_server.world.records import replace
from mock_server.world.sandboxes import Sandboxes

DAY = 86_400
YEAR_1900, YEAR_2100 = -2_208_988_800, 4_102_444_800
WIDEST = 800 * DAY

# On and around the edges of days, and anywhere.
_DAYS = st.integers(YEAR_1900 // DAY, YEAR_2100 // DAY).map(lambda day: day * DAY)
MOMENTS = st.one_of(
    st.builds(lambda day, more: day + more, _DAYS, st.sampled_from((-1, 0, 1, DAY // 2))),
    st.integers(YEAR_1900, YEAR_2100),
)
LENGTHS = st.one_of(
    st.sampled_from((0, 1, DAY - 1, DAY, DAY + 1, 8 * DAY, 64 * DAY, 512 * DAY)),
    st.integers(0, 10 * DAY),
    st.integers(0, YEAR_2100 - YEAR_1900),
)
SPANS = st.builds(lambda start, length: (start, start + length), MOMENTS, LENGTHS)
WINDOWS = st.builds(
    lambda start, length: (start, start + length),
    MOMENTS,
    st.one_of(st.sampled_from((0, 1, DAY)), st.integers(0, WIDEST)),
)


@given(span=SPANS, window=WINDOWS)
@example(span=(0, 0), window=(0, 0))
@example(span=(-1, 0), window=(0, 0))
@example(span=(YEAR_1900, LATEST), window=(YEAR_2100, YEAR_2100))
def test_what_overlaps_is_found(span: tuple[int, int], window: tuple[int, int]) -> None:
    """Touching counts, on either side."""
    if span[0] <= window[1] and span[1] >= window[0]:
        assert set(buckets(*span)) & set(buckets_between(*window))


@given(span=SPANS)
def test_a_span_is_in_two_buckets_at_the_most(span: tuple[int, int]) -> None:
    held = list(buckets(*span))
    assert 1 <= len(held) == len(set(held)) <= 2
    assert all(0 <= level < LEVELS for level, _ in held)


@given(window=WINDOWS)
def test_a_window_asks_for_no_bucket_twice(window: tuple[int, int]) -> None:
    asked = list(buckets_between(*window))
    assert len(asked) == len(set(asked)) <= (WIDEST // DAY + 2) * 8 // 7 + 2 * LEVELS


@given(
    spans=st.lists(st.tuples(SPANS, st.booleans()), max_size=40),
    window=WINDOWS,
    moved=st.booleans(),
)
def test_the_index_holds_what_a_scan_finds(
    spans: list[tuple[tuple[int, int], bool]], window: tuple[int, int], moved: bool
) -> None:
    """Events, series that never end, and where something was before it moved."""
    sandbox = Sandboxes().open("sbx_1", 1, start=0)
    expected = set()
    for number, ((start, end), series) in enumerate(spans):
        details = Details(
            summary="", start=start, end=end, recurrence=Recurrence("daily") if series else None
        )
        event = Event("cal_1_1", f"evt_external_{number:024x}", details, created=0, updated=0)
        if moved:
            elsewhere = replace(details, start=YEAR_1900 - 1, end=YEAR_1900 - 1, recurrence=None)
            event = replace(event, details=elsewhere, moved_from=((start, end),))
        sandbox.events.put(event)
        if start <= window[1] and (end >= window[0] or (series and not moved)):
            expected.add(event.event_uid)
    days = [("cal_1_1", *bucket) for bucket in buckets_between(*window)]
    found = sandbox.events.among("moved" if moved else "span", days)
    assert expected <= {event.event_uid for event in found}
    # And little else: what it finds too much lies within as many days as it lasts.
    for event in found:
        start, end = (*event.moved_from, (event.details.start, event.details.end))[0]
        length = max(DAY, end - start)
        if event.details.recurrence is None:
            assert start <= window[1] + 8 * length
            assert end >= window[0] - 8 * length
