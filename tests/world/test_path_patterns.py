"""A pattern matches whole paths, segment by segment."""

from __future__ import annotations

import pytest

from mock_server.world.path_patterns import matches


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/v1/events", "/v1/events"),
        ("/v1/events", "/v1/events/"),
        ("/v1/calendars/*/events", "/v1/calendars/cal_1/events"),
        ("/v1/calendars/{calendar_id}/events", "/v1/calendars/cal_1/events"),
        ("/v1/calendars/cal_*", "/v1/calendars/cal_1"),
        ("/v1/**", "/v1/calendars/cal_1/events"),
        ("/v1/**", "/v1"),
        ("/v1/**/events", "/v1/events"),
        ("/**", "/oauth/token"),
        ("/v1/a.b", "/v1/a.b"),
    ],
)
def test_a_pattern_matches(pattern: str, path: str) -> None:
    assert matches(pattern, path)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/v1/events", "/v1/events/pages/1"),
        ("/v1/calendars/*", "/v1/calendars/cal_1/events"),
        ("/v1/calendars/{calendar_id}", "/v1/calendars/"),
        ("/v1/a.b", "/v1/axb"),
        ("/v1/**/events", "/v2/events"),
    ],
)
def test_a_pattern_does_not_match(pattern: str, path: str) -> None:
    assert not matches(pattern, path)


def test_what_is_longer_than_any_path_of_cronofy_matches_nothing() -> None:
    assert matches("/**", "/" + "x" * 4095)
    assert not matches("/**", "/" + "x" * 4096)
