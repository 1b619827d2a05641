"""What left the sandbox: callbacks, and mails on their way to a relay, with every attempt."""

from __future__ import annotations

from starlette.responses import Response

from mock_server.control.app import Control, Unknown, answer
from mock_server.control.documents import delivery_document
from mock_server.scenarios.problems import Problem
from mock_server.world.records import replace


async def list_deliveries(control: Control) -> Response:
    query = control.request.query_params
    return answer(
        {
            "deliveries": [
                delivery_document(delivery)
                for delivery in control.sandbox.deliveries
                if query.get("state") in (None, delivery.state)
                and query.get("kind") in (None, delivery.kind)
            ]
        }
    )


async def replay(control: Control) -> Response:
    """One more attempt, whatever became of the earlier ones."""
    sandbox = control.sandbox
    delivery_id = control.request.path_params["delivery_id"]
    delivery = sandbox.deliveries.get(delivery_id)
    if delivery is None:
        known = ", ".join(d.delivery_id for d in list(sandbox.deliveries)[-10:]) or "none yet"
        raise Unknown(Problem("delivery_id", repr(delivery_id), f"one of {known}"))
    replayed = replace(delivery, state="pending", due_at=sandbox.now())
    return answer(delivery_document(sandbox.deliveries.put(replayed)), 202)


ROUTES = (
    ("GET", "/sandboxes/{sandbox_id}/deliveries", list_deliveries),
    ("POST", "/sandboxes/{sandbox_id}/deliveries/{delivery_id}/replay", replay),
)
