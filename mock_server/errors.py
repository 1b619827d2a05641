"""The error catalogue: every refusal that an API path can answer.

::

    CronofyError
    ├── Unauthorized      401  empty body, WWW-Authenticate        credential not recognized
    ├── PaymentRequired   402  empty body                          the application's plan lacks it
    ├── Forbidden         403  empty body, rarely plain text       recognized, but lacks privilege
    │   ├── ScopeMissing                                           the person has not granted it
    │   └── FeatureOff                                             not on for the application
    ├── NotFound          404  empty body                          unknown, or somebody else's
    ├── TooLarge          413  empty body                          body over the server's limit
    ├── Unprocessable     422  {"errors": {field: [{key, …}]}}     invalid parameters
    ├── Locked            423  empty body                          no usable provider credentials
    ├── TooManyRequests   429  empty body, Retry-After             the application's rate limit
    ├── NotBuilt          501  empty body                          Cronofy has it, not we yet
    ├── OAuthError        400  {"error": …}                        token endpoints, as RFC 6749 asks
    └── TooOdd            400  {"errors": {finding: [{key, …}]}}   what a strict sandbox refuses

Each carries a *hint*: one sentence for the developer that says what would have been
right. It travels in the ``Mock-Cronofy-Hint`` response header, never in Cronofy's body.
And each is a *finding* of that kind for the contract report; what a lenient sandbox does not
refuse has another kind besides, ``leniency``.
Statuses and bodies: contract, identity §1.7; NotBuilt and TooOdd are the emulator's own.
"""

from __future__ import annotations

from typing import ClassVar

Document = dict[str, object]


class CronofyError(Exception):
    """A refusal. ``status`` is the HTTP status, ``hint`` a sentence for the developer."""

    status: ClassVar[int]
    finding: str = "refused"
    leniency: ClassVar[str | None] = None

    def __init__(self, hint: str, *, finding: str | None = None) -> None:
        super().__init__(hint)
        self.hint = hint
        if finding is not None:
            self.finding = finding

    def document(self) -> Document | None:
        """The JSON body Cronofy answers with; None for an empty one."""
        return None

    def headers(self) -> dict[str, str]:
        return {}


# RFC 6750's codes, in words for the WWW-Authenticate header (wording ours, identity §1.7).
_CHALLENGES = {
    "invalid_token": "The token is unknown, expired, revoked, or of another kind",
    "invalid_request": "The Authorization header is malformed",
}


class Unauthorized(CronofyError):
    """401. ``error`` is RFC 6750's code; None when no credential was sent at all."""

    status = 401
    finding = "wrong_credential"

    def __init__(
        self, hint: str, *, error: str | None = "invalid_token", finding: str | None = None
    ) -> None:
        super().__init__(hint, finding=finding)
        self.error = error

    def headers(self) -> dict[str, str]:
        challenge = 'Bearer realm="cronofy"'
        if self.error:
            description = _CHALLENGES[self.error]
            challenge += f', error="{self.error}", error_description="{description}"'
        return {"WWW-Authenticate": challenge}


class PaymentRequired(CronofyError):
    status = 402
    leniency = "lenient_plan"


class Forbidden(CronofyError):
    """403. ``text`` is the plain-text body of the one call that has one (identity §8.2)."""

    status = 403

    def __init__(self, hint: str, *, text: str | None = None) -> None:
        super().__init__(hint)
        self.text = text


class ScopeMissing(Forbidden):
    """403: the person has not granted what this needs."""

    leniency = "lenient_scope"


class FeatureOff(Forbidden):
    """403: Cronofy has it, but it is not switched on for the application."""

    leniency = "lenient_feature"


class NotFound(CronofyError):
    status = 404
    finding = "not_found"


class TooLarge(CronofyError):
    status = 413


class Unprocessable(CronofyError):
    """422. ``fields`` maps a field path (``permissions[0].calendar_id``) to its errors."""

    status = 422

    def __init__(
        self,
        fields: dict[str, list[tuple[str, str]]],
        hint: str,
        *,
        finding: str | None = None,
    ) -> None:
        super().__init__(hint, finding=finding)
        self.fields = fields

    @classmethod
    def of(cls, field: str, key: str, description: str, hint: str = "") -> Unprocessable:
        """One error on one field; the hint defaults to naming both."""
        return cls({field: [(key, description)]}, hint or f"{field}: {description}")

    def document(self) -> Document:
        return {
            "errors": {
                field: [{"key": key, "description": description} for key, description in errors]
                for field, errors in self.fields.items()
            }
        }


class Locked(CronofyError):
    status = 423
    finding = "locked"


class TooManyRequests(CronofyError):
    """429. ``seconds`` until the next request may be made."""

    status = 429
    finding = "rate_limited"
    leniency = "lenient_rate_limit"

    def __init__(self, hint: str, *, seconds: int) -> None:
        super().__init__(hint)
        self.seconds = seconds

    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.seconds)}


class NotBuilt(CronofyError):
    status = 501
    finding = "not_built"


class OAuthError(CronofyError):
    """400 at the token endpoints. ``error_key`` is where the invalid-grant FAQ's key is put."""

    status = 400

    def __init__(
        self,
        error: str,
        hint: str,
        *,
        error_key: str | None = None,
        finding: str | None = None,
    ) -> None:
        super().__init__(hint, finding=finding)
        self.error = error
        self.error_key = error_key

    def document(self) -> Document:
        document: Document = {"error": self.error, "error_description": self.hint}
        if self.error_key:
            document["error_key"] = self.error_key
        return document

    def headers(self) -> dict[str, str]:
        return {"Cache-Control": "no-store", "Pragma": "no-cache"}


class TooOdd(CronofyError):
    """400: what Cronofy accepts and a strict sandbox does not. ``reasons`` are the findings that
    matter, each its kind and its text; they stand in the report themselves.
    """

    status = 400

    def __init__(self, reasons: list[tuple[str, str]], *, oauth: bool = False) -> None:
        words = "; ".join(text for _, text in reasons)
        super().__init__(f"refused, because this sandbox is strict: {words}")
        self.reasons = reasons
        self._oauth = oauth

    def document(self) -> Document:
        if self._oauth:
            return {"error": "invalid_request", "error_description": self.hint}
        errors: dict[str, list[dict[str, str]]] = {}
        for finding, text in self.reasons:
            errors.setdefault(finding, []).append({"key": "errors.strict", "description": text})
        return {"errors": errors}
