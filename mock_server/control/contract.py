"""The contract report of a sandbox, and of the whole server."""

from __future__ import annotations

from starlette.responses import Response

from mock_server.api import contract_report
from mock_server.api.contract_report import Report
from mock_server.control.app import Control, answer, no_content
from mock_server.scenarios.actions.deliveries import forget_contract
from mock_server.scenarios.problems import Invalid, Problem, one_of, shown

_FORMATS = ("json", "junit")


async def read(control: Control) -> Response:
    sandbox = control.sandbox
    return _shown(control, contract_report.report(sandbox.ledger, sandbox.sandbox_id))


async def read_all(control: Control) -> Response:
    """Sandboxes that have ended or begun anew count, too, and calls that reached none."""
    sandboxes = control.app.sandboxes
    living = (sandbox.ledger for sandbox in sandboxes)
    return _shown(control, contract_report.of_server(sandboxes.ledger, living))


async def forget(control: Control) -> Response:
    forget_contract(control.sandbox)
    return no_content()


async def forget_all(control: Control) -> Response:
    sandboxes = control.app.sandboxes
    sandboxes.ledger.clear()
    for sandbox in sandboxes:
        forget_contract(sandbox)
    return no_content()


def _shown(control: Control, report: Report) -> Response:
    query = control.request.query_params
    wrong = [
        Problem("query", f"the parameter {shown(name)}", one_of(name, ("format",)))
        for name in query
        if name != "format"
    ]
    wanted = query.get("format", "json")
    if wanted not in _FORMATS:
        wrong.append(Problem("format", shown(wanted), one_of(wanted, _FORMATS)))
    if wrong:
        raise Invalid(wrong)
    if wanted == "json":
        return answer(report)
    from mock_server.contract_junit import contract_junit  # xml is slow to import

    return Response(contract_junit(report), media_type="application/xml")


ROUTES = (
    ("GET", "/contract", read_all),
    ("DELETE", "/contract", forget_all),
    ("GET", "/sandboxes/{sandbox_id}/contract", read),
    ("DELETE", "/sandboxes/{sandbox_id}/contract", forget),
)
