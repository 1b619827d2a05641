"""The journal: the latest requests of a sandbox, with warnings and hints."""

from __future__ import annotations

from starlette.responses import Response

from mock_server.control.app import Control, answer, no_content
from mock_server.world.clock import as_text


async def read(control: Control) -> Response:
    """Oldest first; ``?path=`` (a beginning) and ``?status=`` narrow it down."""
    query = control.request.query_params
    path, status = query.get("path", ""), query.get("status")
    return answer(
        {
            "requests": [
                {
                    "at": as_text(entry.at),
                    "method": entry.method,
                    "path": entry.path,
                    "status": entry.status,
                    "duration_us": entry.duration,
                    "client_id": entry.client_id,
                    "sub": entry.sub,
                    "hint": entry.hint,
                    "warnings": [finding.text for finding in entry.findings],
                }
                for entry in control.sandbox.journal
                if entry.path.startswith(path) and status in (None, str(entry.status))
            ]
        }
    )


async def clear(control: Control) -> Response:
    control.sandbox.journal.clear()
    return no_content()


ROUTES = (
    ("GET", "/sandboxes/{sandbox_id}/journal", read),
    ("DELETE", "/sandboxes/{sandbox_id}/journal", clear),
)
