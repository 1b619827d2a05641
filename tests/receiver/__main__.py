"""``python -m tests.receiver``: prints the address, and serves until standard input ends."""

from __future__ import annotations

import socket
import sys
import threading

import uvicorn

from tests.receiver.app import create_app


def main() -> None:
    server = uvicorn.Server(uvicorn.Config(create_app(), log_level="warning", ws="none"))

    def wait_for_the_end() -> None:
        sys.stdin.read()
        server.should_exit = True

    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        threading.Thread(target=wait_for_the_end, daemon=True).start()
        server.run(sockets=[listening])


main()
