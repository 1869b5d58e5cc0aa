"""The staff console: `routes.router(shell)` holds all its pages, `/console/...`."""
