"""The sheet as a PDF, A3 landscape, set by typst with the font that came along: the same page on every machine."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import orjson

from backend.programs.sheet.html import kinds
from backend.programs.sheet.worded import Column, Worded

FONT = "manimgx_fonts_cjk"
"""The package that brings Noto Sans CJK JP (20 MB, nothing else in it)."""


class CannotPrint(RuntimeError):
    """What is missing to make a PDF, as a sentence for the operator."""


def pdf(sheet: Worded) -> bytes:
    """The document. Raises `CannotPrint` where the font or typst is not installed."""
    import typst

    fonts = find_spec(FONT)
    if fonts is None or not fonts.submodule_search_locations:
        raise CannotPrint("A PDF needs a Japanese font: pip install manimgx-fonts-cjk, or use --format html and print from the browser.")
    made = typst.compile(
        str(Path(__file__).parent / "sheet.typ"),
        font_paths=[str(next(iter(fonts.submodule_search_locations)))],
        ignore_system_fonts=True,
        sys_inputs={"sheet": orjson.dumps(_data(sheet)).decode()},
    )
    assert isinstance(made, bytes)
    return made


def _data(sheet: Worded) -> dict[str, Any]:
    return {
        "lang": sheet.locale.split("@")[0], "title": sheet.title, "place": sheet.place, "disaster": sheet.disaster,
        "as_of": sheet.as_of, "legend": sheet.legend, "foot": sheet.foot, "levels": sheet.levels, "heads": sheet.heads,
        "pages": [{"kinds": kinds(columns), "columns": [_column(column) for column in columns]} for columns in sheet.pages()],
    }  # fmt: skip


def _column(column: Column) -> dict[str, Any]:
    at, cells = 0, []
    for words, span in column.cells:
        cells.append({"at": at, "words": words, "span": span})
        at += span
    return {
        "name": column.name, "cells": cells, "conditions": column.conditions, "deadline": column.deadline,
        "desk": column.desk, "phone": column.phone, "remarks": column.remarks,
    }  # fmt: skip
