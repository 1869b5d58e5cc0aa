"""Rendering: templates, words in the reader's language, and the small note pages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from backend import ids, look
from bots.web.draw import option_of
from bots.web.forms import COMMANDS
from bots.web.visitor import BIG, Visitor, form_token
from bots.web.words import html_lang, plain_sayer, register_of, sayer, written
from dialogs.core.words import Text

if TYPE_CHECKING:
    from pathlib import Path

    from backend.app import Shell

EXIT_TO = "https://www.jma.go.jp/bosai/forecast/"
"""Where "leave quickly" leads: a weather page, as anybody might have open (UX-09)."""


@cache
def environment(templates: Path) -> Environment:
    """The templates of a folder, each read and compiled once in a process."""
    jinja = Environment(
        loader=FileSystemLoader([templates, look.TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    jinja.filters["option_of"] = option_of
    jinja.filters["rubied"] = written
    return jinja


class Pages:
    """Puts a visitor's pages together. `base` is where the surface's forms are posted: /chat or /page."""

    def __init__(self, shell: Shell, templates: Path) -> None:
        self._shell = shell
        self._jinja = environment(templates)

    def show(self, request: Request, visitor: Visitor, template: str, status: int = 200, **context: Any) -> Response:
        locale = self.locale(request, visitor)
        place = visitor.place
        name = place.name.in_locale(locale) if place else ""
        full: Mapping[str, Any] = {
            "t": sayer(self._shell.words, locale),
            "plain": plain_sayer(self._shell.words, locale),
            "locale": locale,
            "html_lang": html_lang(locale),
            "register": register_of(locale),
            "place": place,
            "place_name": name,
            "place_hours": place.hours.in_locale(locale) if place else "",
            "base": "/page" if visitor.surface == "page" else "/chat",
            "csrf": form_token(self._shell, visitor.token),
            "form_id": ids.new(),
            "commands": COMMANDS,
            "exit_to": EXIT_TO,
            "big": request.cookies.get(BIG) == "1",
            "visitor": visitor,
            **context,
        }
        return HTMLResponse(self._jinja.get_template(f"web/{template}").render(full), status)

    def languages(self) -> Mapping[str, str]:
        """Each language's own name for itself (UX-32)."""
        words = self._shell.words
        return {code: words.render(Text("web.language.name"), code) for code in words.locales}

    def locale(self, request: Request, visitor: Visitor) -> str:
        """The conversation's language; before there is one, what the link or the browser asks for."""
        if visitor.conversation is not None:
            return str(visitor.conversation["locale"])
        offered = self._shell.words.locales
        asked = request.query_params.get("lang", "")
        if asked in offered:
            return asked
        for part in request.headers.get("accept-language", "").split(","):
            language = part.partition(";")[0].strip().partition("-")[0].lower()
            if language in offered:
                return language
            if language == "*":
                break
        # Somebody whose language is not offered yet reads plain English or simple Japanese sooner than officialese.
        return "en" if request.headers.get("accept-language") else "ja"
