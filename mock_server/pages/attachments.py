"""Downloads of what is attached to events, for whoever has the address."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from starlette.responses import Response

from mock_server.pages.visit import Trouble, Visit


async def download(visit: Visit) -> Response:
    """The file as it was uploaded; a browser saves it, and never shows it as a page of ours."""
    token = visit.path["token"]
    sandbox: Any = visit.app.sandboxes.directory.page.get(token)
    attachment = sandbox.attachments.one("token", token) if sandbox else None
    if attachment is None or attachment.file_name != visit.path["file_name"]:
        raise Trouble("not_found", "no attachment has this address", 404)
    visit.sandbox, visit.client_id = sandbox, attachment.client_id
    if attachment.state == "rejected":
        rejected = f"the attachment {attachment.attachment_id} has been rejected"
        raise Trouble("not_found", rejected, 404)
    name = quote(attachment.file_name, safe="")
    headers = {
        "Content-Type": attachment.content_type,
        "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
    }
    return Response(attachment.content, 200, headers)


ROUTES = (("GET", "/attachments/{token}/{file_name}", download),)
