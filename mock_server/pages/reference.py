"""The page /docs: every endpoint, what it takes, and how far it is documented."""

from __future__ import annotations

from starlette.responses import Response

from mock_server.api.browser import PAGES
from mock_server.api.catalogue import SECTIONS, UNBUILT
from mock_server.pages.visit import Visit


async def reference(visit: Visit) -> Response:
    return visit.render(
        "docs.html",
        language=visit.pages.languages.english,
        sections=SECTIONS,
        pages=PAGES,
        unbuilt=UNBUILT,
        base_url=visit.base_url,
    )


ROUTES = (("GET", "/docs", reference),)
