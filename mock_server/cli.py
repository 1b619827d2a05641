"""The command ``mock-cronofy``: serve, health, scenarios, fixtures, openapi, conformance."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from mock_server import __version__
from mock_server.settings import ENVIRONMENT_PREFIX, Address, Settings, setting_fields

# Looking for pydantic plugins reads every installed distribution, and we use none.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mock-cronofy")
def main() -> None:
    """A local server that behaves like the Cronofy calendar API."""


def _address(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    try:
        return value and str(Address.parse(value))
    except ValueError as error:
        raise click.BadParameter(f"found {value!r}, expected {error}", context, option) from None


def _setting_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """An option for each setting, with its environment variable."""
    for setting in reversed(setting_fields()):
        name, default = setting.name, setting.default
        kind: Any = type(default) if default is not None else str
        option: dict[str, Any] = {"type": kind}
        if name == "seed":
            option["type"] = click.IntRange(0, 2**53 - 1)
        elif name in {"port", "smtp_port"}:
            option["type"] = click.IntRange(0, 65535)
        elif name == "smtp_relay":
            option["callback"] = _address
        elif isinstance(default, bool):
            option = {"is_flag": True}
        elif isinstance(default, tuple):
            option = {"multiple": True}
        elif setting.metadata["choices"]:
            option["type"] = click.Choice(setting.metadata["choices"])
        command = click.option(
            f"--{name.replace('_', '-')}",
            name,
            default=default,
            envvar=f"{ENVIRONMENT_PREFIX}{name.upper()}",
            show_envvar=True,
            show_default=default not in (None, (), False),
            help=setting.metadata["help"],
            **option,
        )(command)
    return command


@main.command()
@_setting_options
def serve(**options: Any) -> None:
    """Serve the emulator until it is interrupted."""
    # What starting makes is there to stay: nothing of it is garbage, to be looked for.
    gc.disable()
    from mock_server.scenarios.problems import Invalid
    from mock_server.serving import run

    try:
        run(Settings(**options))
    except Invalid as invalid:
        _fail(invalid)


@main.command()
@click.option("--url", help="Address of the server, if it is not on this machine.")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=8282,
    envvar=f"{ENVIRONMENT_PREFIX}PORT",
    show_envvar=True,
    show_default=True,
    help="Port of the server on this machine.",
)
def health(url: str | None, port: int) -> None:
    """Ask a running server whether it is ready; exits with 1 if it is not."""
    from urllib.error import URLError
    from urllib.request import urlopen

    url = url or f"http://127.0.0.1:{port}"
    try:
        with urlopen(f"{url.rstrip('/')}/_mock/health", timeout=3) as response:
            click.echo(response.read().decode())
    except (URLError, OSError, ValueError) as error:
        click.echo(f"mock-cronofy: no healthy answer from {url}: {error}", err=True)
        sys.exit(1)


@main.group()
def scenarios() -> None:
    """List, show and check scenarios."""


@scenarios.command("list")
def list_scenarios() -> None:
    """The scenarios that come with mock-cronofy."""
    from mock_server.scenarios.files import find_scenario, read_scenario, scenario_names

    names = scenario_names()
    width = max(map(len, names))
    for name in names:
        description = read_scenario(find_scenario(name)).scenario.description or ""
        click.echo(f"{name:<{width}}  {' '.join(description.split())}")


@scenarios.command("show")
@click.argument("name")
def show_scenario(name: str) -> None:
    """Print the file of a scenario (a name or a path)."""
    from mock_server.scenarios import reading
    from mock_server.scenarios.files import find_scenario
    from mock_server.scenarios.problems import Invalid

    try:
        text = reading.text(find_scenario(name))
    except Invalid as invalid:
        _fail(invalid)
    click.echo(text.encode(), nl=False)


@scenarios.command("check")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
def check_scenarios(files: tuple[str, ...]) -> None:
    """Read scenarios and make them true once; exits with 2 if anything is wrong.

    Says all that is wrong, in which file and line. A fixture is a scenario too.
    """
    from mock_server.scenarios.files import find_scenario, read_scenario
    from mock_server.scenarios.load import open_sandbox
    from mock_server.scenarios.problems import Invalid
    from mock_server.world.sandboxes import Sandboxes

    wrong = False
    for file in files:
        try:
            sandbox = open_sandbox(Sandboxes(), read_scenario(find_scenario(file)))
        except Invalid as invalid:
            wrong = True
            click.echo(str(invalid), err=True)
        else:
            applications, people = len(sandbox.applications), len(sandbox.people)
            counts = f"applications: {applications}, people: {people}"
            click.echo(f"{file}: fine ({counts}, connected: {len(sandbox.authorizations)})")
    if wrong:
        sys.exit(2)


@main.group()
def fixtures() -> None:
    """Make fixtures."""


def _domain(context: click.Context, option: click.Parameter, value: str) -> str:
    from mock_server.scenarios.fields import domain

    try:
        return domain(value)
    except ValueError as error:
        raise click.BadParameter(f"found {value!r}, expected {error}", context, option) from None


@fixtures.command("generate")
@click.option("--people", type=click.IntRange(1, 10_000), required=True, help="How many.")
@click.option("--seed", type=click.IntRange(0, 2**53 - 1), default=1, show_default=True)
@click.option("--domain", default="example.test", show_default=True, callback=_domain)
@click.option("--events", type=click.IntRange(0, 10_000), default=0, help="For each person.")
def generate_fixture(people: int, seed: int, domain: str, events: int) -> None:
    """Print a fixture of made-up people; the same seed makes the same people.

    Their events are made up when the fixture is loaded, around the clock's time then.
    """
    from mock_server.scenarios.generate import fixture

    click.echo(fixture(people, seed, domain, events).encode(), nl=False)


@main.command()
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Else: print it.")
def openapi(output: Path | None) -> None:
    """Write the OpenAPI document of the emulated API."""
    import orjson

    from mock_server.api.openapi import document

    content = orjson.dumps(document(), option=orjson.OPT_INDENT_2).decode() + "\n"
    if output is None:
        click.echo(content, nl=False)
    else:
        output.write_text(content, "utf-8")


@main.command()
def fidelity() -> None:
    """Print what is documented and what is assumed (docs/fidelity.md)."""
    from mock_server.api.fidelity import markdown

    click.echo(markdown(), nl=False)


def _sendable(_: click.Context, option: click.Parameter, value: str | None) -> str | None:
    """What a header takes; whatever else it is, it may be a secret, and is not shown."""
    if value is None or (value.isascii() and value.isprintable() and " " not in value):
        return value
    message = "found spaces or other characters that no header takes, expected one word"
    raise click.BadParameter(message, param=option)


def _secret_option(name: str, text: str) -> Callable[..., Any]:
    """A credential of a real server: better given by the environment than to be seen by all."""
    return click.option(
        f"--{name}",
        envvar=f"CRONOFY_{name.replace('-', '_').upper()}",
        show_envvar=True,
        help=text,
        callback=_sendable,
    )


@main.command()
@click.option(
    "--base-url",
    envvar="CRONOFY_BASE_URL",
    show_envvar=True,
    metavar="URL",
    callback=_sendable,
)
@_secret_option("client-id", "The application's; without it some checks are skipped.")
@_secret_option("client-secret", "The application's; without it some checks are skipped.")
@_secret_option("access-token", "Of an account or service account that is connected.")
@click.option(
    "--refresh-token",
    help="Check a refresh too, which may rotate the token.",
    callback=_sendable,
)
@click.option("--writes", is_flag=True, help="Make things as well, and delete them again.")
@click.option("--calendar-id", help="Where to write.  [default: the first that takes it]")
@click.option("--callback-url", help="What channels and Smart Invites name as callback.")
@click.option("--only", multiple=True, metavar="NAME", help="Checks of this name; repeatable.")
@click.option("--list", "listed", is_flag=True, help="Print the checks, and run none.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "junit"]),
    default="text",
    show_default=True,
)
@click.option("--timeout", type=click.FloatRange(0.1, 600), default=20.0, show_default=True)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Else: print it.")
def conformance(listed: bool, only: tuple[str, ...], **options: Any) -> None:
    """Examine any server that should answer as Cronofy does, such as Cronofy itself.

    Exits with 1 if it differs from the contract, and with 2 if it cannot be examined.
    """
    from mock_server.conformance.command import CannotRun, examine, listing

    try:
        if listed:
            click.echo(listing(only), nl=False)
            return
        sys.exit(examine(only, **options))
    except CannotRun as problem:
        _fail(problem)


@main.group()
def contract() -> None:
    """What applications called, against what Cronofy documents."""


@contract.command("check")
@click.option("--url", default="http://localhost:8282", show_default=True, help="The server.")
@click.option("--sandbox", metavar="ID", help="One sandbox alone.  [default: the whole server]")
@click.option(
    "--fail-on",
    type=click.Choice(["error", "warning", "note", "never"]),
    default="error",
    show_default=True,
    help="Exit with 1 if anything of this level was found, or above it.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "junit"]),
    default="text",
    show_default=True,
)
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Else: print it.")
def check_contract(
    url: str, sandbox: str | None, fail_on: str, form: str, output: Path | None
) -> None:
    """Print the contract report of a running server.

    Exits with 1 if there is something to fail on, and with 2 if the server cannot be asked.
    """
    from mock_server.commands import contract_check

    try:
        content = contract_check.fetch(url, sandbox)
        report = contract_check.read(content)
        if form == "junit":
            content = contract_check.fetch(url, sandbox, form)
        elif form == "text":
            content = contract_check.text(report).encode()
        if output is None:
            click.echo(content.rstrip())
        else:
            output.write_bytes(content)
    except (contract_check.CannotAsk, OSError) as problem:
        _fail(problem)
    if not contract_check.passes(report, fail_on):
        sys.exit(1)


def _fail(problem: Exception) -> None:
    click.echo(f"mock-cronofy: {problem}", err=True)
    sys.exit(2)
