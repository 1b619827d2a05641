"""A receiver of notifications that fails some of the calls, by a seed, and remembers them all.

``python -m benchmarks.receiver [port]``. A failure is an error, or no answer at all to a call
that has come; whether a call fails depends on the notification and on how often it has come.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections import Counter
from http import HTTPStatus

SEED = 10
FAILING = 0.3
# Of the failures.
UNANSWERED = 1 / 3


class Receiver:
    def __init__(self) -> None:
        self._tries: Counter[bytes] = Counter()
        # Channel, changes_since, and the answer: a status, or None.
        self._calls: list[tuple[str, str, int | None]] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                answer = await self._answer(head, reader)
                if answer is None:
                    break
                status, content = answer
                line = f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
                writer.write(f"{line}Content-Length: {len(content)}\r\n\r\n".encode() + content)
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, head: bytes, reader: asyncio.StreamReader) -> tuple[int, bytes] | None:
        if head.startswith(b"GET /calls"):
            return 200, json.dumps(self._calls).encode()
        if head.startswith(b"GET"):
            return 200, b""
        (length,) = (
            int(line.partition(b":")[2])
            for line in head.split(b"\r\n")
            if line.lower().startswith(b"content-length:")
        )
        body = await reader.readexactly(length)
        status = self._status(body)
        document = json.loads(body)
        since = document["notification"].get("changes_since")
        if since is not None:
            self._calls.append((document["channel"]["channel_id"], since, status))
        return None if status is None else (status, b"")

    def _status(self, body: bytes) -> int | None:
        self._tries[body] += 1
        # Its own port and the ids of channels are in the body, and are others each time.
        notification = json.dumps(json.loads(body)["notification"])
        chance = random.Random(f"{SEED} {self._tries[body]} {notification}")
        if chance.random() >= FAILING:
            return 204
        return None if chance.random() < UNANSWERED else 500


async def main(port: int) -> None:
    server = await asyncio.start_server(Receiver().serve, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
