"""Secrets are shortened wherever they are shown: told apart, and of no use to anybody.

A secret is known by the name beside it (``client_secret``, ``code``), or because it opens
something in the sandbox right now, wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b
from typing import Any
from urllib.parse import quote

from mock_server.world.sandbox import Sandbox
from mock_server.world.secret_names import SECRETS, is_secret

# Namespaces of the directory whose values open something, or did.
_NAMESPACES = {"bearer", "former", "refresh_token", "code", "page"}

_NAMED = "|".join(sorted(SECRETS, key=len, reverse=True))
# In a URL or a form, also one that is percent-encoded inside another.
_PARAMETER = re.compile(
    rf"(?i)(?:(?<![a-z0-9_])|(?<=%[0-9a-f]{{2}}))((?:{_NAMED})(?:=|%3D))((?:(?!%26|%23)[^&#\s\"'<>;\\])+)"
)
# In JSON that is only text here: cut off, or inside of other JSON.
_MEMBER = re.compile(rf"(?i)(\"(?:{_NAMED})\"\s*:\s*\")((?:[^\"\\]|\\.)+)")
_PLAIN = re.compile(r"[A-Za-z0-9_-]+")
# What may stand before a word without being part of it: the escapes of URLs and of JSON.
_ESCAPE = r"((?:%[0-9A-Fa-f]{2}|\\u[0-9a-fA-F]{4}|\\[a-z])?)"


def shortened(secret: str) -> str:
    """Its beginning, and what tells it from another with the same: ``CRN_ab…7f3c``."""
    mark = blake2b(secret.encode("utf-8", "surrogatepass"), digest_size=2).hexdigest()
    return f"{secret[: min(6, len(secret) // 3)]}…{mark}"


def secrets_of(sandbox: Sandbox, records: Iterable[tuple[str, Any]] = ()) -> set[str]:
    """What opens something in ``sandbox`` now, and what did in ``records``, each with the name
    of its table.
    """
    tables = sandbox.made()
    rows = [(name, record) for name, table in tables.items() for record in table]
    found: set[str] = set()
    for name, record in (*rows, *records):
        for namespace, value, _ in getattr(sandbox, name).routes(record):
            if namespace in _NAMESPACES:
                found.add(str(value))
        if name == "browsers":
            found.add(record.token)
    return found


class _Known:
    """Secrets that are found wherever they stand."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = set(secrets)
        self._words = {secret for secret in known if _PLAIN.fullmatch(secret)}
        least = min(map(len, self._words), default=1)
        self._word = re.compile(f"{_ESCAPE}([A-Za-z0-9_-]{{{least},}})")
        others = known - self._words
        spellings = {
            spelling: secret for secret in others for spelling in (secret, quote(secret, safe=""))
        }
        self._spellings = spellings
        ordered = sorted(spellings, key=len, reverse=True)
        self._other = re.compile("|".join(map(re.escape, ordered))) if ordered else None

    def shortened_in(self, text: str) -> str:
        if self._words:
            text = self._word.sub(self._shorten_word, text)
        if self._other is not None:
            text = self._other.sub(lambda found: shortened(self._spellings[found[0]]), text)
        return text

    def _shorten_word(self, found: re.Match[str]) -> str:
        escape, word = found.groups()
        return escape + shortened(word) if word in self._words else found[0]


class Masking:
    """Shows text and JSON without the ``secrets``, and without what is named as one."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._known = [_Known(secrets)]

    @classmethod
    def of(cls, sandbox: Sandbox) -> Masking:
        return cls(secrets_of(sandbox))

    def besides(self, secrets: Iterable[str]) -> Masking:
        """One that knows these, too."""
        masking = Masking(secrets)
        masking._known += self._known
        return masking

    def text(self, text: str) -> str:
        """``text`` with every secret in it shortened."""
        text = _PARAMETER.sub(_shorten_second, text)
        text = _MEMBER.sub(_shorten_second, text)
        for known in self._known:
            text = known.shortened_in(text)
        return text

    def value(self, value: Any) -> Any:
        """JSON with every text in it so; what stands under a secret's name is shortened."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, dict):
            return {
                self.text(name): hidden(item) if is_secret(name) else self.value(item)
                for name, item in value.items()
            }
        return value


def hidden(value: Any) -> Any:
    """``value`` with every text in it shortened."""
    if isinstance(value, str):
        return shortened(value) if value else value
    if isinstance(value, list):
        return [hidden(item) for item in value]
    if isinstance(value, dict):
        return {name: hidden(item) for name, item in value.items()}
    return value


def _shorten_second(found: re.Match[str]) -> str:
    return found[1] + shortened(found[2])
