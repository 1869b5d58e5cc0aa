"""Households + an order → one file: cut to the consent, without names where so ordered, in the format wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from backend.cases.selection import Selection
from backend.clock import in_japan
from backend.consent.rules import Recipient
from backend.files.service import File
from backend.forms import columns, csv, data, sharing
from backend.forms.catalogue import CSV, CSV_CP932, FORMS, PDF, XLSX, Offered
from backend.forms.columns import SUPPORTED, VISIT
from backend.forms.csv import Lost
from backend.forms.filling import Sheet, blank, filled, listed, together
from backend.forms.household import Household
from backend.forms.lists import line_of
from backend.forms.pdf import MOST_LINES, MOST_SHEETS, Foot, pdf, printed_at
from backend.forms.plain import without_identity
from backend.forms.wording import words_of

if TYPE_CHECKING:
    from backend.app import Shell

MEDIA = {
    PDF: ("pdf", "application/pdf"),
    XLSX: ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    CSV: ("csv", "text/csv; charset=utf-8"),
    CSV_CP932: ("csv", "text/csv; charset=cp932"),
}
"""Format -> ending of the file's name and media type."""

MOST_ROWS = 5000
"""Rows of a workbook or CSV in one go."""
MOST_TABS = 60


@dataclass(frozen=True, slots=True)
class Order:
    """What is wanted: a form in a format, of one case or of a filter's, for the house or for a recipient outside."""

    form: str
    format: str
    case_id: str = ""
    chosen: Selection = field(default_factory=Selection)
    recipient_id: str = ""

    def to_json(self) -> dict[str, object]:
        return {"form": self.form, "format": self.format, "case": self.case_id, "chosen": self.chosen.chosen(), "recipient": self.recipient_id}

    @classmethod
    def from_json(cls, kept: dict[str, object]) -> Order:
        chosen = kept["chosen"]
        assert isinstance(chosen, dict)
        return cls(str(kept["form"]), str(kept["format"]), str(kept["case"]), Selection.of(chosen), str(kept["recipient"]))

    @property
    def offered(self) -> Offered:
        return FORMS[self.form]

    @property
    def valid(self) -> bool:
        """Whether there is such a form in such a format."""
        offered = FORMS.get(self.form)
        return offered is not None and self.format in offered.formats and not (self.recipient_id and (offered.inside or offered.blank))

    @property
    def piece(self) -> int:
        """Households that go into one file; more become several."""
        if self.format == PDF:
            return MOST_LINES if self.form == VISIT else MOST_SHEETS
        return MOST_ROWS if self.offered.is_list else MOST_TABS


@dataclass(frozen=True, slots=True)
class Setting:
    """Whose paper it is, who prints it and when; `to` is the recipient outside, with the name."""

    municipality: str
    by: str
    at: datetime
    to: tuple[Recipient, str] | None = None

    @property
    def foot(self) -> Foot:
        said = words_of("said")
        given = f"{said['to']}{self.to[1]}　" if self.to else ""
        return Foot(self.municipality, f"{given}{printed_at(self.at)}", self.by, said["caution"])


@dataclass(frozen=True, slots=True)
class Made:
    """A file and what is not in it: households that may not be told of, characters that could not be written."""

    content: bytes
    count: int
    refused: int = 0
    lost: tuple[Lost, ...] = ()


def make(
    connection: Connection, shell: Shell, order: Order, setting: Setting, case_ids: Sequence[str], *, hidden: int = 0, first: bool = True,
    start: int = 1,
) -> Made:
    """The form of these cases (`order.piece` at most). `hidden` are protected people who were left out.

    `first`: a CSV begins with its headings. `start`: number of the first household, where names are taken away.
    """
    offered = order.offered
    if offered.blank:
        return Made(file_of([blank(offered.form, setting.municipality)], order.format, setting), 0)
    found = data.households(connection, shell.words, case_ids, in_japan(setting.at).date())
    refused, gone = 0, frozenset[str]()
    if setting.to and not offered.plain:
        found, refused, gone = sharing.cut(connection, found, setting.to[0], setting.at)
    if offered.plain:
        called = words_of("called")["household"]
        found = [without_identity(one, f"{called}{at}") for at, one in enumerate(found, start)]
    remarks = _remarks(offered, setting, hidden, refused, gone)
    if order.format in (CSV, CSV_CP932):
        return _csv(order, found, refused, first)
    return Made(_paper(order, found, setting, remarks), len(found), refused)


def named(order: Order, at: datetime, ending: str = "", part: int = 0) -> str:
    """The file's name: form and day, nothing about anybody."""
    name = words_of("file").get(order.form, order.form)
    number = f"_{part:03d}" if part else ""
    return f"{name}_{in_japan(at):%Y%m%d}{number}.{ending or MEDIA[order.format][0]}"


def as_file(order: Order, at: datetime, content: bytes) -> File:
    return File(named(order, at), MEDIA[order.format][1], content)


def _csv(order: Order, found: Sequence[Household], refused: int, first: bool) -> Made:
    encoding = csv.CP932 if order.format == CSV_CP932 else csv.UTF8
    over = columns.columns(order.offered.layout)
    lines, lost = csv.rows(over, found, encoding)
    return Made((csv.head(over, encoding) if first else b"") + lines, len(found), refused, tuple(lost))


def _paper(order: Order, found: Sequence[Household], setting: Setting, remarks: tuple[str, ...]) -> bytes:
    offered = order.offered
    if order.format == XLSX and offered.is_list:
        title = blank(offered.form, setting.municipality).title
        return _workbook_of_list(offered, found, title, setting, remarks)
    if offered.layout == VISIT:
        sheets = [listed(offered.form, map(line_of, found), setting.municipality, remarks=remarks)]
    elif offered.layout == SUPPORTED:
        every = [filled(offered.form, _as_line(one), setting.municipality) for one in found] or [blank(offered.form, setting.municipality)]
        sheets = [replace(together(every), remarks=remarks)]
    else:
        sheets = [filled(offered.form, one, setting.municipality, remarks=remarks) for one in found]
        sheets = sheets or [replace(blank(offered.form, setting.municipality), remarks=remarks)]
    return file_of(sheets, order.format, setting)


def _as_line(household: Household) -> Household:
    return replace(household, values=dict(line_of(household)))


def _workbook_of_list(
    offered: Offered, found: Sequence[Household], title: str, setting: Setting, remarks: tuple[str, ...]
) -> bytes:
    from backend.forms import excel  # openpyxl takes half a second to load

    return excel.list_workbook(columns.columns(offered.layout), found, title=title, foot=setting.foot.text, remarks=remarks)


def file_of(sheets: Sequence[Sheet], format: str, setting: Setting) -> bytes:
    """Sheets as PDF or workbook. Raises `CannotPrint`."""
    if format == PDF:
        return pdf(sheets, setting.foot)
    from backend.forms import excel

    return excel.sheet_workbook(sheets, setting.foot.text)


def _remarks(offered: Offered, setting: Setting, hidden: int, refused: int, gone: frozenset[str]) -> tuple[str, ...]:
    """The sentences under the form: for whom it was made and what is not on it."""
    said, left, cut = words_of("said"), words_of("left_out"), words_of("cut")
    sentences = []
    if setting.to and not offered.plain:
        sentences.append(f"{said['to']}{setting.to[1]}{said['basis']}")
    missing = [cut[category] for category in cut if category in gone]
    if missing:
        sentences.append(cut["head"] + cut["join"].join(missing))
    sentences += [f"{left[why]}{many}{left['cases']}" for why, many in (("hidden", hidden), ("refused", refused)) if many]
    if offered.plain:
        sentences.append(said["plain"])
    return tuple(sentences)
