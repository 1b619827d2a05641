"""Where a request came in: the start of every address in an answer."""

from __future__ import annotations

import re
from typing import Any

# A host name, an IPv4 or a bracketed IPv6 address, with an optional port.
_HOST = re.compile(rb"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?")


def base_url(scope: Any) -> str:
    """``http://localhost:8282``: the request's own host, or the server's where it has none."""
    for name, value in scope["headers"]:
        if name == b"host" and _HOST.fullmatch(value):
            return f"{scope['scheme']}://{value.decode('ascii')}"
    host, port = scope.get("server") or ("localhost", 80)
    return f"{scope['scheme']}://{host}:{port}"
