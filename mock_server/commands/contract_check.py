"""``mock-cronofy contract check``: a running server's contract report, and whether it passes."""

from __future__ import annotations

import json
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote
from urllib.request import urlopen

from mock_server.scenarios.problems import printable
from mock_server.world.findings import LEVELS

Report = dict[str, Any]

_TIMEOUT = 30


class CannotAsk(Exception):
    """The server cannot be asked, or does not answer as one."""


def fetch(url: str, sandbox_id: str | None, form: str = "json") -> bytes:
    """The report of a sandbox, or of the whole server, as ``json`` or ``junit``.

    Raises CannotAsk.
    """
    if not url.startswith(("http://", "https://")):
        raise CannotAsk(f"--url: found {url!r}, expected an address such as http://localhost:8282")
    place = f"/sandboxes/{quote(sandbox_id, safe='')}" if sandbox_id is not None else ""
    address = f"{url.rstrip('/')}/_mock{place}/contract?format={form}"
    try:
        with urlopen(address, timeout=_TIMEOUT) as response:
            content: bytes = response.read()
            return content
    except HTTPError as error:
        reason = _problems(error.read(100_000)) or error
        raise CannotAsk(f"no contract report from {address}: {reason}") from None
    except (URLError, HTTPException, OSError, ValueError) as error:
        raise CannotAsk(f"no contract report from {address}: {error}") from None


def read(content: bytes) -> Report:
    """The report in ``content``. Raises CannotAsk for something else."""
    try:
        report: Report = json.loads(content)
        text(report)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise CannotAsk("the answer is no contract report: is this mock-cronofy?") from None
    return report


def passes(report: Report, fail_on: str) -> bool:
    """Whether nothing of the level ``fail_on``, or above it, was found."""
    if fail_on == "never":
        return True
    return not any(report["summary"][f"{level}s"] for level in LEVELS[LEVELS.index(fail_on) :])


def text(report: Report) -> str:
    """The report for a person: what matters most first."""
    summary = report["summary"]
    counts = ", ".join(_number(summary[f"{level}s"], level) for level in reversed(LEVELS))
    whose = f"Sandbox {report['sandbox_id']}" if report["sandbox_id"] else "The whole server"
    lines = [f"{whose}, {_number(summary['calls'], 'call')}: {counts}"]
    for found in report["findings"]:
        if found["code"] == "assumed":
            continue
        where = found["operation"] or "no endpoint"
        lines += ["", f"{found['level']:<8} {where}"]
        details = [f"{found['title']} ({found['code']}), {_times(found['count'])}", found["text"]]
        if found["first"]:
            details.append(f"in the journal: {_numbers(found['first'], found['last'])}")
        lines += [f"         {line}" for line in (*details, found["docs"]) if line]
    if summary["more"]:
        lines += ["", f"Others, too many to tell apart: {_times(summary['more'])}"]
    assumed = [found["operation"] for found in report["findings"] if found["code"] == "assumed"]
    if assumed:
        lines += ["", "note     assumed in part, as /docs says:"]
        lines += [f"         {operation}" for operation in assumed]
    return "\n".join(map(printable, lines)) + "\n"


def _problems(content: bytes) -> str:
    """What the control API says is wrong."""
    try:
        problems = json.loads(content)["errors"]
        return "; ".join(
            f"{each['place']}: found {each['found']}, expected {each['expected']}"
            for each in problems
        )
    except (ValueError, TypeError, KeyError):
        return ""


def _number(count: int, word: str) -> str:
    return f"{count} {word}{'' if count == 1 else 's'}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _numbers(first: int, last: int) -> str:
    return f"request {first}" if first == last else f"requests {first} to {last}"
