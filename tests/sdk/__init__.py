"""The official SDKs, run for real against a served emulator."""

import pytest

# These assert on behalf of the tests.
pytest.register_assert_rewrite(
    "tests.sdk.clients", "tests.sdk.event_calls", "tests.sdk.expected", "tests.sdk.wire"
)
