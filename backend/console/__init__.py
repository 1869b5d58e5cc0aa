"""The staff console: `router(shell)` holds all its pages, `/console/...`."""

from backend.console.routes import router

__all__ = ["router"]
