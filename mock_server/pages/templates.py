"""Making HTML: the templates of this folder, every value in them escaped."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mock_server.pages.assets import Assets
from mock_server.pages.languages import Language

if TYPE_CHECKING:
    from jinja2 import Environment

_FOLDER = Path(__file__).parent / "templates"


class Templates:
    """The templates, compiled when they are first used."""

    def __init__(self, assets: Assets) -> None:
        self._assets = assets

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        environment = Environment(
            loader=FileSystemLoader(_FOLDER),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.globals["asset"] = self._assets.address
        return environment

    def render(self, name: str, language: Language, values: dict[str, Any]) -> str:
        """The page ``name`` with ``values``; in it, ``t`` is the language's text."""
        template = self._environment.get_template(name)
        return template.render(language=language, t=language.text, **values)
