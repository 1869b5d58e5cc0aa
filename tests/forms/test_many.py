"""Ten thousand households go on paper without taking the process down."""

from __future__ import annotations

import resource
from datetime import date

import pytest
from pypdf import PdfReader
from sqlalchemy import insert, select

from backend.app import Shell
from backend.cases.models import answer, case
from backend.forms import columns, excel, exports
from backend.forms.columns import SUPPORTED
from backend.forms.making import Order
from backend.jobs.run import run_slice
from backend.people.models import person
from tests.forms.conftest import account, settle_home
from tests.forms.people import fukushi
from tests.forms.test_exports import opened, result

MANY = 10_000


def peak() -> int:
    """Megabytes that this process and its largest child have taken at most."""
    own, child = (resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return max(own, child)


def test_a_workbook_takes_no_more_memory_for_more_rows() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    excel.list_workbook(columns.columns(SUPPORTED), (fukushi() for _ in range(500)), title="x", foot="x")
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024 < 80


@pytest.mark.long
@pytest.mark.parametrize("order", [Order("supported_list", "xlsx"), Order("visit_list", "pdf"), Order("supported_list", "csv_cp932")])
def test_ten_thousand_households(shell: Shell, order: Order) -> None:
    first = settle_home(shell, 0)
    with shell.engine.begin() as c:
        who = dict(c.execute(select(person)).mappings().one())
        home = dict(c.execute(select(case)).mappings().one())
        said = [dict(row) for row in c.execute(select(answer).where(answer.c.case_id == first)).mappings()]
        for number in range(1, MANY):
            c.execute(insert(person).values({**who, "id": f"p{number}"}))
            c.execute(insert(case).values({**home, "id": f"c{number}", "person_id": f"p{number}", "number": f"T-2026-{number:06d}-0"}))
            c.execute(insert(answer), [{**{k: v for k, v in row.items() if k != "id"}, "case_id": f"c{number}"} for row in said])
    staff = account(shell)
    made = exports.begin(shell, staff, order)
    while run_slice(shell, {exports.KIND: exports.export_some}):
        pass
    assert result(shell, made)["count"] == MANY
    file = opened(shell, staff, made)
    assert file is not None and len(file.content) > 100_000
    assert peak() < 900


@pytest.mark.long
def test_a_thousand_lines_are_one_document() -> None:
    from io import BytesIO

    from backend.forms.filling import listed
    from backend.forms.lists import line_of
    from backend.forms.pdf import MOST_LINES, Foot, pdf

    lines = [line_of(fukushi(birth_date=date(1950, 1, 1)))] * MOST_LINES
    made = pdf([listed(columns.form("visit_list"), lines, "つなぎ市")], Foot("つなぎ市", "2026-07-06", "佐藤"))
    assert len(PdfReader(BytesIO(made)).pages) > 50
