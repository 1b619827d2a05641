"""What curl sends, without curl."""

from __future__ import annotations

import httpx

FORM = "application/x-www-form-urlencoded"


def request(words: list[str]) -> httpx.Request:
    """The request of ``curl`` with these words; of its options those that the pages use."""
    method, body, url = None, None, None
    headers = {}
    rest = iter(words)
    for word in rest:
        if word == "-X":
            method = next(rest)
        elif word == "-H":
            name, _, value = next(rest).partition(": ")
            headers[name] = value
        elif word == "-d":
            body = next(rest)
            headers = {"Content-Type": FORM, **headers}
        else:
            assert not word.startswith("-"), f"no such option is translated: {word}"
            assert url is None, f"a second address: {word}"
            url = word
    assert url is not None
    return httpx.Request(method or ("POST" if body else "GET"), url, headers=headers, content=body)
