"""A photo of a signed sheet: a picture by its bytes, whatever its name says; kept encrypted with the case.

Only the picture is kept. What a telephone writes beside it (where it was taken, when, with which device) is left out.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import Any

from PIL import Image, ImageOps
from sqlalchemy import Connection, select

from backend.audit import service as audit
from backend.files import service as files
from backend.files.models import stored_file
from backend.files.service import File
from backend.staff.roles import Staff

PURPOSE = "consent"
FORMATS = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "MPO": "image/jpeg"}
"""MPO is a JPEG with a second picture behind it, as some telephones make them; the first is kept."""
SEEN = ("icc_profile", "transparency")
"""What stands beside a picture and changes how it looks."""
MOST_BYTES = 12 * 1024 * 1024
MOST_PIXELS = 40_000_000
"""A picture whose header claims more is not decoded: it would only fill the memory, and a sheet can be read with far fewer."""


class NotAPicture(ValueError):
    """The bytes are no photo that a browser can show."""


def picture(file: File) -> File:
    """The picture alone, upright, with the type that its bytes have. Raises `NotAPicture`."""
    if len(file.content) > MOST_BYTES:
        raise NotAPicture
    try:
        with Image.open(BytesIO(file.content), formats=tuple(FORMATS)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise NotAPicture
            kind = FORMATS[str(image.format)]
            content = _bare(image, kind)
    except NotAPicture:
        raise
    except Exception as error:  # Pillow raises many kinds for broken files
        raise NotAPicture from error
    return File(file.name, kind, content)


def _bare(image: Image.Image, kind: str) -> bytes:
    """The picture without place, time, device, comment or preview: turned as its EXIF data said, which is gone then."""
    upright = ImageOps.exif_transpose(image)
    seen: dict[str, Any] = {name: upright.info[name] for name in SEEN if name in upright.info}
    upright.info.clear()
    out = BytesIO()
    upright.save(out, kind.removeprefix("image/"), quality=92, **seen)
    return out.getvalue()


def keep(connection: Connection, staff: Staff, case_id: str, file: File, at: datetime) -> str:
    """Keep a signed sheet, as `picture` made it, with the case and return its id. Who may reach the case was checked."""
    kept = files.keep(connection, tenant_id=staff.tenant_id, purpose=PURPOSE, file=file, at=at, staff_id=staff.id, case_id=case_id)
    audit.record(connection, tenant_id=staff.tenant_id, staff_id=staff.id, action="consent.sheet_kept", object_kind="case",
                 object_id=case_id, detail={"file": kept}, at=at)  # fmt: skip
    return kept


def of_case(connection: Connection, case_id: str) -> list[Any]:
    """The signed sheets of a case, newest first: id and when."""
    chosen = select(stored_file.c.id, stored_file.c.at).where(stored_file.c.case_id == case_id, stored_file.c.purpose == PURPOSE)
    return list(connection.execute(chosen.order_by(stored_file.c.id.desc())).all())


def case_of(connection: Connection, tenant_id: str, file_id: str) -> str:
    """The case that a signed sheet belongs to; empty when there is none."""
    chosen = select(stored_file.c.case_id).where(
        stored_file.c.id == file_id, stored_file.c.tenant_id == tenant_id, stored_file.c.purpose == PURPOSE)  # fmt: skip
    return str(connection.execute(chosen).scalar_one_or_none() or "")
