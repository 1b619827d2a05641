"""docs/fidelity.md: what is documented and what is assumed, from the declarations."""

from __future__ import annotations

from mock_server.api.browser import PAGES, Page
from mock_server.api.catalogue import SECTIONS, UNBUILT
from mock_server.api.endpoint import Endpoint

_INTRODUCTION = """\
# What to trust

Made from the declarations in the code by `mock-cronofy fidelity`; do not edit by hand.

*Documented* behaviour is built as Cronofy's documentation and official SDKs say. What they
leave open the emulator has to decide; each such decision is listed below, under the call it
belongs to. If the live service shows you otherwise, please tell us.

The statuses and shapes of errors hold for every call: credential 401, plan 402, kind and
scope 403, ownership 404, body 422, profile state 423, checked in this order. Assumed in all
of them: the empty bodies of 401, 402, 403, 404 and 423, the text of `WWW-Authenticate`, the
order of 403, 404 and 422, error keys other than `errors.required`,
`errors.duplicate_calendar_name` and `errors.unknown_or_used`, the form of nested field paths
(`permissions[0].calendar_id`), 401 for a credential of the wrong kind, 403 for the token of a
service account where a person's is expected or the other way round, and that a body or query
which cannot be read is 422 `errors.invalid` on `body` or `query`. Rate limits are off unless a
scenario switches them on; assumed are the empty body of 429, its `Retry-After`, and that
requests are counted by the second and the minute of the clock.

What a test may let go wrong is assumed too: that in an [outage](scenarios.md#outages) of a
provider Cronofy answers what it has, accepts what is written and carries it out later, answers
423 where a calendar is to be made, and lets nobody sign in (`error=temporarily_unavailable`);
and that in one of a data center every call and page answers 503. The names of
[faults](control-api.md#faults) answer as the refusals above do.
"""


def markdown() -> str:
    """The whole page."""
    parts = [_INTRODUCTION]
    for section, endpoints in SECTIONS:
        parts.append(f"\n## {section}\n")
        parts += [_entry(endpoint) for endpoint in endpoints]
    parts.append("\n## Pages\n")
    parts += [_entry(page) for page in PAGES]
    parts.append("\n## Not built yet\n\nThese answer 501.\n\n")
    parts += [f"- `{u.method} {u.path}` {u.title}\n" for u in UNBUILT]
    return "".join(parts)


def _entry(declared: Endpoint | Page) -> str:
    text = f"\n### `{declared.operation}`\n\n{declared.title}: {declared.fidelity}.\n"
    if declared.assumed:
        text += "\n" + "".join(f"- {sentence}\n" for sentence in declared.assumed)
    return text
