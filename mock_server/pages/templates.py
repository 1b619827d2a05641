"""Making HTML: the templates of this folder, every value in them escaped."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

    from mock_server.pages.visit import Visit


class Templates:
    """The templates, compiled when they are first used."""

    @cached_property
    def _environment(self) -> Environment:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined

        return Environment(
            loader=FileSystemLoader(Path(__file__).parent / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def render(self, name: str, visit: Visit, values: dict[str, Any]) -> str:
        """The page ``name`` with ``values``; ``visit`` is there under its name."""
        return self._environment.get_template(name).render(visit=visit, **values)
