"""The page /contract: what applications called, held against what Cronofy documents."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.responses import Response

from mock_server.api import contract_report
from mock_server.pages.visit import Trouble, Visit

# The page stays readable; the control API lists everything.
MOST_FINDINGS = 200
MOST_SANDBOXES = 100


async def contract(visit: Visit) -> Response:
    """The report of the whole server, or of the sandbox that the address names."""
    visit.refuse_public_name()
    sandboxes = visit.app.sandboxes
    sandbox_id = visit.query.get("sandbox")
    if sandbox_id is None:
        living = (sandbox.ledger for sandbox in sandboxes)
        report = contract_report.of_server(sandboxes.ledger, living)
        document = "/_mock/contract"
    else:
        sandbox = sandboxes.get(sandbox_id)
        if sandbox is None:
            raise Trouble("not_found", f"sandbox: found {sandbox_id!r}, expected a living one", 404)
        report = contract_report.report(sandbox.ledger, sandbox_id)
        document = f"/_mock/sandboxes/{sandbox_id}/contract"
    # What is assumed is told once, with what was called.
    findings = [found for found in report["findings"] if found["code"] != "assumed"]
    others = [s.sandbox_id for s in sandboxes if s.sandbox_id != sandbox_id]
    return visit.render(
        "contract.html",
        language=visit.pages.languages.english,
        sandbox_id=sandbox_id,
        document=document,
        summary=report["summary"],
        findings=findings[:MOST_FINDINGS],
        more=max(0, len(findings) - MOST_FINDINGS),
        called=[covered for covered in report["coverage"] if covered["calls"]],
        never_called=[covered for covered in report["coverage"] if not covered["calls"]],
        others=[(name, _address(name)) for name in others[-MOST_SANDBOXES:]],
    )


def _address(sandbox_id: str) -> str:
    return f"/contract?{urlencode({'sandbox': sandbox_id})}"


ROUTES = (("GET", "/contract", contract),)
