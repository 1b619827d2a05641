"""Proof that an e-mail address is the person's: a code, mailed and typed in.

No Calendar Access asks for it (docs: access-modes/no-access); how long a code lives and
how often it may be mistyped is assumed.
"""

from __future__ import annotations

from mock_server.rules import mail
from mock_server.world.applications import Application
from mock_server.world.grants import EmailVerification
from mock_server.world.records import replace
from mock_server.world.sandbox import Sandbox

LIFETIME = 900
MOST_FAILURES = 5

# RFC 5321's longest path, without its angle brackets.
_LONGEST = 254


def address(text: str) -> str | None:
    """``text`` as an e-mail address in the form that people are found by; None if it is none."""
    local, at, domain = text.strip().lower().partition("@")
    if not (local and at and domain) or "@" in domain or len(text) > _LONGEST:
        return None
    if any(character.isspace() or not character.isprintable() for character in local + domain):
        return None
    return f"{local}@{domain}"


def begin(sandbox: Sandbox, application: Application, email: str) -> EmailVerification:
    """Mail a code to ``email``; expired verifications are forgotten meanwhile."""
    now = sandbox.now()
    for old in sandbox.email_verifications.leading(lambda begun: begun.expires_at <= now):
        sandbox.email_verifications.remove(old.token)
    code = sandbox.ids.digits("verification_code")
    message = mail.verification_code(sandbox, email, code, application.name)
    return sandbox.email_verifications.put(
        EmailVerification(
            token=sandbox.ids.token("email_verification"),
            client_id=application.client_id,
            email=email,
            code=code,
            message_id=message.message_id,
            expires_at=now + LIFETIME,
        )
    )


def find(sandbox: Sandbox, application: Application, token: str) -> EmailVerification | None:
    """The verification of ``token``, as long as it is of any use to ``application``."""
    found = sandbox.email_verifications.get(token)
    if (
        found is None
        or found.client_id != application.client_id
        or found.expires_at <= sandbox.now()
        or found.failures >= MOST_FAILURES
    ):
        return None
    return found


def check(sandbox: Sandbox, verification: EmailVerification, code: str) -> EmailVerification:
    """Compare ``code``, as somebody typed it: verified now, or one try less."""
    if "".join(code.split()) == verification.code:
        return sandbox.email_verifications.put(replace(verification, verified=True))
    failures = verification.failures + 1
    return sandbox.email_verifications.put(replace(verification, failures=failures))


def tries_left(verification: EmailVerification) -> int:
    return max(0, MOST_FAILURES - verification.failures)


def finish(sandbox: Sandbox, verification: EmailVerification) -> None:
    """It has served: nobody connects with it again."""
    sandbox.email_verifications.remove(verification.token)
