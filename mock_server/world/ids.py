"""Identifiers, codes and tokens of a sandbox, in Cronofy's shapes (identity §1.6).

Every value is a keyed hash of *what it is for* and *how many came before it*, so the
same scenario, seed and calls give the same bytes, and one kind's count never disturbs
another's. Values that find a sandbox on the server (credentials, codes, page tokens)
are keyed by seed and sandbox id, all others by the seed alone.
"""

from __future__ import annotations

import base64
from hashlib import blake2b

_PLAIN = str.maketrans("-_", "Xx")


class Ids:
    """The identifier source of one sandbox; ``counts`` is its whole state."""

    __slots__ = ("_entity_key", "_secret_key", "counts", "seed")

    def __init__(self, seed: int, sandbox_id: str) -> None:
        self.seed = seed
        self.counts: dict[str, int] = {}
        self._entity_key = blake2b(f"seed:{seed}".encode()).digest()
        self._secret_key = blake2b(f"seed:{seed} sandbox:{sandbox_id}".encode()).digest()

    def _draw(self, kind: str, size: int, key: bytes) -> bytes:
        count = self.counts.get(kind, 0)
        self.counts[kind] = count + 1
        return blake2b(f"{kind}:{count}".encode(), digest_size=size, key=key).digest()

    def hex(self, prefix: str) -> str:
        """``acc_`` + 24 hex digits, for the prefix ``acc``."""
        return f"{prefix}_{self._draw(prefix, 12, self._entity_key).hex()}"

    def short(self, prefix: str, size: int = 12) -> str:
        """``pro_`` + letters and digits, four characters for each three bytes of ``size``.

        Cronofy's own have ``-`` and ``_`` too; without them the two parts of a calendar id
        are plain to see.
        """
        text = _base64url(self._draw(prefix, size, self._entity_key))
        return f"{prefix}_{text.translate(_PLAIN)}"

    def token(self, kind: str) -> str:
        """32 characters of base64url, unique on the server."""
        return _base64url(self._draw(kind, 24, self._secret_key))

    def mailbox(self, kind: str) -> str:
        """32 hex digits, unique on the server: mail servers do not care for case."""
        return self._draw(kind, 16, self._secret_key).hex()

    def client_secret(self) -> str:
        """``CRN_`` + 38 characters, unique on the server."""
        return "CRN_" + _base64url(self._draw("client_secret", 32, self._secret_key))[:38]

    def digits(self, kind: str) -> str:
        """Six digits, as a verification mail carries them."""
        return f"{int.from_bytes(self._draw(kind, 8, self._secret_key)) % 1_000_000:06d}"

    def number(self, kind: str) -> int:
        """A seed for a generator of its own (Faker), fresh on each call."""
        return int.from_bytes(self._draw(kind, 6, self._entity_key))


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")
