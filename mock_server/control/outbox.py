"""What left the sandbox: callbacks, and mails on their way to a relay, with every attempt.

Their failures too: a test may ask for them, and then nothing is sent.
"""

from __future__ import annotations

from starlette.responses import Response

from mock_server.control.app import Control, answer, no_content
from mock_server.control.documents import delivery_document, failure_document
from mock_server.rules import failures
from mock_server.scenarios.actions import deliveries
from mock_server.scenarios.actions.deliveries import FailDeliveries, FailDelivery
from mock_server.scenarios.problems import Problem, Unknown, validate
from mock_server.world.outbox import Delivery


async def list_deliveries(control: Control) -> Response:
    """In the order they came; ``?url=`` is a beginning."""
    query = control.request.query_params
    return answer(
        {
            "deliveries": [
                delivery_document(delivery)
                for delivery in control.sandbox.deliveries
                if query.get("state") in (None, delivery.state)
                and query.get("kind") in (None, delivery.kind)
                and query.get("channel_id") in (None, delivery.queue)
                and delivery.url.startswith(query.get("url", ""))
            ]
        }
    )


async def read_delivery(control: Control) -> Response:
    return answer(delivery_document(_delivery(control)))


async def replay(control: Control) -> Response:
    """One more attempt, whatever became of the earlier ones."""
    delivery = deliveries.replay(control.sandbox, _delivery(control))
    return answer(delivery_document(delivery), 202)


async def fail(control: Control) -> Response:
    """Let the next attempt of this delivery fail."""
    delivery = _delivery(control)
    wanted = validate(FailDelivery, await control.document())
    failure = failures.add(control.sandbox, wanted.outcome, delivery_id=delivery.delivery_id)
    return answer(failure_document(failure), 201)


async def add_failures(control: Control) -> Response:
    """Let the next attempts fail: of any delivery, of one kind, to one address."""
    wanted = validate(FailDeliveries, await control.document())
    return answer(failure_document(deliveries.fail(control.sandbox, wanted)), 201)


async def list_failures(control: Control) -> Response:
    """Those not yet used up."""
    listed = [failure_document(failure) for failure in control.sandbox.failures]
    return answer({"failures": listed})


async def clear_failures(control: Control) -> Response:
    control.sandbox.failures.clear()
    return no_content()


def _delivery(control: Control) -> Delivery:
    """The delivery that the path names. Raises Unknown."""
    delivery_id = control.request.path_params["delivery_id"]
    delivery = control.sandbox.deliveries.get(delivery_id)
    if delivery is None:
        known = list(control.sandbox.deliveries)[-10:]
        names = ", ".join(other.delivery_id for other in known) or "none yet"
        raise Unknown(Problem("delivery_id", repr(delivery_id), f"one of {names}"))
    return delivery


ROUTES = (
    ("GET", "/sandboxes/{sandbox_id}/deliveries", list_deliveries),
    ("GET", "/sandboxes/{sandbox_id}/deliveries/failures", list_failures),
    ("POST", "/sandboxes/{sandbox_id}/deliveries/failures", add_failures),
    ("DELETE", "/sandboxes/{sandbox_id}/deliveries/failures", clear_failures),
    ("GET", "/sandboxes/{sandbox_id}/deliveries/{delivery_id}", read_delivery),
    ("POST", "/sandboxes/{sandbox_id}/deliveries/{delivery_id}/replay", replay),
    ("POST", "/sandboxes/{sandbox_id}/deliveries/{delivery_id}/fail", fail),
)
