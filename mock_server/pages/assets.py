"""Style sheet and icon, served from the package."""

from __future__ import annotations

from functools import cached_property
from hashlib import blake2b
from pathlib import Path

from starlette.responses import Response

from mock_server.pages.visit import Trouble, Visit

_FOLDER = Path(__file__).parent / "assets"
_MEDIA_TYPES = {".css": "text/css", ".svg": "image/svg+xml"}

# An address with the content's own version in it never changes its meaning.
_FOREVER = "public, max-age=31536000, immutable"
_CHECKED = "no-cache"


class Assets:
    """The files, read when the first is asked for."""

    @cached_property
    def _files(self) -> dict[str, tuple[bytes, str]]:
        """Content and version of each file, by name."""
        contents = {path.name: path.read_bytes() for path in sorted(_FOLDER.iterdir())}
        return {
            name: (content, blake2b(content, digest_size=6).hexdigest())
            for name, content in contents.items()
        }

    def address(self, name: str) -> str:
        """Where a page finds the file ``name``."""
        return f"/assets/{name}?v={self._files[name][1]}"

    def response(self, visit: Visit, name: str) -> Response:
        """The file ``name``, or that the browser has it already. Raises Trouble."""
        if name not in self._files:
            raise Trouble("not_found", f"there is no asset {name!r}", 404)
        content, version = self._files[name]
        tag = f'"{version}"'
        lasting = visit.query.get("v") == version
        headers = {"ETag": tag, "Cache-Control": _FOREVER if lasting else _CHECKED}
        if tag in visit.request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(content, 200, headers, _MEDIA_TYPES[Path(name).suffix])


async def asset(visit: Visit) -> Response:
    return visit.pages.assets.response(visit, visit.path["name"])


async def icon(visit: Visit) -> Response:
    return visit.pages.assets.response(visit, "favicon.svg")


ROUTES = (
    ("GET", "/assets/{name}", asset),
    ("GET", "/favicon.svg", icon),
    # Where browsers look when a page does not say.
    ("GET", "/favicon.ico", icon),
)
