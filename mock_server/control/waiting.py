"""Waiting for what happens by itself: an answer as soon as it has, and no polling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from mock_server.control.app import Control, answer, problems
from mock_server.control.faults import Hits, WaitForHits
from mock_server.control.inbox import Messages, WaitForMessages
from mock_server.control.journal_queries import from_query
from mock_server.control.journal_waiting import Requests, WaitForRequests
from mock_server.control.outbox import Deliveries, WaitForDeliveries
from mock_server.control.searches import Patience, Search
from mock_server.scenarios.problems import Invalid, Problem, validate

# By the parameter that names what is waited for.
_SEARCHES: dict[str, tuple[type[Patience], Callable[[Control, Any], Search]]] = {
    "delivery": (WaitForDeliveries, Deliveries),
    "message": (WaitForMessages, Messages),
    "fault": (WaitForHits, Hits),
    "journal": (WaitForRequests, Requests),
}


async def wait(control: Control) -> Response:
    """Answer as soon as there are enough; 504 if that takes too long."""
    params = control.request.query_params
    named = [name for name in _SEARCHES if name in params]
    if len(named) != 1:
        found = " and ".join(named) or "nothing to wait for"
        raise Invalid([Problem("the document", found, f"one of {', '.join(_SEARCHES)}")])
    model, search = _SEARCHES[named[0]]
    wanted = validate(model, from_query(params))
    return await _until(control, named[0], search(control, wanted), wanted)


async def _until(control: Control, place: str, search: Search, wanted: Patience) -> Response:
    try:
        # Real seconds: it is a person's or a test's patience, whatever the sandbox's clock.
        with search.watching():
            async with asyncio.timeout(wanted.timeout):
                while search.count() < wanted.count:
                    await control.app.worker.change(control.sandbox)
    except TimeoutError:
        expected = f"{wanted.count} within {wanted.timeout:g} seconds"
        return problems([Problem(place, search.found(), expected)], 504)
    return answer(search.document())


ROUTES = (("GET", "/sandboxes/{sandbox_id}/wait", wait),)
