"""A municipality with households at every stage."""

from tests.console.conftest import (  # noqa: F401
    _quick_passwords,
    app,
    make_staff,
    new_browser,
    shell,
    tenant_id,
)
