"""Every form that can be asked for: what it is made from, in which formats, for whom."""

from __future__ import annotations

from dataclasses import dataclass

from backend.forms import columns
from backend.forms.columns import SUPPORTED, VISIT
from backend.forms.layout import Form, form

PDF, XLSX, CSV, CSV_CP932 = "pdf", "xlsx", "csv", "csv_cp932"
OF_A_LIST, OF_A_SHEET = (PDF, XLSX, CSV, CSV_CP932), (PDF, XLSX)


@dataclass(frozen=True, slots=True)
class Offered:
    """One form. Its words are `console.forms.form.<name>`."""

    name: str
    layout: str
    """File of `manual/`, or one of the two lists."""
    formats: tuple[str, ...] = OF_A_SHEET
    blank: bool = False
    """For the pen: about nobody."""
    plain: bool = False
    """Without who it is."""
    of_a_case: bool = True
    """Offered on the page of a case."""
    inside: bool = False
    """For the municipality's own people alone: it cannot be made for somebody else."""

    @property
    def is_list(self) -> bool:
        return self.layout in (VISIT, SUPPORTED)

    @property
    def form(self) -> Form:
        return columns.form(self.layout) if self.is_list else form(self.layout)


FORMS: dict[str, Offered] = {
    one.name: one
    for one in (
        Offered(VISIT, VISIT, OF_A_LIST, of_a_case=False),
        Offered(SUPPORTED, SUPPORTED, OF_A_LIST),
        Offered("survey", "survey"),
        Offered("survey_blank", "survey", blank=True, of_a_case=False),
        Offered("record", "record"),
        Offered("record_blank", "record", blank=True, of_a_case=False),
        Offered("policy", "policy"),
        Offered("meeting", "meeting"),
        Offered("meeting_plain", "meeting_plain", plain=True),
        Offered("handover", "handover"),
    )
}
