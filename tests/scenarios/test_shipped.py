"""The scenarios and fixtures that come with mock-cronofy, as a collection."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from mock_server.scenarios import reading
from mock_server.scenarios.files import data_folder, read_scenario, scenario_names
from tests.emulator import Sandbox

Open = Callable[..., Sandbox]

FIXTURES = sorted(data_folder("fixtures").glob("*.yaml"))


@pytest.mark.parametrize("name", scenario_names())
def test_scenario(name: str) -> None:
    """A scenario is named as its file, says what happens, and has a story that is played."""
    scenario = read_scenario(data_folder("scenarios") / f"{name}.yaml").scenario
    assert scenario.name == name
    assert scenario.description
    stories = Path(__file__).parent.glob("test_*.py")
    assert any(f'scenario="{name}"' in s.read_text("utf-8") for s in stories) or name in PLAYED


# Named by a parameter of their test.
PLAYED = {"permissions-granted", "permissions-rejected"}


@pytest.mark.parametrize("name", [n for n in scenario_names() if n != "default"])
def test_scenario_is_reproducible(name: str) -> None:
    """All but the default scenario have a seed and a clock that stands still."""
    document = reading.read(data_folder("scenarios") / f"{name}.yaml")
    assert isinstance(document, dict)
    assert (document["seed"], document["clock"]) == (42, "2026-05-11T08:00:00Z")


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_fixture(path: Path) -> None:
    """A fixture is named as its file; nobody in it has decided anything, and no name or time
    zone is left to be made up."""
    document: Any = reading.read(path)
    assert document["name"] == path.stem
    assert document["description"]
    for person in document["people"]:
        assert not person.keys() & {"consent", "invites", "generate"}
        assert person.keys() >= {"email", "name", "zoneinfo", "locale", "provider"}
    described = {person["email"] for person in document["people"]}
    for organization in document["organizations"]:
        assert {organization["administrator"], *organization["members"]} <= described


def test_fixtures_are_various() -> None:
    """A dozen people in two domains, of every provider and of many places and languages."""
    people = [p for path in FIXTURES for p in yaml.safe_load(path.read_text("utf-8"))["people"]]
    assert len({p["email"] for p in people}) == 12
    assert {p["email"].partition("@")[2] for p in people} == {"acme.test", "globex.test"}
    providers = {"google", "office365", "exchange", "apple", "outlook_com", "none"}
    assert {p["provider"] for p in people} == providers
    assert len({p["zoneinfo"] for p in people}) >= 10
    assert len({p["locale"][:2] for p in people}) >= 8


def test_default(open_sandbox: Open) -> None:
    """The default scenario: one application that may do everything, everybody of the
    fixtures, nobody connected, and the real clock."""
    document = open_sandbox(scenario="default").document
    (application,) = document["applications"]
    assert application["features"] == {
        "free_busy": True,
        "no_access": True,
        "explicit_linking": True,
        "business_connect": True,
        "recurring_events": True,
        "meeting_agents": True,
        "attachments": True,
    }
    assert (application["name"], application["redirect_uris"]) == ("Acme Scheduler", [])
    assert document["clock"]["mode"] == "real"
    assert document["connected"] == []
    assert [o["domain"] for o in document["organizations"]] == ["acme.test", "globex.test"]
    assert all(person["consent"] == {} for person in document["people"])
    jane = next(p for p in document["people"] if p["email"] == "jane@acme.test")
    assert jane == {
        "email": "jane@acme.test",
        "name": "Jane Doe",
        "zoneinfo": "Europe/London",
        "locale": "en-GB",
        "provider": "google",
        "calendars": [
            {"name": "jane@acme.test", "primary": True, "readonly": False},
            {"name": "Personal", "primary": False, "readonly": False},
            {"name": "Holidays in United Kingdom", "primary": False, "readonly": True},
        ],
        "consent": {},
        "invites": None,
        "initial_sync": "immediate",
        "sync_delay": {"seconds": 0},
    }


def test_the_server_begins_with_the_default_scenario(http: Any) -> None:
    """The sandbox ``default`` holds the credentials that the scenario writes out."""
    (application,) = http.get("/_mock/sandboxes/default").json()["applications"]
    assert application["client_id"] == "acme-scheduler-client-id"
    assert application["client_secret"] == "acme-scheduler-client-secret"


def test_the_default_scenario_loads_nothing_slow() -> None:
    """Starting is quick: what only some need is loaded when they do."""
    script = (
        "import sys, mock_server.app; mock_server.app.create_app(); "
        "print(*sorted({'faker', 'difflib', 'jinja2', 'httpx'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", script]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert printed.stdout.split() == []
