"""One visit of a page: the request, whose sandbox it belongs to, and its answer."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from mock_server.address import base_url, is_private_name
from mock_server.api.answered import header_text
from mock_server.api.faults import Hit
from mock_server.api.parsing import Unreadable, parse_form, read_body
from mock_server.pages.languages import Language
from mock_server.rules import contract
from mock_server.world.findings import Finding
from mock_server.world.sandbox import Sandbox

if TYPE_CHECKING:
    from mock_server.pages.app import Pages


class Trouble(Exception):
    """The visitor is shown an error page.

    ``kind`` names its words in the catalogs (``error_{kind}_title`` and ``_text``);
    ``detail`` tells the developer, in English, what was found and what was expected; of an
    address that an application made, this is a ``finding`` of that kind, unless it is None.
    """

    def __init__(
        self, kind: str, detail: str, status: int = 400, *, finding: str | None = "refused"
    ) -> None:
        super().__init__(detail)
        self.finding = "not_found" if status == 404 else finding
        self.kind = kind
        self.detail = detail
        self.status = status


class Visit:
    """A request for a page.

    ``sandbox``, ``client_id``, ``sub``, ``fault_id`` and ``outage_id`` are filled in by whoever
    finds them, for the journal. ``findings`` travel in ``Mock-Cronofy-Warning`` headers; the
    ``refusal`` is one that the answer speaks of already.
    """

    def __init__(self, pages: Pages, request: Request) -> None:
        self.pages = pages
        self.app = pages.app
        self.request = request
        self.scope = request.scope
        self.path: dict[str, str] = {}
        self.operation: str | None = None
        self.content = b""
        self.findings: list[Finding] = []
        self.refusal: Finding | None = None
        self.hint: str | None = None
        self.sandbox: Sandbox | None = None
        self.client_id: str | None = None
        self.sub: str | None = None
        self.fault_id: str | None = None
        self.outage_id: str | None = None

    @property
    def base_url(self) -> str:
        """Scheme and host that addresses on the page begin with, no slash at the end."""
        return self.app.settings.public_url or base_url(self.request.scope)

    @property
    def deciding(self) -> bool:
        """Whether this visit may change anything; a HEAD request never does."""
        return self.request.method != "HEAD"

    @cached_property
    def _pairs(self) -> list[tuple[str, str]]:
        return _pairs(self.request.scope["query_string"])

    @cached_property
    def query(self) -> dict[str, str]:
        """The query's parameters. Raises Trouble for what is not percent-encoded UTF-8."""
        return dict(self._pairs)

    @cached_property
    def repeated(self) -> set[str]:
        """Names that the query has more than once, which OAuth forbids (RFC 6749 §3.1)."""
        counts = Counter(name for name, _ in self._pairs)
        return {name for name, count in counts.items() if count > 1}

    def meet(self, hit: Hit) -> None:
        """Say what this visit has met, and whose it is if nothing is going to find that."""
        self.sandbox = hit.sandbox
        self.fault_id, self.outage_id = hit.fault_id, hit.outage_id
        if hit.caller is not None:
            self.client_id, self.sub = hit.caller.client_id, hit.caller.sub

    def remark(self, code: str, text: str) -> None:
        """Note what is odd about this visit: a kind of findings, and a sentence."""
        self.findings.append(Finding.of(code, text))

    def blame(self, trouble: Trouble) -> None:
        """Let ``trouble`` be the application's, which made the address; a form is a person's."""
        if trouble.finding and self.request.method != "POST":
            self.refusal = Finding.of(trouble.finding, contract.general(trouble.detail))

    async def form(self) -> dict[str, str]:
        """The fields of a submitted form.

        Raises Trouble for a form that another site's page has sent, or an unreadable one;
        TooLarge past the body limit.
        """
        self._refuse_foreign()
        limit = self.app.settings.max_body
        self.content = await read_body(self.request.scope, self.request.receive, limit)
        return dict(_pairs(self.content))

    def _refuse_foreign(self) -> None:
        """Nobody but our own page submits our forms.

        A browser says in Origin, or at least in Sec-Fetch-Site, whose page it was; other
        clients send neither. Only host and port are compared, because behind a proxy the
        scheme may differ.
        """
        headers = self.request.headers
        origin = headers.get("origin")
        site = headers.get("sec-fetch-site", "same-origin")
        own = {headers.get("host"), urlsplit(self.base_url).netloc}
        if origin is None:
            foreign = site not in {"same-origin", "none"}
        else:
            foreign = origin.partition("://")[2] not in own
        if foreign:
            found = f"Origin: {origin}" if origin else f"Sec-Fetch-Site: {site}"
            raise Trouble("foreign", f"this form was sent by another site's page: {found}", 403)

    def refuse_public_name(self) -> None:
        """Raise Trouble under a name that anybody may let point at this machine.

        For pages that show secrets: by DNS rebinding, another site's page could read them.
        """
        host = urlsplit(base_url(self.request.scope)).hostname or ""
        public = urlsplit(self.app.settings.public_url or "").hostname
        if not is_private_name(host) and host != public:
            expected = "localhost, an address, a private name, or the host of --public-url"
            raise Trouble(
                "foreign", f"this page is not shown under {host}: expected {expected}", 403
            )

    def address(self, **changes: str | None) -> str:
        """This page's own address with some query parameters changed; None removes one."""
        query = {**self.query, **changes}
        kept = {name: value for name, value in query.items() if value is not None}
        path: str = self.request.scope["path"]
        return f"{path}?{urlencode(kept)}" if kept else path

    def redirect(self, location: str) -> Response:
        """Back to the application."""
        return RedirectResponse(location, 302)

    def onward(self, **changes: str | None) -> Response:
        """To this page's own address with other choices, after a form."""
        return RedirectResponse(self.address(**changes), 303)

    @cached_property
    def language(self) -> Language:
        """The language of the visitor: parameter ``locale``, browser, English."""
        try:
            locale = self.query.get("locale", "")
        except Trouble:
            locale = ""
        accept = self.request.headers.get("accept-language", "")
        language, warning = self.pages.languages.choose(locale, accept)
        if warning:
            self.remark("unknown_language", warning)
        return language

    def render(
        self, template: str, status: int = 200, *, language: Language | None = None, **values: Any
    ) -> Response:
        """The page of ``template`` in ``language``, else in the visitor's."""
        language = language or self.language
        content = self.pages.templates.render(template, language, {"visit": self, **values})
        return Response(content, status, {"Content-Language": language.tag}, "text/html")

    def finish(self, response: Response) -> None:
        """Add what every answer to this visit carries."""
        for finding in self.findings:
            response.raw_headers.append((b"mock-cronofy-warning", header_text(finding.text)))
        if self.hint:
            response.raw_headers.append((b"mock-cronofy-hint", header_text(self.hint)))


def _pairs(encoded: bytes) -> list[tuple[str, str]]:
    try:
        # Refuses what is malformed; the pairs themselves are flat on a page.
        parse_form(encoded)
    except Unreadable as error:
        raise Trouble("request", str(error)) from None
    return parse_qsl(encoded.decode("ascii"), keep_blank_values=True)
