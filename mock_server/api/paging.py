"""Where the next page of a reading is (events §4.2)."""

from __future__ import annotations

from mock_server.api import shapes_events
from mock_server.api.call import Call
from mock_server.world.result_pages import ResultPage


def pages(call: Call, page: ResultPage) -> shapes_events.Pages:
    """``next_page`` leads back to where the request came in."""
    document: shapes_events.Pages = {"current": page.number, "total": page.total}
    if page.following:
        document["next_page"] = f"{call.base_url}/v1/{page.kind}/pages/{page.following}"
    return document
