"""Conditions on requests, as the query of a control call has them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mock_server.testing.terms import Document, plain


def in_query(filters: Mapping[str, Any]) -> Document:
    """``filters`` with their mappings written out: ``$.summary=="Interview"``.

    In JSON a text is told from a number or true; a parameter of a URL is a text anyway.
    """
    return {name: _written(name, plain(value)) for name, value in filters.items()}


def _written(name: str, value: Any) -> Any:
    if not isinstance(value, Mapping):
        return value
    return [
        f"{path}=={item if name == 'query' and isinstance(item, str) else json.dumps(item)}"
        for path, item in value.items()
    ]
