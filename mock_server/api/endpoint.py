"""The declaration of an endpoint, from which everything about it comes.

Route, credential and scope checks, 422 errors, the OpenAPI document, docs/fidelity.md
and the API page are all made from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from functools import cache
from importlib import import_module
from typing import Any

from pydantic import BaseModel

from mock_server.api.call import Call
from mock_server.api.parsing import Parameters
from mock_server.world.records import Record


class Credential(Enum):
    """What a call may authenticate with (identity §1.3)."""

    ACCESS_TOKEN = "access token of an account or application calendar"
    SERVICE_ACCOUNT_TOKEN = "access token of a service account"
    API_KEY = "client_secret as Bearer"
    CLIENT_CREDENTIALS = "client_id and client_secret in the body"
    ADMIN_KEY = "Admin API key as Bearer"


class Answer(Record, frozen=True):
    """An answer that differs from what its endpoint declares."""

    document: Any
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


Handler = Callable[[Call], Any]


class Deferred(Record, frozen=True):
    """A request model so large that it is imported when a request first needs it."""

    module: str
    name: str


@cache
def _imported(model: Deferred) -> type[BaseModel]:
    found: type[BaseModel] = getattr(import_module(model.module), model.name)
    return found


class OldName(Record, frozen=True):
    """What a member of the body (``attendees.reject``) was called once.

    ``of_sdks``: Cronofy's own SDKs still call it so, and who uses them has no choice.
    """

    name: str
    instead: str
    of_sdks: bool = False


class Endpoint(Record, frozen=True):
    """One call of Cronofy's API.

    ``status`` is success; ``answered_at_once`` means that a 202 may be a 200 with ``answer``
    instead, ``may_be_empty`` that ``answer`` is not always given. ``scope``: any one of these
    suffices; empty means any valid token, and so does it where ``own_alone`` says that a call is
    about nothing but what the application itself wrote. ``permitted`` raises Forbidden for callers
    who may not make this call at all, whatever they send.
    ``ignored`` says which of the body's parameters do not count in this call, and why not.
    ``old_names`` are taken, too.
    ``owned`` finds the resource that the path names, and raises NotFound for somebody else's.
    ``oauth`` endpoints answer errors as RFC 6749 and read the query string too. ``errors`` are
    the statuses documented besides success; those of ``text_errors`` have a plain-text body.
    ``assumed`` lists what Cronofy's documentation leaves open and the emulator decides; empty
    means documented throughout.
    """

    method: str
    path: str
    title: str
    docs: str
    credentials: tuple[Credential, ...]
    handler: Handler
    answer: Any = None
    status: int = 200
    answered_at_once: bool = False
    may_be_empty: bool = False
    body: type[BaseModel] | Deferred | None = None
    query: type[BaseModel] | None = None
    scope: tuple[str, ...] = ()
    own_alone: Callable[[Call, Parameters], bool] | None = None
    plan: str = "starter"
    permitted: Callable[[Call], None] | None = None
    owned: Callable[[Call], Any] | None = None
    ignored: Callable[[Call, Parameters], Mapping[str, str]] | None = None
    old_names: tuple[OldName, ...] = ()
    oauth: bool = False
    no_store: bool = False
    errors: tuple[int, ...] = ()
    text_errors: tuple[int, ...] = ()
    assumed: tuple[str, ...] = ()

    @property
    def body_model(self) -> type[BaseModel] | None:
        return _imported(self.body) if isinstance(self.body, Deferred) else self.body

    @property
    def operation(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def fidelity(self) -> str:
        return "assumed in part" if self.assumed else "documented"


def endpoint(method: str, path: str, **declared: Any) -> Callable[[Handler], Endpoint]:
    """Declare the decorated function as the handler of an endpoint."""

    def declare(handler: Handler) -> Endpoint:
        return Endpoint(method=method, path=path, handler=handler, **declared)

    return declare
