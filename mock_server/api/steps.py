"""The steps of a call whose credential has been checked, in Cronofy's order.

Who may not call at all 403 → ownership 404 → body and query 422 → the handler. The entries
of a batch go through them as calls of their own do.
"""

from __future__ import annotations

from typing import Any

from mock_server.api import parsing
from mock_server.api.call import Call
from mock_server.api.endpoint import Endpoint
from mock_server.api.unknown_members import unknown_members
from mock_server.errors import CronofyError, OAuthError, Unprocessable
from mock_server.rules import contract


class Members:
    """The members of a body; ``unreadable`` says why it has none, if it is no good."""

    __slots__ = ("parameters", "unreadable")

    def __init__(
        self, parameters: parsing.Parameters, unreadable: parsing.Unreadable | None = None
    ) -> None:
        self.parameters = parameters
        self.unreadable = unreadable


def carry_out(endpoint: Endpoint, call: Call, members: Members) -> Any:
    """What the handler answers. Raises CronofyError."""
    if endpoint.permitted is not None:
        endpoint.permitted(call)
    if endpoint.owned is not None:
        call.target = endpoint.owned(call)
    if members.unreadable is not None:
        if endpoint.body is not None:
            raise unreadable(endpoint, "body", members.unreadable)
        call.remark("unreadable", f"ignored: {members.unreadable}")
    if endpoint.body is not None:
        if endpoint.old_names:
            _note_old_names(endpoint, call, members.parameters)
        considered = _considered(endpoint, call, members.parameters)
        call.body = _validate(endpoint, endpoint.body_model, considered)
    if endpoint.query is not None or call.scope["query_string"]:
        _read_query(endpoint, call)
    if endpoint.body is not None or members.parameters:
        _warn_unknown(call, "parameter", endpoint.body_model, members.parameters)
    return endpoint.handler(call)


def unreadable(endpoint: Endpoint, part: str, error: parsing.Unreadable) -> CronofyError:
    """The refusal of a body or query that cannot be read."""
    text = str(error)
    if endpoint.oauth:
        return OAuthError("invalid_request", text, finding=error.finding)
    fields = {part: [("errors.invalid", text)]}
    return Unprocessable(fields, f"{part}: {text}", finding=error.finding)


def _note_old_names(endpoint: Endpoint, call: Call, parameters: parsing.Parameters) -> None:
    for old in endpoint.old_names:
        value: Any = parameters
        for step in old.name.split("."):
            value = value.get(step) if isinstance(value, dict) else None
        if value:
            code = "old_name_of_sdks" if old.of_sdks else "deprecated_name"
            call.remark(code, f"{old.name} is an old name of {old.instead}")


def _considered(
    endpoint: Endpoint, call: Call, parameters: parsing.Parameters
) -> parsing.Parameters:
    """The parameters that count, whatever the others say."""
    if endpoint.ignored is None:
        return parameters
    ignored = endpoint.ignored(call, parameters)
    for name, why in ignored.items():
        if name in parameters:
            call.remark("ignored_parameter", f"ignored: {name}, {why}")
    return {name: value for name, value in parameters.items() if name not in ignored}


def _read_query(endpoint: Endpoint, call: Call) -> None:
    try:
        parameters = parsing.parse_query(call.scope)
    except parsing.Unreadable as error:
        if endpoint.query is not None:
            raise unreadable(endpoint, "query", error) from None
        call.remark("unreadable", f"ignored: {error}")
        return
    if endpoint.query is not None:
        call.query = parsing.validate(endpoint.query, parameters)
    if not endpoint.oauth:
        if secrets := contract.secrets_in(parameters):
            call.remark("secret_in_url", secrets)
        _warn_unknown(call, "query parameter", endpoint.query, parameters)


def _validate(endpoint: Endpoint, model: Any, members: parsing.Parameters) -> Any:
    try:
        return parsing.validate(model, members)
    except Unprocessable as error:
        if not endpoint.oauth:
            raise
        wrong_grant = any(
            k == "errors.not_recognized" for k, _ in error.fields.get("grant_type", ())
        )
        code = "unsupported_grant_type" if wrong_grant else "invalid_request"
        raise OAuthError(code, error.hint) from None


def _warn_unknown(call: Call, kind: str, model: Any, found: parsing.Parameters) -> None:
    unknown = unknown_members(model, found)
    if unknown:
        call.remark("unknown_parameter", f"ignored: unknown {kind} {', '.join(unknown)[:400]}")
