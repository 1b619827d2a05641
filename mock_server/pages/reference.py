"""The page /docs: every endpoint, what it takes, and how far it is documented."""

from __future__ import annotations

from starlette.responses import Response

from mock_server.api.catalogue import SECTIONS, UNBUILT
from mock_server.pages.visit import Visit

_PAGES = (
    ("/oauth/authorize", "Individual Connect: a person connects a calendar"),
    (
        "/enterprise_connect/oauth/authorize",
        "Enterprise Connect: an administrator connects a domain",
    ),
    ("/permissions/{token}", "Extended permissions: a person elevates calendars"),
    ("/relink/{provider}", "A person connects a lapsed profile again"),
)


async def reference(visit: Visit) -> Response:
    return visit.render(
        "docs.html",
        language=visit.pages.languages.english,
        sections=SECTIONS,
        pages=_PAGES,
        unbuilt=UNBUILT,
        base_url=visit.base_url,
    )


ROUTES = (("GET", "/docs", reference),)
