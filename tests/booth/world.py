"""What the booth has of a household, written straight into the tables: for the matrix of pages and roles."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

from PIL import Image
from sqlalchemy import insert, select

from backend import crypto
from backend import ids as new_ids
from backend.booth.models import booth_day, booth_draft, booth_station, booth_ticket
from backend.files.models import stored_file
from backend.staff.models import staff


def photo() -> bytes:
    """A small picture, as a phone's camera would send it."""
    out = BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, "JPEG")
    return out.getvalue()


def settle_booth(c: Any, tenant: str, ids: dict[str, str], now: Any) -> None:
    """The household's form being edited, its signed sheet, and its number on a day; the booth's own accounts seeded it today."""
    people = c.execute(select(staff.c.id, staff.c.role).where(staff.c.tenant_id == tenant).order_by(staff.c.id)).all()
    for kind in ("booth_draft", "sheet", "booth_day", "booth_station", "booth_ticket"):
        ids[kind] = new_ids.new()
    first = people[0].id if people else _nobody(c, tenant, now)
    for one in people:
        if one.role == "booth":
            c.execute(insert(booth_draft).values(
                id=new_ids.new(), tenant_id=tenant, staff_id=one.id, case_id=ids["case"], fields={}, made_at=now, changed_at=now,
                finished_at=now, seeded=True))
    c.execute(insert(booth_draft).values(
        id=ids["booth_draft"], tenant_id=tenant, staff_id=first, case_id=ids["case"], fields={}, taken={}, made_at=now, changed_at=now))
    content = photo()
    c.execute(insert(stored_file).values(
        id=ids["sheet"], tenant_id=tenant, case_id=ids["case"], purpose="consent", name="同意書.jpg", media_type="image/jpeg",
        size=len(content), content=crypto.ring().seal(content, "stored_file.content"), staff_id=first, at=now))
    c.execute(insert(booth_day).values(
        id=ids["booth_day"], tenant_id=tenant, name="7月の相談会", held_on=now.date(), next_number=2, made_by=first, made_at=now))
    for place, kind in enumerate(("reception", "lawyer")):
        c.execute(insert(booth_station).values(
            id=ids["booth_station"] if not place else new_ids.new(), tenant_id=tenant, day_id=ids["booth_day"], kind=kind, place_in_row=place))
    c.execute(insert(booth_ticket).values(
        id=ids["booth_ticket"], tenant_id=tenant, day_id=ids["booth_day"], number=1, station_id=ids["booth_station"], case_id=ids["case"],
        note="渡辺さんは電話に出ない", taken_at=now, waiting_since=now - timedelta(minutes=5)))


def _nobody(c: Any, tenant: str, now: Any) -> str:
    """Somebody who left: a municipality of a test need not have staff."""
    id_ = new_ids.new()
    c.execute(insert(staff).values(
        id=id_, tenant_id=tenant, login=id_, name="前の担当", password_hash="-", role="caseworker", active=False, created_at=now))
    return id_
