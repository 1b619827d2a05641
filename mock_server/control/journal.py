"""The journal: the latest requests of a sandbox with their answers, and questions to them."""

from __future__ import annotations

from starlette.responses import Response

from mock_server.control import har, pact
from mock_server.control.app import Control, answer, no_content
from mock_server.control.documents import Document
from mock_server.control.journal_documents import entry_document
from mock_server.control.journal_queries import Check, Checks, from_query, match_of, refuse_too_much
from mock_server.control.json_paths import TooMuch
from mock_server.control.verification import Question
from mock_server.scenarios.problems import validate
from mock_server.world.journal import Entry


async def read(control: Control) -> Response:
    """Those that the query asks for, oldest first."""
    question, entries = _asked(control)
    return answer({"requests": [entry_document(entry, question.masking) for entry in entries]})


def _asked(control: Control, *others: str) -> tuple[Question, list[Entry]]:
    """What the query asks for, without its ``others`` parameters."""
    question = Question(control.sandbox)
    document = from_query(control.request.query_params)
    match = match_of({name: value for name, value in document.items() if name not in others})
    try:
        return question, question.matching(match)
    except TooMuch:
        raise refuse_too_much() from None


async def verify(control: Control) -> Response:
    """Whether what was asked is what was wanted; 200 either way."""
    document = await control.document()
    question = Question(control.sandbox)
    several = isinstance(document, dict) and "checks" in document
    checks = validate(Checks, document).checks if several else [validate(Check, document)]
    try:
        verdicts = [question.check(check) for check in checks]
    except TooMuch:
        raise refuse_too_much() from None
    if not several:
        return answer(verdicts[0].document())
    wrong = [verdict.message for verdict in verdicts if not verdict.verified]
    summary: Document = {
        "verified": not wrong,
        "message": "\n\n".join(wrong or [verdict.message for verdict in verdicts]),
        "checks": [verdict.document() for verdict in verdicts],
    }
    return answer(summary)


async def archive(control: Control) -> Response:
    """The same requests as an HTTP archive."""
    question, entries = _asked(control)
    return answer(har.archive(entries, question.masking, control.base_url))


async def contract(control: Control) -> Response:
    """The same requests as a Pact between ``?consumer=`` and ``?provider=``."""
    question, entries = _asked(control, "consumer", "provider")
    params = control.request.query_params
    document = pact.contract(
        control.sandbox,
        entries,
        question.masking,
        consumer=params.get("consumer", "application"),
        provider=params.get("provider", "Cronofy"),
    )
    return answer(document)


async def clear(control: Control) -> Response:
    control.sandbox.journal.clear()
    return no_content()


ROUTES = (
    ("GET", "/sandboxes/{sandbox_id}/journal", read),
    ("GET", "/sandboxes/{sandbox_id}/journal.har", archive),
    ("GET", "/sandboxes/{sandbox_id}/journal.pact", contract),
    ("DELETE", "/sandboxes/{sandbox_id}/journal", clear),
    ("POST", "/sandboxes/{sandbox_id}/journal/verify", verify),
)
