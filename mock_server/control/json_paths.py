"""JSONPath (RFC 9535) over what is in the journal, of bounded cost.

``match()`` and ``search()`` are left out: a regular expression can take for ever.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jsonpath import JSONPath, JSONPathEnvironment

LONGEST = 500

# Values that all the expressions of one question may look at together: less than half a
# second's work, as the server does nothing else meanwhile.
MOST_STEPS = 50_000


class WrongPath(ValueError):
    """An expression that cannot be understood."""


class TooMuch(Exception):
    """An expression that looks at more than a question may."""


@lru_cache(maxsize=1)
def _environment() -> JSONPathEnvironment:
    # Slow to import, and seldom needed.
    from jsonpath import JSONPathEnvironment, NodeList
    from jsonpath.function_extensions import Count, Value

    class CountAny(Count):
        # The library hands over what ``@`` stands for, where that is no container, as it is.
        def __call__(self, nodes: Any) -> int:
            return super().__call__(nodes) if isinstance(nodes, NodeList) else 1

    class ValueOfAny(Value):
        def __call__(self, nodes: Any) -> object:
            return super().__call__(nodes) if isinstance(nodes, NodeList) else nodes

    class Environment(JSONPathEnvironment):
        # Deeper than any body that is understood as JSON.
        max_recursion_depth = 200

    environment = Environment(strict=True)
    for name in ("match", "search"):
        del environment.function_extensions[name]
    environment.function_extensions |= {"count": CountAny(), "value": ValueOfAny()}
    return environment


@lru_cache(maxsize=200)
def compiled(path: str) -> JSONPath:
    """Raises WrongPath, with what is wrong in one line."""
    from jsonpath import JSONPath, JSONPathError

    if not path.startswith("$"):
        raise WrongPath("it does not begin with $")
    if len(path) > LONGEST:
        raise WrongPath(f"{len(path)} characters, more than {LONGEST}")
    try:
        found = _environment().compile(path)
    except (JSONPathError, RecursionError) as error:
        raise WrongPath(str(error).partition("\n")[0]) from None
    except (ValueError, OverflowError):
        raise WrongPath("a number that is none") from None
    assert isinstance(found, JSONPath)
    return found


class Steps:
    """How much the expressions of one question have looked at."""

    def __init__(self) -> None:
        self._left = MOST_STEPS
        # By identity; the value itself is kept, so that no other gets its.
        self._watched: dict[int, tuple[Any, Any]] = {}

    def spend(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            raise TooMuch

    def find(self, path: str, document: Any) -> list[Any]:
        """The values at ``path`` of ``document``. Raises TooMuch."""
        self.spend(1)
        if not isinstance(document, dict | list):
            # The library would read a text as JSON.
            return [document] if path == "$" and document is not None else []
        try:
            return [found.obj for found in compiled(path).finditer(self._of(document))]
        except RecursionError:
            raise TooMuch from None

    def _of(self, document: Any) -> Any:
        """It is watched once, however often it is asked."""
        known = self._watched.get(id(document))
        if known is None:
            known = self._watched[id(document)] = document, self._watch(document)
        return known[1]

    def _watch(self, value: Any) -> Any:
        """``value`` in such a form that looking at its parts is counted."""
        if isinstance(value, dict):
            mapping = _Mapping((name, self._watch(item)) for name, item in value.items())
            mapping.steps = self
            return mapping
        if isinstance(value, list):
            items = _Items(self._watch(item) for item in value)
            items.steps = self
            return items
        return value


class _Mapping(dict[str, Any]):
    steps: Steps

    def __getitem__(self, name: str) -> Any:
        self.steps.spend(1)
        return super().__getitem__(name)

    def __iter__(self) -> Iterator[str]:
        self.steps.spend(1 + len(self))
        return super().__iter__()

    def items(self) -> Any:
        self.steps.spend(1 + len(self))
        return super().items()

    def values(self) -> Any:
        self.steps.spend(1 + len(self))
        return super().values()


class _Items(list[Any]):
    steps: Steps

    def __getitem__(self, index: Any) -> Any:
        found = super().__getitem__(index)
        # One by its index takes the library as long as two others.
        self.steps.spend(1 + len(found) if isinstance(index, slice) else 2)
        return found

    def __iter__(self) -> Iterator[Any]:
        self.steps.spend(1 + len(self))
        return super().__iter__()
