"""``mock-cronofy conformance``: from its options to its report."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

import click

from mock_server.conformance import report
from mock_server.conformance.checks import Check
from mock_server.conformance.readings import READINGS
from mock_server.conformance.server import Credentials, Server
from mock_server.conformance.suite import CHECKS, CannotRun, chosen, run
from mock_server.conformance.target import Options, Target

__all__ = ["CannotRun", "examine", "listing"]

_FORMATS = {"text": report.text, "json": report.document, "junit": report.junit}


def listing(only: tuple[str, ...]) -> str:
    """The checks of these names, or all. Raises CannotRun for a name that there is not."""
    return report.listing(_chosen(only))


def examine(
    only: tuple[str, ...],
    *,
    base_url: str | None,
    client_id: str | None,
    client_secret: str | None,
    access_token: str | None,
    refresh_token: str | None,
    writes: bool,
    calendar_id: str | None,
    callback_url: str | None,
    form: str,
    timeout: float,
    output: Path | None,
) -> int:
    """Run the checks and write the report; 0, or 1 if the server differs. Raises CannotRun."""
    if not base_url:
        raise CannotRun(
            "--base-url is missing: expected an address such as https://api.cronofy.com"
        )
    if not access_token:
        raise CannotRun("--access-token is missing: expected one of an account that is connected")
    checks = _chosen(only)
    if calendar_id is not None and not writes:
        raise CannotRun("--calendar-id: expected together with --writes, nothing is written else")
    if callback_url is not None:
        _check_address("--callback-url", callback_url)
    options = Options(
        writes=writes,
        calendar_id=calendar_id,
        **({} if callback_url is None else {"callback_url": callback_url}),
    )
    credentials = Credentials(access_token, client_id, client_secret, refresh_token)
    server = Server(_check_address("--base-url", base_url), credentials, timeout=timeout)
    try:
        outcomes = list(run(Target(server, options, READINGS), checks))
    finally:
        server.close()
    written = _FORMATS[form](server.base_url, outcomes)
    if output is None:
        click.echo(written, nl=False)
    else:
        try:
            output.write_text(written, "utf-8")
        except OSError as error:
            raise CannotRun(f"--output {output}: {error.strerror}") from None
    return int(any(outcome.result == "failed" for outcome in outcomes))


def _chosen(only: tuple[str, ...]) -> list[Check]:
    try:
        return chosen(only)
    except ValueError as error:
        name = str(error)
        close = get_close_matches(name, [check.name for check in CHECKS], n=1)
        hint = f" (did you mean {close[0]}?)" if close else ""
        raise CannotRun(f"--only {name}: no check has this name{hint}; --list prints all") from None


def _check_address(option: str, address: str) -> str:
    """``address``, if it is one of http or https, without a password in it."""
    try:
        parts = urlsplit(address)
        right = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        right = False
        parts = urlsplit("")
    if not right or "@" in parts.netloc or parts.fragment:
        raise CannotRun(
            f"{option}: expected an http or https address without user and password, such as "
            "https://api.cronofy.com"
        )
    return address
