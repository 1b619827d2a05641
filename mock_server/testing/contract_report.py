"""The contract report of a test run: in the terminal, as a file, and as the run's outcome."""

from __future__ import annotations

from pathlib import Path

from mock_server.commands import contract_check


def report(url: str, file: Path | None, fail_on: str | None) -> tuple[str, bool]:
    """What the tests called at ``url``, for the terminal, and whether the run passes.

    Written to ``file`` as well: in JUnit's format if its name ends in .xml, else as JSON. An
    emulator that cannot be asked, or a file that cannot be written, is no pass.
    """
    try:
        content = contract_check.fetch(url, None)
        found = contract_check.read(content)
        if file is not None:
            whole = contract_check.fetch(url, None, "junit") if file.suffix == ".xml" else content
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(whole)
    except (contract_check.CannotAsk, OSError) as error:
        return str(error), False
    text, passes = contract_check.text(found), contract_check.passes(found, fail_on or "never")
    if not passes:
        text += f"\nfailed, as --cronofy-fail-on {fail_on} wants it\n"
    return text, passes
