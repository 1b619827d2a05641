"""docs/scenarios.md: its examples are right, and it has every key with its default."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from pydantic import BaseModel
from pydantic_core import PydanticUndefined
from starlette.testclient import TestClient

from mock_server.app import create_app
from mock_server.cli import main
from mock_server.scenarios import (
    availability_documents,
    documents,
    event_documents,
    fault_documents,
    switches,
    timeline_documents,
)
from mock_server.scenarios.fields import Model
from mock_server.scenarios.files import data_folder, scenario_names
from mock_server.settings import Settings

PAGE = (Path(__file__).parents[2] / "docs" / "scenarios.md").read_text("utf-8")
# The first line of each example names its file.
EXAMPLES = dict(re.findall(r"```yaml\n(?=# (\S+)\n)(.*?)```", PAGE, re.DOTALL))
SECTIONS = dict(re.findall(r"^##+ (.+?)\n(.*?)(?=^##|\Z)", PAGE, re.DOTALL | re.MULTILINE))
MODELS: dict[str, type[Model]] = {
    "Scenario": documents.ScenarioDocument,
    "Applications": documents.ApplicationDocument,
    "Features": documents.FeaturesDocument,
    "People": documents.PersonDocument,
    "Calendars": documents.CalendarDocument,
    "Events": event_documents.EventDocument,
    "Attendees": event_documents.AttendeeDocument,
    "Recurrence": event_documents.RecurrenceDocument,
    "Generated events": documents.GenerateEventsDocument,
    "Consent": documents.ConsentDocument,
    "Invites": documents.InvitesDocument,
    "Conferencing": documents.ConferencingDocument,
    "Organizations": documents.OrganizationDocument,
    "Resources": documents.ResourceDocument,
    "Connected": documents.ConnectedDocument,
    "Availability rules": availability_documents.AvailabilityRuleDocument,
    "Available periods": availability_documents.AvailablePeriodDocument,
    "Channels": documents.ChannelDocument,
    "Generated people": documents.GeneratePeopleDocument,
    "Timeline": timeline_documents.EntryDocument,
    "When": timeline_documents.WhenDocument,
    "Faults": fault_documents.FaultDocument,
    "Match": fault_documents.MatchDocument,
    "Respond": fault_documents.RespondDocument,
    "Outages": fault_documents.OutageDocument,
    "Switches": switches.SwitchesDocument,
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where all examples lie under their names."""
    monkeypatch.chdir(tmp_path)
    for name, text in EXAMPLES.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text, "utf-8")
    return tmp_path


def test_every_example_has_a_name() -> None:
    assert len(EXAMPLES) == PAGE.count("```yaml") >= 9


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != "wrong.yaml"])
def test_an_example_is_right(folder: Path, name: str) -> None:
    result = CliRunner().invoke(main, ["scenarios", "check", name], catch_exceptions=False)
    assert (result.exit_code, result.stderr) == (0, "")


@pytest.mark.parametrize("name", [name for name in EXAMPLES if name != "wrong.yaml"])
def test_a_sandbox_is_opened_with_an_example(folder: Path, name: str) -> None:
    """And everybody whom it says is connected, is."""
    app: Any = create_app(Settings(scenario=name))
    with TestClient(app, base_url="http://localhost:8282") as http:
        opened = http.get("/_mock/sandboxes/default").json()
        wanted = yaml.safe_load(EXAMPLES[name]).get("connected", [])
        assert len(opened["connected"]) == len(wanted)
        for connected in opened["connected"]:
            headers = {"Authorization": f"Bearer {connected['access_token']}"}
            assert http.get("/v1/userinfo", headers=headers).status_code == 200


def test_the_wrong_example_is_as_wrong_as_it_says(folder: Path) -> None:
    result = CliRunner().invoke(main, ["scenarios", "check", "wrong.yaml"], catch_exceptions=False)
    (said,) = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    assert (result.exit_code, result.stderr) == (2, said)


def rows(title: str) -> dict[str, str]:
    """The table of a section: each key with its default."""
    return {
        key: default.strip()
        for key, default in re.findall(r"^\| `(\w+)` \|.*\|(.*?)\|$", SECTIONS[title], re.MULTILINE)
    }


@pytest.mark.parametrize("title", MODELS)
def test_every_key_is_there_with_its_default(title: str) -> None:
    fields = MODELS[title].model_fields
    described = rows(title)
    assert list(described) == list(fields)
    for key, field in fields.items():
        if field.default is PydanticUndefined:
            assert described[key] == "required", key
        elif field.default not in (None, "") and not isinstance(field.default, BaseModel):
            word = str(field.default).lower() if isinstance(field.default, bool) else field.default
            assert described[key] == f"`{word}`" or (title, key) in WORDED, key


# What an empty list means is said in words.
WORDED = {("Scenario", "applications"), ("Match", "method"), ("Respond", "headers")}


def test_every_model_is_described() -> None:
    """Those without a section stand in the rows of others."""
    models = {
        model
        for module in (documents, event_documents, availability_documents, fault_documents)
        for model in vars(module).values()
        if isinstance(model, type) and issubclass(model, Model)
    }
    inline: set[type[Model]] = {
        Model,
        event_documents.OrganizerDocument,
        event_documents.WeekDayDocument,
        availability_documents.WeeklyPeriodDocument,
        documents.ChannelFiltersDocument,
        documents.Duration,
        fault_documents.FaultsDocument,
        fault_documents.RealTimeDocument,
        fault_documents.WindowDocument,
        documents.LocationDocument,
        documents.AddressDocument,
        documents.CoordinatesDocument,
    }
    # Entries of a timeline have sections, and what holds several of them none.
    of_timeline = {timeline_documents.EntryDocument, timeline_documents.WhenDocument}
    assert models == {*MODELS.values(), *inline} - of_timeline
    for model in inline:
        for key, field in model.model_fields.items():
            assert f"`{field.alias or key}`" in PAGE


def test_everything_that_is_shipped_is_named() -> None:
    section = SECTIONS["What comes along"]
    listed = re.findall(r"^\| `([\w-]+)` \|", section, re.MULTILINE)
    assert sorted(listed) == scenario_names()
    for path in data_folder("fixtures").glob("*.yaml"):
        assert f"`{path.stem}`" in section
