"""Where a request came in: the start of every address in an answer."""

from __future__ import annotations

import re
import socket
from typing import Any

# A host name, an IPv4 or a bracketed IPv6 address, with an optional port.
_HOST = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[([0-9A-Fa-f:.]{2,45})\])(?::\d{1,5})?")

# Endings of names that no public name server answers for.
_PRIVATE = (".localhost", ".test", ".local", ".localdomain", ".internal", ".home.arpa")


# PHP's SDK names the production host whatever address it connects to (identity §1.2);
# who lets that name lead here for real does so on its own port.
_PRODUCTION = re.compile(r"(?:api|app)(?:-[a-z]{2})?\.cronofy\.com")
_ITS_PORTS = {80, 443}


def base_url(scope: Any) -> str:
    """``http://localhost:8282``: the request's own host, or the server's where it has none."""
    server, port = scope.get("server") or ("localhost", 80)
    for name, value in scope["headers"]:
        if name == b"host" and (host := _host(value)):
            if _PRODUCTION.fullmatch(host) and port not in _ITS_PORTS:
                break
            return f"{scope['scheme']}://{host}"
    return f"{scope['scheme']}://{server}:{port}"


def _host(value: bytes) -> str | None:
    text = value.decode("latin-1")
    found = _HOST.fullmatch(text)
    if found is None:
        return None
    if found[1]:
        try:
            socket.inet_pton(socket.AF_INET6, found[1])
        except OSError:
            return None
    return text


def is_private_name(host: str) -> bool:
    """Whether ``host`` is an address, or a name that nobody can register.

    Any other name somebody may let point at this machine, so that a browser takes that
    somebody's page for one of ours (DNS rebinding).
    """
    host = host.lower().rstrip(".")
    numeric = ":" in host or host.replace(".", "").isdecimal()
    return numeric or "." not in host or host.endswith(_PRIVATE)
