"""The format of the timeline: when something happens, and what."""

# Annotations are evaluated at once here, as in documents.py.

from typing import TYPE_CHECKING, Annotated, ClassVar, Self

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    ValidationInfo,
    create_model,
    field_validator,
    model_validator,
)

from mock_server.scenarios.actions.catalogue import ACTIONS, REFUSED
from mock_server.scenarios.documents import At
from mock_server.scenarios.fields import Email, Model, Text
from mock_server.scenarios.request_fields import LONGEST_PATH, Status, method, path_pattern

# So many actions one entry has at most, and so often it happens.
MOST_ACTIONS = 100
_MOST_TIMES = 1000


def _request(value: str) -> str:
    given, space, path = value.partition(" ")
    if not space or not path.startswith(("/", "**")):
        raise ValueError("a method (* is any) and a path, such as POST /v1/permissions")
    wanted = given if given == "*" else method(given)
    return f"{wanted} {path_pattern(path)}"


class WhenDocument(Model):
    """What an entry waits for: one of ``request``, ``delivery`` (a kind) and ``mail`` (whose)."""

    request: Annotated[str, Field(max_length=LONGEST_PATH), AfterValidator(_request)] | None = None
    delivery: Text | None = None
    mail: Email | None = None
    status: Status | None = None
    after: Annotated[int, Field(ge=0, le=1_000_000, strict=True)] = 0
    times: Annotated[int, Field(ge=1, le=_MOST_TIMES, strict=True)] = 1

    @field_validator("status")
    @classmethod
    def _of_a_request(cls, status: str | None, info: ValidationInfo) -> str | None:
        if status is not None and info.data.get("request", "unreadable") is None:
            raise ValueError("status only with request")
        return status

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if sum(value is not None for value in (self.request, self.delivery, self.mail)) != 1:
            raise ValueError("one of request, delivery, mail")
        return self


class OneAction(Model):
    """A mapping from an action's name to its document."""

    refused_keys: ClassVar = REFUSED

    @model_validator(mode="after")
    def _just_one(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError("the name of one action; several are a list of such mappings")
        return self

    @property
    def name(self) -> str:
        (name,) = self.model_fields_set
        return name

    @property
    def document(self) -> Model:
        document: Model = getattr(self, self.name)
        return document


if TYPE_CHECKING:
    DoDocument = OneAction
else:
    # A key for each action there is.
    DoDocument = create_model(
        "DoDocument",
        __base__=OneAction,
        **{name: (action.document, None) for name, action in ACTIONS.items()},
    )


def _alone(value: object) -> object:
    return [value] if isinstance(value, dict) else value


class EntryDocument(Model):
    """``do`` happens ``at`` a time (or so long after the entry was written), or ``when``
    something else has happened.
    """

    at: At | None = None
    when: WhenDocument | None = None
    do: Annotated[
        list[DoDocument], Field(min_length=1, max_length=MOST_ACTIONS), BeforeValidator(_alone)
    ]

    @model_validator(mode="after")
    def _at_or_when(self) -> Self:
        if (self.at is None) == (self.when is None):
            raise ValueError("either at, or when")
        return self
