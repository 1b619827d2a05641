"""The web application that receives: it keeps what came, byte for byte, and answers as told.

The first part of a path says for whom it came. ``/_/<name>`` is for whoever looks at it.
"""

from __future__ import annotations

import asyncio
import base64
from collections import defaultdict
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

# Seconds; only a test that fails waits as long.
PATIENCE = 10

_EVERY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class Box:
    """What came for somebody, and what the next ones are answered."""

    def __init__(self) -> None:
        self.came: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.answers: list[dict[str, Any]] = []


def create_app() -> Starlette:
    boxes: defaultdict[str, Box] = defaultdict(Box)

    async def receive(request: Request) -> Response:
        box = boxes[request.path_params["name"]]
        target = request.scope["raw_path"]
        if request.scope["query_string"]:
            target += b"?" + request.scope["query_string"]
        document = {
            "method": request.method,
            "target": target.decode("ascii"),
            "headers": [[n.decode("latin-1"), v.decode("latin-1")] for n, v in request.headers.raw],
            "body": base64.b64encode(await request.body()).decode(),
        }
        box.came.put_nowait(document)
        answer = box.answers.pop(0) if box.answers else {}
        return Response(**{"status_code": 200, **answer})

    async def take(request: Request) -> Response:
        """The next that came; waits for it. 204 if nothing comes."""
        came = boxes[request.path_params["name"]].came
        try:
            async with asyncio.timeout(float(request.query_params["patience"])):
                return JSONResponse(await came.get())
        except TimeoutError:
            return Response(status_code=204)

    async def answer(request: Request) -> Response:
        boxes[request.path_params["name"]].answers.extend(await request.json())
        return Response(status_code=204)

    async def forget(request: Request) -> Response:
        boxes.pop(request.path_params["name"], None)
        return Response(status_code=204)

    return Starlette(
        routes=[
            Route("/_/{name}", take, methods=["GET"]),
            Route("/_/{name}", answer, methods=["POST"]),
            Route("/_/{name}", forget, methods=["DELETE"]),
            Route("/{name}", receive, methods=_EVERY_METHOD),
            Route("/{name}/{rest:path}", receive, methods=_EVERY_METHOD),
        ]
    )
