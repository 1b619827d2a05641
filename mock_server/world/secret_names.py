"""Names of parameters and members under which secrets travel, and what says who calls."""

from __future__ import annotations

# Those that hold for long: no URL should have one, as URLs end up in logs.
LASTING = (
    *("client_secret", "access_token", "refresh_token", "id_token"),
    *("admin_api_key", "api_key"),
)

# Those whose values nobody else may see. Some belong into a URL: they hold for one visit.
SECRETS = frozenset(
    (
        *LASTING,
        *("client_secrets", "code", "code_verifier", "token", "password"),
        *("link_token", "element_token", "relink_token"),
    )
)

# Parameters that say who calls, where no Authorization header does.
CREDENTIALS = (
    *("client_id", "client_secret", "sub", "access_token", "refresh_token"),
    *("code", "token", "link_token"),
)


def is_secret(name: str) -> bool:
    """Whether what has this ``name`` is a secret."""
    return name.lower() in SECRETS
