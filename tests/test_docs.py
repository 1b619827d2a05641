"""Documentation is tested: what it names exists, what exists is named, examples run."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from openapi_spec_validator import validate

from mock_server.api.catalogue import ENDPOINTS, UNBUILT
from mock_server.api.fidelity import markdown
from mock_server.api.openapi import document
from mock_server.cli import main
from mock_server.control.routes import ROUTES
from mock_server.settings import ENVIRONMENT_PREFIX, setting_fields

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
EXAMPLES = re.findall(r"```python\n(.*?)```", README, re.DOTALL)


def test_the_fidelity_page_is_the_generated_one() -> None:
    assert (ROOT / "docs/fidelity.md").read_text("utf-8") == markdown()


def test_the_time_zone_of_a_reading_is_required() -> None:
    """Though its absence is told as an unknown one (events §4.1)."""
    for path in ("/v1/events", "/v1/free_busy"):
        parameters = document()["paths"][path]["get"]["parameters"]
        (tzid,) = [parameter for parameter in parameters if parameter["name"] == "tzid"]
        assert tzid == {
            "name": "tzid",
            "in": "query",
            "required": True,
            "schema": {"title": "Tzid", "type": "string"},
        }


def test_the_openapi_document_is_valid_and_describes_every_endpoint() -> None:
    described = document()
    validate(described)
    for endpoint in ENDPOINTS:
        assert endpoint.method.lower() in described["paths"][endpoint.path]


def test_no_endpoint_is_both_built_and_unbuilt() -> None:
    built = {(endpoint.method, endpoint.path) for endpoint in ENDPOINTS}
    assert not built & {(unbuilt.method, unbuilt.path) for unbuilt in UNBUILT}


@pytest.mark.parametrize("setting", setting_fields(), ids=lambda setting: setting.name)
def test_the_readme_has_every_setting(setting: object) -> None:
    name, help_text = setting.name, setting.metadata["help"]  # type: ignore[attr-defined]
    row = next(line for line in README.splitlines() if f"`--{name.replace('_', '-')}`" in line)
    assert f"`{ENVIRONMENT_PREFIX}{name.upper()}`" in row
    assert help_text in row


def test_the_control_api_page_has_every_call_and_no_other() -> None:
    page = (ROOT / "docs/control-api.md").read_text("utf-8")
    named = set(re.findall(r"`(GET|POST|PUT|PATCH|DELETE) (/_mock\S*)`", page))
    paths = [(m, p.replace("{sandbox_id}", "{s}").replace(":path}", "}")) for m, p, _ in ROUTES]
    served = {(method, f"/_mock{path}") for method, path in paths}
    assert named == served | {("GET", "/_mock/health")}


def test_every_command_that_is_named_exists() -> None:
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))):
        text = path.read_text("utf-8")
        for words in re.findall(r"(?:`|^)mock-cronofy ([a-z]+(?: [a-z]+)?)", text, re.MULTILINE):
            command, *rest = words.split()
            assert command in main.commands, f"{path.name}: mock-cronofy {words}"
            if rest and hasattr(main.commands[command], "commands"):
                assert rest[0] in main.commands[command].commands


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_the_python_examples_of_the_readme_run(number: int, served: str) -> None:
    example = EXAMPLES[number].replace("http://localhost:8282", served)
    names: dict[str, object] = {}
    exec(compile(example, f"README.md, example {number + 1}", "exec"), names)
    if isinstance(client := names.get("emulator"), httpx.Client):
        client.close()
