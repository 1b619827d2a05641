"""The OpenAPI 3.1 document, made from the declarations that serve the requests."""

from __future__ import annotations

import re
from typing import Any

from pydantic import TypeAdapter

from mock_server import __version__
from mock_server.api.browser import PAGES, Page
from mock_server.api.catalogue import SECTIONS, UNBUILT
from mock_server.api.endpoint import Credential, Endpoint

Document = dict[str, Any]

_REFERENCE = "#/components/schemas/{model}"

_SECURITY = {
    Credential.ACCESS_TOKEN: "access_token",
    Credential.SERVICE_ACCOUNT_TOKEN: "service_account_token",
    Credential.API_KEY: "api_key",
    Credential.ADMIN_KEY: "admin_key",
}

_REFUSALS = {
    400: "OAuth error, as RFC 6749 asks",
    401: "Credential not recognized; empty body",
    402: "The application's plan lacks the feature; empty body",
    403: "Recognized, but lacks privilege; empty body",
    404: "Unknown, or another account's; empty body",
    422: "Invalid parameters",
    423: "No usable credentials for the provider; empty body",
    429: "Over the application's rate limit, where that is switched on; empty body",
    501: "Exists at Cronofy, but not yet in this version; empty body",
}


_TEXT_REFUSALS = {403: "Recognized, but lacks privilege; plain text"}


def document() -> Document:
    """Every endpoint: parameters, bodies, answers, errors, credentials, fidelity."""
    schemas, names = _schemas()
    paths: Document = {}
    for section, endpoints in SECTIONS:
        for endpoint in endpoints:
            operation = _operation(endpoint, section, names)
            paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = operation
    for page in PAGES:
        paths.setdefault(page.path, {})["get"] = _page(page)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Cronofy API, emulated by mock-cronofy",
            "version": __version__,
            "description": (
                "Generated from the declarations that serve the requests. `x-fidelity` and "
                "`x-assumed` say what Cronofy's documentation leaves open."
            ),
        },
        "tags": [{"name": section} for section in (*(s for s, _ in SECTIONS), "Pages")],
        "paths": paths,
        "components": {
            "schemas": {**schemas, **_ERROR_SCHEMAS},
            "securitySchemes": {
                name: {"type": "http", "scheme": "bearer", "description": credential.value}
                for credential, name in _SECURITY.items()
            },
        },
        "x-not-built-yet": [
            {"operation": f"{unbuilt.method} {unbuilt.path}", "title": unbuilt.title}
            for unbuilt in UNBUILT
        ],
    }


_ERROR_SCHEMAS: Document = {
    "ValidationErrors": {
        "type": "object",
        "required": ["errors"],
        "properties": {
            "errors": {
                "type": "object",
                "additionalProperties": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["key", "description"],
                        "properties": {
                            "key": {"type": "string"},
                            "description": {"type": "string"},
                        },
                    },
                },
            }
        },
    },
    "OAuthError": {
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {"type": "string"},
            "error_description": {"type": "string"},
            "error_key": {"type": "string"},
        },
    },
}


def _schemas() -> tuple[Document, dict[tuple[Any, str], Document]]:
    """All component schemas, and the schema of each ``(model, mode)``."""
    names: dict[tuple[Any, str], Document] = {}
    adapters = []
    for _, endpoints in SECTIONS:
        for endpoint in endpoints:
            for model in (endpoint.body_model, endpoint.query):
                if model is not None:
                    adapters.append((model, "validation", TypeAdapter(model)))
            if endpoint.answer is not None:
                adapters.append((endpoint.answer, "serialization", TypeAdapter(endpoint.answer)))
    for adapter in adapters:
        # References to models that are built when first used are resolved here.
        adapter[2].rebuild()
    made, definitions = TypeAdapter.json_schemas(adapters, ref_template=_REFERENCE)  # type: ignore[arg-type]
    for (model, mode), schema in made.items():
        names[model, mode] = schema
    return dict(definitions.get("$defs", {})), names


def _operation(
    endpoint: Endpoint, section: str, schemas: dict[tuple[Any, str], Document]
) -> Document:
    operation: Document = {
        "operationId": endpoint.handler.__name__,
        "summary": endpoint.title,
        "description": _description(endpoint),
        "tags": [section],
        "responses": _responses(endpoint, schemas),
        "x-fidelity": endpoint.fidelity,
    }
    if endpoint.assumed:
        operation["x-assumed"] = list(endpoint.assumed)
    operation["security"] = [{_SECURITY[c]: []} for c in endpoint.credentials if c in _SECURITY]
    parameters = _path_parameters(endpoint) + _query_parameters(endpoint, schemas)
    if parameters:
        operation["parameters"] = parameters
    if endpoint.body_model is not None:
        schema = schemas[endpoint.body_model, "validation"]
        operation["requestBody"] = {
            "required": True,
            "content": {
                "application/json": {"schema": schema},
                "application/x-www-form-urlencoded": {"schema": schema},
            },
        }
    return operation


def _page(page: Page) -> Document:
    operation: Document = {
        "operationId": re.sub(r"\W+", "_", page.path).strip("_"),
        "summary": page.title,
        "tags": ["Pages"],
        "security": [],
        "parameters": [
            {
                "name": parameter.name,
                "in": parameter.place,
                "required": parameter.required,
                "description": parameter.description,
                "schema": {"type": "string"},
            }
            for parameter in page.parameters
        ],
        "responses": {
            "200": {"description": "A page", "content": {"text/html": {}}},
            "302": {"description": "Decided: back to the application"},
            "400": {"description": "A page that says why a redirect would be unsafe"},
        },
        "x-fidelity": page.fidelity,
    }
    if page.assumed:
        operation["x-assumed"] = list(page.assumed)
    return operation


def _description(endpoint: Endpoint) -> str:
    lines = ["Credential: " + " or ".join(c.value for c in endpoint.credentials) + "."]
    if endpoint.scope:
        alone = ", or none with only_managed" if endpoint.own_alone else ""
        lines.append(f"Scope: {' or '.join(endpoint.scope)}{alone}.")
    lines.append(f"Plan: {endpoint.plan}.")
    return " ".join(lines)


def _path_parameters(endpoint: Endpoint) -> list[Document]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", endpoint.path)
    ]


def _query_parameters(
    endpoint: Endpoint, schemas: dict[tuple[Any, str], Document]
) -> list[Document]:
    if endpoint.query is None:
        return []
    schema = endpoint.query.model_json_schema()
    return [
        {
            "name": name,
            "in": "query",
            "required": name in schema.get("required", ()),
            "schema": property_schema,
        }
        for name, property_schema in schema["properties"].items()
    ]


def _refusals(endpoint: Endpoint) -> list[int]:
    """What is declared; 403 for tokens of people where those of domains belong, or the other
    way round; and for every application 402, should it have no plan, and 429."""
    found = set(endpoint.errors)
    kinds = {Credential.ACCESS_TOKEN, Credential.SERVICE_ACCOUNT_TOKEN}
    if len(kinds.intersection(endpoint.credentials)) == 1:
        found.add(403)
    if set(endpoint.credentials) != {Credential.ADMIN_KEY}:
        found |= {402, 429}
    return sorted(found)


def _responses(endpoint: Endpoint, schemas: dict[tuple[Any, str], Document]) -> Document:
    responses: Document = {str(endpoint.status): {"description": "Done"}}
    if endpoint.answer is not None:
        schema = schemas[endpoint.answer, "serialization"]
        content = {"application/json": {"schema": schema}}
        if endpoint.status == 202 and endpoint.answered_at_once:
            responses["200"] = {"description": "Answered at once", "content": content}
            responses["202"]["description"] = "Accepted; empty body"
        else:
            responses[str(endpoint.status)]["content"] = content
            if endpoint.may_be_empty:
                responses[str(endpoint.status)]["x-may-be-empty"] = True
    for status in _refusals(endpoint):
        refusal: Document = {"description": _REFUSALS[status]}
        name = {400: "OAuthError", 422: "ValidationErrors"}.get(status)
        if name:
            refusal["content"] = {
                "application/json": {"schema": {"$ref": _REFERENCE.format(model=name)}}
            }
        if status in endpoint.text_errors:
            refusal = {"description": _TEXT_REFUSALS[status], "content": {"text/plain": {}}}
        responses[str(status)] = refusal
    if endpoint.body is not None:
        responses["413"] = {"description": "The body is larger than the server's limit"}
    return responses
