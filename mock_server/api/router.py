"""Finding the endpoint of a path, in time that does not grow with their number."""

from __future__ import annotations

from typing import Generic, TypeVar

T = TypeVar("T")


class _Node(Generic[T]):
    __slots__ = ("children", "methods", "parameter", "parameter_name")

    def __init__(self) -> None:
        self.children: dict[str, _Node[T]] = {}
        self.parameter: _Node[T] | None = None
        self.parameter_name = ""
        self.methods: dict[str, T] = {}


class Router(Generic[T]):
    """A tree of path segments; ``{name}`` stands for any one segment."""

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()

    def add(self, method: str, path: str, target: T) -> None:
        node = self._root
        for segment in path.strip("/").split("/"):
            if segment.startswith("{"):
                if node.parameter is None:
                    node.parameter = _Node()
                    node.parameter_name = segment[1:-1]
                node = node.parameter
            else:
                node = node.children.setdefault(segment, _Node())
        node.methods[method] = target

    def find(self, path: str) -> tuple[dict[str, T], dict[str, str]]:
        """The targets of ``path`` by method, and the path's parameters.

        No targets means that nothing has this path. A trailing slash does not matter; a
        second one in front does, because a browser takes what follows it for a host.
        """
        if path.startswith("//"):
            return {}, {}
        node = self._root
        parameters: dict[str, str] = {}
        # Only a slash at the end: to a browser, two at the beginning are another host.
        for segment in path.removeprefix("/").rstrip("/").split("/"):
            child = node.children.get(segment)
            if child is None:
                child = node.parameter
                if child is None or not segment:
                    return {}, parameters
                parameters[node.parameter_name] = segment
            node = child
        return node.methods, parameters
