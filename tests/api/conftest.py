"""A municipality, its accounts, and a program that asks with a token."""

from tests.console.conftest import (  # noqa: F401
    _quick_passwords,
    app,
    make_staff,
    new_browser,
    shell,
    tenant_id,
)
