"""Table: people. A person is not a chat account, not a household and not a case."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, String, Table

from backend.crypto import SealedText
from backend.db import Moment, metadata

person = Table(
    "person",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("name", SealedText("person.name")),
    Column("kana", SealedText("person.kana")),
    Column("phone", SealedText("person.phone")),
    Column("phone_index", String(32)),
    Column("restricted", Boolean, nullable=False, default=False),
    Column("created_at", Moment, nullable=False),
    Index("ix_person_phone", "tenant_id", "phone_index"),
)
