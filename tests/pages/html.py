"""A page as somebody reads it: its words in order, its links, its forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_VOID = {"meta", "link", "input", "br", "rect", "path", "circle"}
_HEADINGS = {"h1": "# ", "h2": "## ", "h3": "### ", "h4": "#### "}
# What stands on a line of its own.
_LINES = {*_HEADINGS, "p", "li", "dt", "dd", "legend", "label", "pre", "button", "a", "summary"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    children: list[Element | str] = field(default_factory=list)

    def text(self) -> str:
        """The words in it, without what is hidden from everybody who listens."""
        if self.attributes.get("aria-hidden") == "true":
            return ""
        return " ".join("".join(_words(child) for child in self.children).split())

    def all(self, *tags: str) -> list[Element]:
        """Every element below with one of ``tags``, in order."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if child.tag in tags:
                    found.append(child)
                found += child.all(*tags)
        return found

    def one(self, tag: str) -> Element:
        (found,) = self.all(tag)
        return found


def _words(child: Element | str) -> str:
    if isinstance(child, str):
        return child
    if child.attributes.get("aria-hidden") == "true":
        return ""
    words = "".join(_words(inner) for inner in child.children)
    return f"[{' '.join(words.split())}]" if child.tag == "a" else words


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("", {})
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        closed = self._open.pop()
        assert closed.tag == tag, f"</{tag}> closes <{closed.tag}>"

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def parse(text: str) -> Element:
    """The document; asserts that every element is closed where it was opened."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    assert reader._open == [reader.root], [element.tag for element in reader._open]
    return reader.root


class Page:
    """One HTML page.

    ``lines`` are the words of its main part: headings begin with ``#``, links stand in
    ``[ ]``, buttons in ``( )``, fields in ``< >``.
    """

    def __init__(self, text: str) -> None:
        root = parse(text)
        self.html = root.one("html")
        self.title = root.one("title").text()
        self.main = root.one("main")
        self.lines = [line for line in _lines(self.main) if line]
        self.links = {a.text(): a.attributes["href"] for a in self.main.all("a")}
        self.forms = self.main.all("form")

    @property
    def heading(self) -> str:
        return self.main.one("h1").text()


def _lines(element: Element) -> list[str]:
    found: list[str] = []
    for child in element.children:
        if not isinstance(child, Element) or child.attributes.get("aria-hidden") == "true":
            continue
        if child.tag == "input":
            if child.attributes.get("type") != "hidden":
                found.append(_field(child))
        elif child.tag == "a":
            found.append(_words(child))
        elif child.tag == "button":
            found.append(f"({child.text()})")
        elif child.tag in _LINES and not child.all(*(_LINES - {"a"})):
            found += [_field(field) for field in child.all("input")]
            found.append(_HEADINGS.get(child.tag, "") + child.text())
        else:
            found += _lines(child)
    return found


def _field(element: Element) -> str:
    attributes = element.attributes
    shown = f"{attributes['name']}={attributes.get('value', '')}"
    return f"<{shown} checked>" if "checked" in attributes else f"<{shown}>"
