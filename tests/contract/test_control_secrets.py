"""Client secrets are rotated: several are active at a time (notifications §1.4.2, §4.14)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.contract.acme import deliveries, settle
from tests.contract.control import CLOCK, SECRET, assert_problems
from tests.contract.deliveries import Somebody
from tests.contract.documents import Document
from tests.contract.receiver import Receiver
from tests.contract.stories import created
from tests.emulator import Sandbox

A = "emulator-secret-A"
B = "emulator-secret-B"
OF_A = "3/hC/EFfE9DH2XLNOr3Yc2WGWm2qnvwyDn3QZlLLGA0="
OF_B = "nNfuZtNALmO41YdqLx7YZ/EH1lxCw7jKgBpMMHa+cVA="


@pytest.fixture
def sandbox(open_sandbox: Callable[..., Sandbox]) -> Sandbox:
    return open_sandbox(clock=CLOCK)


def path(sandbox: Sandbox) -> str:
    return f"/applications/{sandbox.application['client_id']}/secrets"


def add(sandbox: Sandbox, **wanted: Any) -> Document:
    added: Document = created(sandbox.control("POST", path(sandbox), json=wanted))
    return added


def end(sandbox: Sandbox, secret: str) -> httpx.Response:
    return sandbox.control("DELETE", f"{path(sandbox)}/{secret}")


def authenticates(sandbox: Sandbox, secret: str) -> bool:
    """Whether ``secret`` does, in a body as well as in a header."""
    refused = sandbox.token(grant_type="refresh_token", refresh_token="x", client_secret=secret)
    answer = sandbox.call(secret, "POST", "/v1/availability", json={})
    in_body = refused.json()["error"] == "invalid_grant"
    assert (answer.status_code != 401) is in_body
    return in_body


def test_a_new_secret(sandbox: Sandbox) -> None:
    """4.14: every active secret authenticates; the newest comes first, and is the application's
    client_secret."""
    first = sandbox.application["client_secret"]
    added = add(sandbox)
    second = added["client_secret"]
    assert added == {
        "client_id": sandbox.application["client_id"],
        "client_secret": SECRET,
        "client_secrets": [second, first],
    }
    assert second != first
    third = add(sandbox, client_secret=f"chosen/{sandbox.sandbox_id}")["client_secrets"]
    assert third == [f"chosen/{sandbox.sandbox_id}", second, first]
    assert all(authenticates(sandbox, secret) for secret in third)
    assert sandbox.control("GET", "").json()["applications"][0]["client_secret"] == third[0]


def test_a_secret_ends(sandbox: Sandbox) -> None:
    """It authenticates no more, others do; the last one stays."""
    first = sandbox.application["client_secret"]
    second = add(sandbox)["client_secret"]
    response = end(sandbox, first)
    assert (response.status_code, response.content) == (204, b"")
    assert not authenticates(sandbox, first)
    assert authenticates(sandbox, second)
    assert_problems(end(sandbox, first), 404, "secret")
    assert_problems(end(sandbox, second), 422, "secret")
    assert authenticates(sandbox, second)
    slashed = add(sandbox, client_secret=f"a/{sandbox.sandbox_id}/b")["client_secret"]
    assert end(sandbox, slashed).status_code == 204


def test_a_reset_ends_the_rotation(sandbox: Sandbox) -> None:
    """And a snapshot brings it back."""
    first = sandbox.application["client_secret"]
    second = add(sandbox)["client_secret"]
    snapshot = sandbox.control("GET", "/snapshot").json()
    sandbox.control("POST", "/reset")
    assert not authenticates(sandbox, second)
    assert sandbox.control("PUT", "/snapshot", json=snapshot).status_code == 200
    assert authenticates(sandbox, first)
    assert authenticates(sandbox, second)


def test_a_secret_of_somebody_else(sandbox: Sandbox, open_sandbox: Callable[..., Sandbox]) -> None:
    """Secrets find the sandbox, so nobody else's can be taken: 409; nor one's own again."""
    other = open_sandbox()
    for taken in (other.application["client_secret"], sandbox.application["client_secret"]):
        response = sandbox.control("POST", path(sandbox), json={"client_secret": taken})
        assert_problems(response, 409, "bearer")
    assert authenticates(other, other.application["client_secret"])


def test_what_cannot_be_a_secret(sandbox: Sandbox) -> None:
    """422, and 404 for an application that is not there."""
    response = sandbox.control("POST", path(sandbox), json={"client_secret": "a b"})
    assert_problems(response, 422, "client_secret")
    response = sandbox.control("POST", "/applications/x/secrets", json={})
    assert_problems(response, 404, "client_id")
    assert_problems(sandbox.control("DELETE", "/applications/x/secrets/y"), 404, "client_id")


def test_the_check_vectors_with_every_secret(sandbox: Sandbox, receiver: Receiver) -> None:
    """1.4.2: one value for each active secret, newest first, joined by a comma without a space;
    a replay is signed with those that are active then."""
    Somebody(sandbox).channel(receiver.url)
    receiver.next()
    settle(sandbox)
    snapshot = sandbox.control("GET", "/snapshot").json()
    snapshot["tables"]["deliveries"][0]["body"] = '{"probe":1}'
    assert sandbox.control("PUT", "/snapshot", json=snapshot).status_code == 200
    (delivery,) = deliveries(sandbox)

    def signature() -> str:
        sandbox.control("POST", f"/deliveries/{delivery['delivery_id']}/replay")
        callback = receiver.next()
        settle(sandbox)
        assert callback.body == b'{"probe":1}'
        value = callback.headers["cronofy-hmac-sha256"]
        (shown,) = deliveries(sandbox)
        assert shown["attempts"][-1]["request"]["headers"]["Cronofy-HMAC-SHA256"] == value
        return value

    add(sandbox, client_secret=A)
    end(sandbox, sandbox.application["client_secret"])
    assert signature() == OF_A
    add(sandbox, client_secret=B)
    assert signature() == f"{OF_B},{OF_A}"
    end(sandbox, A)
    assert signature() == OF_B
