"""A municipality with accounts, and browsers for them."""

from tests.console.conftest import (  # noqa: F401
    _quick_passwords,
    app,
    make_staff,
    new_browser,
    shell,
    tenant_id,
)
