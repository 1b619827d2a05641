"""What left the sandbox: callbacks with every attempt, and the mails in its mailboxes."""

from __future__ import annotations

from starlette.responses import Response

from mock_server.control.app import Control, Unknown, answer
from mock_server.control.documents import delivery_document, message_document
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


async def list_messages(control: Control) -> Response:
    to = control.request.query_params.get("to")
    return answer(
        {
            "messages": [
                message_document(message)
                for message in control.sandbox.messages
                if to is None or message.to == to.lower()
            ]
        }
    )


async def read_message(control: Control) -> Response:
    """``latest`` is an id too: the newest mail (``?to=`` of one person)."""
    sandbox = control.sandbox
    message_id = control.request.path_params["message_id"]
    to = control.request.query_params.get("to")
    messages = [m for m in sandbox.messages if to is None or m.to == to.lower()]
    if message_id == "latest":
        message = messages[-1] if messages else None
    else:
        message = sandbox.messages.get(message_id)
    if message is None:
        known = ", ".join(m.message_id for m in messages[-10:]) or "none yet"
        raise Unknown(Problem("message_id", repr(message_id), f"latest, or one of {known}"))
    return answer(message_document(message, text=True))


ROUTES = (
    ("GET", "/sandboxes/{sandbox_id}/deliveries", list_deliveries),
    ("POST", "/sandboxes/{sandbox_id}/deliveries/{delivery_id}/replay", replay),
    ("GET", "/sandboxes/{sandbox_id}/inbox", list_messages),
    ("GET", "/sandboxes/{sandbox_id}/inbox/{message_id}", read_message),
)
