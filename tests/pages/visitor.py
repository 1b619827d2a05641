"""A person with a browser that has no JavaScript: opens pages, follows links, submits forms."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urljoin

import httpx

from tests.emulator import Sandbox, redirected
from tests.pages.html import Element, Page

CALLBACK = "http://localhost:3000/callback"


class Visitor:
    """Stands on one page at a time; ``response`` is the last answer.

    Redirects within the emulator are followed, those to the application are not.
    """

    def __init__(self, http: httpx.Client) -> None:
        self.http = http
        self.address = ""
        self.response: httpx.Response = httpx.Response(204)

    def open(self, address: str, **query: str) -> Visitor:
        if query:
            address = f"{address}?{urlencode(query)}"
        return self._arrive(self.http.get(address), address)

    def _arrive(self, response: httpx.Response, address: str) -> Visitor:
        self.response, self.address = response, address
        if response.status_code == 303:
            return self.open(urljoin(address, response.headers["location"]))
        return self

    @property
    def page(self) -> Page:
        assert self.response.headers["content-type"] == "text/html; charset=utf-8"
        return Page(self.response.text)

    @property
    def lines(self) -> list[str]:
        return self.page.lines

    @property
    def outcome(self) -> dict[str, str]:
        """The query with which the person comes back to the application."""
        return redirected(self.response)

    @property
    def warnings(self) -> list[str]:
        return self.response.headers.get_list("mock-cronofy-warning")

    def follow(self, label: str) -> Visitor:
        """Follow the link of the main part that begins with ``label``."""
        (href,) = {h for text, h in self.page.links.items() if text.startswith(label)}
        return self.open(urljoin(self.address, href))

    def submit(self, button: str, **fields: str) -> Visitor:
        """Fill in ``fields`` and press ``button``; what is preselected goes along."""
        form, pressed = self._button(button)
        values = {
            i.attributes["name"]: i.attributes.get("value", "")
            for i in form.all("input")
            if i.attributes.get("type") != "radio" or "checked" in i.attributes
        }
        unknown = fields.keys() - {i.attributes["name"] for i in form.all("input")}
        assert not unknown, f"no fields {unknown}"
        values.update(fields)
        if "name" in pressed.attributes:
            values[pressed.attributes["name"]] = pressed.attributes["value"]
        action = urljoin(self.address, form.attributes.get("action", self.address))
        if form.attributes.get("method") == "post":
            headers = {"Origin": str(self.http.base_url).rstrip("/")}
            return self._arrive(self.http.post(action, data=values, headers=headers), action)
        return self.open(f"{action.partition('?')[0]}?{urlencode(values)}")

    def _button(self, label: str) -> tuple[Element, Element]:
        for form in self.page.forms:
            for button in form.all("button"):
                if button.text() == label:
                    return form, button
        raise AssertionError(f"no button {label!r} in {self.lines}")


def authorize(sandbox: Sandbox, **parameters: Any) -> Visitor:
    """Somebody whom the sandbox's application has sent to the authorize page."""
    enterprise = parameters.pop("enterprise", False)
    query = {
        "response_type": "code",
        "client_id": sandbox.application["client_id"],
        "redirect_uri": CALLBACK,
        "scope": "free_busy_write",
        "state": "s 1&",
    }
    if enterprise:
        query["scope"] = "service_account/accounts/manage"
        query["delegated_scope"] = "free_busy_write"
    query.update(parameters)
    path = "/enterprise_connect/oauth/authorize" if enterprise else "/oauth/authorize"
    return Visitor(sandbox.http).open(path, **{k: v for k, v in query.items() if v is not None})


def exchange(sandbox: Sandbox, outcome: dict[str, str]) -> dict[str, Any]:
    """The token answer for a person's agreement; asserts that the state came back."""
    assert outcome.keys() == {"code", "state"}, outcome
    assert outcome["state"] == "s 1&"
    response = sandbox.token(
        grant_type="authorization_code", code=outcome["code"], redirect_uri=CALLBACK
    )
    assert response.status_code == 200, response.text
    document: dict[str, Any] = response.json()
    return document
