"""All settings: one class; command-line options and MOCK_CRONOFY_* variables are made of it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple
from urllib.parse import urlsplit

ENVIRONMENT_PREFIX = "MOCK_CRONOFY_"


def _setting(default: Any, text: str, choices: tuple[str, ...] = ()) -> Any:
    metadata = {"help": text, "choices": choices}
    return field(default=default, metadata=metadata)


class Address(NamedTuple):
    """Where a server listens; ``host`` is a name or an address, without brackets."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """``localhost:1025``, ``[::1]:1025``. Raises ValueError, which says what is expected."""
        try:
            parts = urlsplit(f"//{text}")
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = None
        if not host or not port or parts.netloc != text or set(text) & set("@ \t"):
            raise ValueError("HOST:PORT, such as localhost:1025 or [::1]:1025")
        return cls(host, port)

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True)
class Settings:
    """What can be set; each field is an option of ``mock-cronofy serve`` and a variable."""

    host: str = _setting("127.0.0.1", "Address to listen on.")
    port: int = _setting(8282, "Port to listen on; 0 picks a free one.")
    scenario: str = _setting("default", "Scenario of the sandbox `default`: a name or a file.")
    seed: int | None = _setting(None, "Seed of the sandbox `default`, instead of its scenario's.")
    consent: str = _setting(
        "page",
        "Who decides on pages: a person (page), or everything is allowed at once (auto).",
        ("page", "auto"),
    )
    strictness: str = _setting(
        "cronofy",
        "How odd calls are taken where a scenario does not say: as Cronofy does, refused (strict), "
        "or more of them accepted (lenient).",
        ("cronofy", "strict", "lenient"),
    )
    public_url: str | None = _setting(
        None, "Start of every address in answers, instead of the request's own host."
    )
    allow_callback_host: tuple[str, ...] = _setting(
        (), "Host that callbacks may go to besides loopback and private addresses; repeatable."
    )
    smtp_relay: str | None = _setting(
        None, "Mail server that every mail is sent to as well, as HOST:PORT."
    )
    smtp_port: int | None = _setting(
        None,
        "Port that takes answers to invitations, and Smart Invites, by SMTP; 0 picks a free one.",
    )
    max_body: int = _setting(2 * 1024 * 1024, "Largest request body, in bytes.")
    access_log: bool = _setting(False, "Log every request to standard error.")

    def __post_init__(self) -> None:
        if self.public_url:
            # Addresses go on with a slash of their own.
            object.__setattr__(self, "public_url", self.public_url.rstrip("/"))

    @property
    def relay(self) -> Address | None:
        """Where ``smtp_relay`` listens. Raises ValueError."""
        return Address.parse(self.smtp_relay) if self.smtp_relay else None


def setting_fields() -> tuple[Any, ...]:
    """The fields of Settings, for making options and documentation of them."""
    return fields(Settings)
