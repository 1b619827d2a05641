"""What the package hands out, when its names are first used."""

from __future__ import annotations

import inspect
from importlib.metadata import entry_points

import pytest

from mock_server import testing


@pytest.mark.parametrize("name", testing.__all__)
def test_every_name_is_there_and_described(name: str) -> None:
    named = getattr(testing, name)
    assert named.__name__ == name
    assert inspect.getdoc(named)


def test_another_name_is_not() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Mock'"):
        testing.Mock  # noqa: B018


def test_the_two_clients_are_alike() -> None:
    for name in testing.__all__:
        if name.startswith("Async"):
            one, other = getattr(testing, name), getattr(testing, name.removeprefix("Async"))
            members = {member.replace("aclose", "close") for member in dir(one)}
            assert {member for member in members if not member.startswith("_")} == {
                member for member in dir(other) if not member.startswith("_")
            }


def test_pytest_finds_the_plugin() -> None:
    (plugin,) = entry_points(group="pytest11", name="mock-cronofy")
    assert plugin.value == "mock_server.testing.plugin"
