"""Whatever a file or a request says, it is either understood or refused in words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mock_server.scenarios import documents, reading
from mock_server.scenarios.files import data_folder, read_scenario, situation_of
from mock_server.scenarios.load import open_sandbox
from mock_server.scenarios.problems import Invalid, Problem
from mock_server.world.sandboxes import Sandboxes

quick = settings(
    max_examples=80,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

# Keys and words of the format, so that what is made up comes near the truth.
KEYS = sorted({key for m in vars(documents).values() for key in getattr(m, "model_fields", ())})
WORDS = ["google", "none", "allow", "free_busy", "jane@acme.test", "acme.test", "Europe/London"]
WORDS += ["2026-05-11", "2026-05-11T08:00:00Z", "read_write", "acme", "#1A73E8", "\0"]

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.sampled_from(WORDS),
    st.text(max_size=8),
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=12,
)
entries = st.lists(st.dictionaries(st.sampled_from(KEYS), values, max_size=4), max_size=3)
lists = st.sampled_from(("applications", "people", "organizations", "connected"))
scenarios = st.one_of(
    st.dictionaries(lists, entries, max_size=4),
    st.dictionaries(st.sampled_from(KEYS), values, max_size=5),
)


def refused(act: Callable[[], object]) -> list[Problem]:
    """The problems in the way of ``act``; any other exception is a bug."""
    try:
        act()
    except Invalid as invalid:
        return invalid.problems
    return []


@quick
@given(content=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.yaml"
    path.write_bytes(content)
    for problem in refused(lambda: reading.read(path)):
        assert (problem.file, problem.line is None) == (str(path), False)
    reading.lines(path)


@quick
@given(document=scenarios)
def test_any_document(document: dict[str, Any]) -> None:
    sandboxes = Sandboxes()
    if refused(lambda: open_sandbox(sandboxes, situation_of(document))):
        assert len(sandboxes) == 0


@quick
@given(data=st.data())
def test_any_damage(tmp_path: Path, data: st.DataObject) -> None:
    """A shipped file with a few characters changed is right still, or its problems have lines."""
    text = (data_folder("scenarios") / "reconnect-domain.yaml").read_text("utf-8")
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(text)))
        end = at + data.draw(st.integers(0, 5))
        text = (
            text[:at] + data.draw(st.text(" :-[]{}\"'\t\n#&*!|>%@`,?ax", max_size=3)) + text[end:]
        )
    path = tmp_path / "damaged.yaml"
    path.write_text(text, "utf-8")
    for problem in refused(lambda: open_sandbox(Sandboxes(), read_scenario(path))):
        assert (problem.file, problem.line is None) == (str(path), False)
