"""What is wrong with something that was typed, as a message for the staff: the field, the line, what to do.

The readers of the catalogue and of the workbook say it in English with file and place, for whoever works on files; here the same
sentence becomes words. A sentence that nobody foresaw is told as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from backend.programs.nodes import CatalogueError
from dialogs.core.words import Arg, Text

_SAID: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL), name)
    for pattern, name in (
        # the catalogue's vocabulary
        (r"this is not YAML.*", "not_yaml"),
        (r"the file is empty", "empty"),
        (r"aliases .*|this is too much or too deep", "too_much"),
        (r"this must be a mapping of keys and values", "mapping"),
        (r"this key stands here twice", "twice"),
        (r"there is no such key here; possible are (?P<choices>.*)", "no_such_key"),
        (r"the key (?P<name>.*) is missing", "key_missing"),
        (r"this must be text", "text"),
        (r"this must be true or false", "boolean"),
        (r"this must be a whole number, like 1_000_000", "whole"),
        (r"this must be a date, like 2024-01-01", "date"),
        (r"(?P<value>.*) is not possible; choose one of (?P<choices>.*)", "choose"),
        (r"an amount of the kind (?P<value>.*) has no table", "no_table"),
        (r"give a table or per_member", "table"),
        (r"a condition must say something|say what must hold for the member|there must be at least one condition", "say_something"),
        (r"there is no input (?:or fact|of a member) named (?P<name>.*)", "no_input"),
        (r"this input cannot be used in a condition", "not_usable"),
        (r"give at_least, at_most or below", "bounds"),
        (r"give exactly one of months, day, unsettled", "one_of_three"),
        (r"a period is 1 to (?P<most>\d+) months long", "months"),
        (r"give the words per language.*|the language .* is missing|this is not a language code", "languages"),
        (r"a (?:municipality|prefecture) is its \w+-digit code in quotes", "codes"),
        (r"a source is an https address with a name, not a number", "https"),
        (r"there are no shared words named (?P<name>.*)", "no_words"),
        (r"an id is made of small letters, figures and underscores", "id"),
        (r"write in Japanese what the desk looks at .*", "desk_decides"),
        # the workbook
        (r"there is no program '?(?P<name>[^']*)'?|the id is empty", "no_program"),
        (r"(?P<name>\w+) stands in row (?P<row>\d+) already", "again"),
        (r"this column cannot be changed here; only the coloured ones are brought in", "not_here"),
        (r"this is a formula; write the value itself", "formula"),
        (r"Excel made something else of this; .*", "as_text"),
        (r"Excel took the number for a sum .*", "first_zero"),
        (r"this is longer than (?P<most>\d+) characters", "too_long"),
        (r"this holds signs that cannot be shown", "signs"),
        (r"this is no telephone number", "phone"),
        (r"this is no date; write it like 2026-05-31", "date"),
        (r"write ○ or ×", "on_off"),
        (r"The file is larger than .*|The file unpacks to far more than a sheet holds\.?", "large"),
        (r"This is not an Excel workbook .*", "no_workbook"),
        (r"There is no tab to bring in.*", "no_tab"),
        (r".*: the column (?P<name>\w+) is missing; it must stay, wherever it stands\.?", "no_column"),
        (r"This sheet was made for .*", "not_ours"),
        (r"This sheet is in a language that is not here.*", "not_ours"),
        (r"The programs have changed since this sheet was made.*", "old_sheet"),
    )
)

_CELL = re.compile(r"(?P<tab>.*), row (?P<row>\d+)(?:, column (?P<column>[A-Z]+) \((?P<head>.*?)\))?: (?P<problem>.*)\.", re.DOTALL)


def problem(sentence: str) -> Text:
    """One problem without its place."""
    for pattern, name in _SAID:
        found = pattern.fullmatch(sentence)
        if found:
            return Text(f"console.programs.mistake.{name}", {key: value or "" for key, value in found.groupdict().items()})
    return Text("console.programs.mistake.other", {"said": sentence})


def of_field(error: CatalogueError) -> Text:
    """A mistake in one key of an entry: which key, on which of its lines, what."""
    key = error.field.partition(".")[0]
    args: dict[str, Arg] = {"field": Text(f"console.programs.field.{key}"), "line": error.line, "what": problem(error.problem)}
    return Text("console.programs.mistake", args)


def of_sheet(sentences: tuple[str, ...]) -> Iterator[Text]:
    """Every mistake of a workbook with its row and column."""
    for sentence in sentences:
        found = _CELL.fullmatch(sentence)
        if found is None:
            yield problem(sentence)
            continue
        place: dict[str, Arg] = {"row": int(found["row"]), "column": found["column"] or "", "head": found["head"] or ""}
        yield Text("console.programs.mistake.cell" if found["column"] else "console.programs.mistake.row", {
            **(place if found["column"] else {"row": place["row"]}), "what": problem(found["problem"])})
