"""The samples of docs/webhooks.md: what is sent when the story of their section is played.

``python -m tests.webhooks_page`` writes them into the page anew.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
from starlette.testclient import TestClient

from mock_server.app import create_app
from mock_server.settings import Settings
from tests.contract.documents import Document
from tests.webhooks_stories import played

PAGE = Path(__file__).parents[1] / "docs" / "webhooks.md"
EMULATOR = "http://localhost:8282"

# Columns that a line may have which holds several members.
_SHORT = 80

# The heading of a section names its notification; its blocks are what is sent.
_SECTION = re.compile(r"^### [^\n]*?`(\w+)`.*?(?=^##|\Z)", re.DOTALL | re.MULTILINE)
_BLOCK = re.compile(r"```json\n(.*?)```", re.DOTALL)


def blocks(page: str) -> dict[str, list[str]]:
    """The samples of each section, as they are written."""
    return {section[1]: _BLOCK.findall(section[0]) for section in _SECTION.finditer(page)}


def samples(http: httpx.Client, name: str) -> list[str]:
    """What is sent when ``name``'s story is played, as the page should have it."""
    return [_sample(delivery["body"]) for delivery in played(http, name)]


def _sample(body: Document) -> str:
    """Wherever the emulator that played it has listened."""
    text = _laid_out(body, 0) + "\n"
    return re.sub(r"http://[^/]+(?=/(?:v1/)?meeting_agents/)", EMULATOR, text)


def _laid_out(value: Any, indent: int) -> str:
    """JSON, what is short on one line."""
    flat = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or indent + len(flat) <= _SHORT:
        return flat
    space = " " * (indent + 2)
    if isinstance(value, dict):
        parts = [f"{json.dumps(name)}: {_laid_out(value[name], indent + 2)}" for name in value]
    else:
        parts = [_laid_out(item, indent + 2) for item in value]
    inner = f",\n{space}".join(parts)
    return f"{flat[0]}\n{space}{inner}\n{' ' * indent}{flat[-1]}"


def rewritten(page: str, http: httpx.Client) -> str:
    """The page with every sample made anew."""

    def section(found: re.Match[str]) -> str:
        made = iter(samples(http, found[1]))
        return _BLOCK.sub(lambda _: f"```json\n{next(made, '')}```", found[0])

    return _SECTION.sub(section, page)


def main() -> None:
    app: Any = create_app(Settings())
    with TestClient(app, base_url=EMULATOR, follow_redirects=False) as http:
        PAGE.write_text(rewritten(PAGE.read_text("utf-8"), http), "utf-8")


if __name__ == "__main__":
    main()
