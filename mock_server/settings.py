"""All settings: one class; command-line options and MOCK_CRONOFY_* variables are made of it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

ENVIRONMENT_PREFIX = "MOCK_CRONOFY_"


def _setting(default: Any, text: str, choices: tuple[str, ...] = ()) -> Any:
    metadata = {"help": text, "choices": choices}
    return field(default=default, metadata=metadata)


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
    public_url: str | None = _setting(
        None, "Start of every address in answers, instead of the request's own host."
    )
    allow_callback_host: tuple[str, ...] = _setting(
        (), "Host that callbacks may go to besides loopback and private addresses; repeatable."
    )
    max_body: int = _setting(2 * 1024 * 1024, "Largest request body, in bytes.")
    access_log: bool = _setting(False, "Log every request to standard error.")

    def __post_init__(self) -> None:
        if self.public_url:
            # Addresses go on with a slash of their own.
            object.__setattr__(self, "public_url", self.public_url.rstrip("/"))


def setting_fields() -> tuple[Any, ...]:
    """The fields of Settings, for making options and documentation of them."""
    return fields(Settings)
