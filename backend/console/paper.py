"""Templates to pages: Jinja2 with words from the catalogues and moments on a Japanese wall clock."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

from babel.dates import format_skeleton
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from backend import clock as clocks
from backend import look
from backend.clock import Clock, in_japan
from backend.words import Catalogues
from dialogs.core.words import Arg, Joined, Text, Words

TEMPLATES = Path(__file__).parent / "templates"


@cache
def templates() -> Environment:
    """The console's templates, each read and compiled once in a process."""
    return Environment(
        loader=FileSystemLoader([TEMPLATES, look.TEMPLATES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


class Paper:
    """Writes the console's pages. Everything from outside is escaped; an unknown name in a template is an error."""

    def __init__(self, catalogues: Catalogues, clock: Clock = clocks.now) -> None:
        self.catalogues = catalogues
        self._clock = clock
        self._templates = templates()

    def answer(self, template: str, locale: str, status: int = 200, **values: Any) -> Response:
        """A page that no cache keeps: it holds personal data."""
        html = self.write(template, locale, **values)
        return HTMLResponse(html, status, headers={"Cache-Control": "no-store"})

    def write(self, template: str, locale: str, **values: Any) -> str:
        return self._templates.get_template(template).render(
            locale=locale,
            html_lang=locale.partition("@")[0],
            register="",
            words=partial(self.words, locale),
            known=self.known,
            arg=lambda value: self.catalogues.word(value, locale),
            listed=lambda values: self.catalogues.word(Joined(tuple(values)), locale),
            comma=self.catalogues.word(Joined(("", "")), locale),
            data=lambda value: Words.of(value).in_locale(locale) if value else "",
            moment=lambda at: self.moment(at, locale),
            day=lambda on: self.day(on, locale),
            clock_time=lambda at: in_japan(at).strftime("%H:%M"),
            machine_time=lambda at: in_japan(at).isoformat(timespec="minutes"),
            **values,
        )

    def words(self, locale: str, key: str, args: Mapping[str, Arg] | None = None, **more: Arg) -> str:
        """The words of a key, in the staff member's language."""
        return self.catalogues.render(Text(key, {**(args or {}), **more}), locale)

    def known(self, key: str) -> bool:
        return self.catalogues.has(key)

    def moment(self, at: datetime | None, locale: str) -> str:
        """Short, for lists: 7月20日 12:03 / Jul 20 12:03; with the year when it is not this one."""
        if at is None:
            return ""
        here = in_japan(at)
        return f"{self._date(here.date(), locale)} {here:%H:%M}"

    def day(self, on: date | None, locale: str) -> str:
        """A day to plan by: 11月21日（土） / Nov 21 (Sat); with the year when it is not this one."""
        if on is None:
            return ""
        of_week = _written("E", on, locale.partition("@")[0])
        return f"{self._date(on, locale)}（{of_week}）" if locale.startswith("ja") else f"{self._date(on, locale)} ({of_week})"

    def _date(self, on: date, locale: str) -> str:
        skeleton = "MMMd" if on.year == in_japan(self._clock()).year else "yMMMd"
        return _written(skeleton, on, locale.partition("@")[0])


@lru_cache(maxsize=4096)
def _written(skeleton: str, on: date, language: str) -> str:
    """A list names the same few days again and again."""
    return format_skeleton(skeleton, on, locale=language)
