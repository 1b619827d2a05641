"""The journal: the latest requests of a sandbox with their answers, and questions to them."""

from __future__ import annotations

from starlette.responses import Response

from mock_server.control.app import Control, answer, no_content
from mock_server.control.documents import Document
from mock_server.control.exchange import Shown
from mock_server.control.har import har
from mock_server.control.journal_documents import entry_document
from mock_server.control.journal_queries import Check, Checks, from_query, match_of, refuse_too_much
from mock_server.control.json_paths import TooMuch
from mock_server.control.pact import pact
from mock_server.control.verification import Question
from mock_server.scenarios.problems import validate


async def read(control: Control) -> Response:
    """Those that the query asks for, oldest first."""
    return answer({"requests": [entry_document(shown) for shown in _asked(control)]})


def _asked(control: Control, *others: str) -> list[Shown]:
    """What the query asks for, without its ``others`` parameters."""
    question = Question(control.sandbox)
    document = from_query(control.request.query_params)
    match = match_of({name: value for name, value in document.items() if name not in others})
    try:
        return [question.shown(entry) for entry in question.matching(match)]
    except TooMuch:
        raise refuse_too_much() from None


def _by_http(control: Control, *others: str) -> list[Shown]:
    return [shown for shown in _asked(control, *others) if shown.entry.method != "SMTP"]


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


async def read_har(control: Control) -> Response:
    """The same requests as an HTTP archive."""
    return answer(har(_by_http(control), control.base_url))


async def read_pact(control: Control) -> Response:
    """The same requests as a Pact between ``?consumer=`` and ``?provider=``."""
    params = control.request.query_params
    document = pact(
        control.sandbox,
        _by_http(control, "consumer", "provider"),
        consumer=params.get("consumer", "application"),
        provider=params.get("provider", "Cronofy"),
    )
    return answer(document)


async def clear(control: Control) -> Response:
    control.sandbox.journal.clear()
    return no_content()


ROUTES = (
    ("GET", "/sandboxes/{sandbox_id}/journal", read),
    ("GET", "/sandboxes/{sandbox_id}/journal.har", read_har),
    ("GET", "/sandboxes/{sandbox_id}/journal.pact", read_pact),
    ("DELETE", "/sandboxes/{sandbox_id}/journal", clear),
    ("POST", "/sandboxes/{sandbox_id}/journal/verify", verify),
)
