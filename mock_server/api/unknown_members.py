"""Members of a request that its model does not have: accepted and ignored, but odd."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, get_args, get_origin

from pydantic import BaseModel

from mock_server.api.parsing import Parameters

Models = tuple[type[BaseModel], ...]


def unknown_members(model: type[BaseModel] | None, found: Parameters) -> list[str]:
    """Their places, each once: ``colour``, ``attendees.invites``, ``members[].name``."""
    return list(dict.fromkeys(_unknown((model,) if model else (), found, "")))


def _unknown(models: Models, found: Parameters, prefix: str) -> Iterator[str]:
    """Of a place that any of ``models`` may stand at."""
    members = _members(models)
    for name, value in found.items():
        if name not in members:
            yield f"{prefix}{name}"
        elif nested := members[name]:
            if isinstance(value, dict):
                yield from _unknown(nested, value, f"{prefix}{name}.")
            elif isinstance(value, list):
                for entry in value:
                    if isinstance(entry, dict):
                        yield from _unknown(nested, entry, f"{prefix}{name}[].")


@cache
def _members(models: Models) -> dict[str, Models]:
    """The members that any of ``models`` has, each with the models of its value."""
    members: dict[str, Models] = {}
    for model in models:
        model.model_rebuild()
        for name, field in model.model_fields.items():
            key = field.alias or name
            members[key] = (*members.get(key, ()), *_models(field.annotation))
    return members


def _models(annotation: Any) -> Models:
    """Every model that ``annotation`` mentions, such as ``list[Attendee] | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (annotation,)
    if get_origin(annotation) is dict:
        return ()  # whose names may be any
    return tuple(model for part in get_args(annotation) for model in _models(part))
