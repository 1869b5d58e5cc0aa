"""The shared look: design tokens, base styles and template macros of the console and of the resident's pages.

`mount()` serves the style sheets under `/look`; `TEMPLATES` goes into a page's template search path, so that
`{% import "look/macros.html" as look %}` and `{% extends "look/base.html" %}` work there.
"""

from __future__ import annotations

from pathlib import Path

from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from backend.staff.policy import public

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
TEMPLATES = FOLDER / "templates"


def mount() -> Mount:
    """The route that serves tokens.css and base.css; the application adds it once."""
    return Mount("/look", public(StaticFiles(directory=STATIC)), name="look")
