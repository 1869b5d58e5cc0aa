"""Tables: lists that were brought in, their rows and what each row became, and how their columns were read before."""

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from backend.crypto import SealedJson, SealedText
from backend.db import Moment, metadata

list_import = Table(
    "list_import",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("kind", String(20), nullable=False),  # one of `columns.KINDS`
    Column("file_id", ForeignKey("stored_file.id", ondelete="SET NULL")),  # NULL once the file's time is over
    Column("file_name", SealedText("list_import.file_name"), nullable=False),
    Column("sheet", SealedText("list_import.sheet"), nullable=False),
    Column("beside", SealedJson("list_import.beside")),  # {"sheets": [[name of another sheet, its rows], …], "hidden": rows that Excel does not show}
    Column("header_row", Integer, nullable=False, default=0),  # from 1; 0: none was found
    Column("headers", SealedJson("list_import.headers"), nullable=False),
    Column("mapping", JSON, nullable=False),  # place of a column in the file (as a string) -> id of a column
    Column("state", String(10), nullable=False, default="read"),  # read | checking | checked | applying | applied | stopped
    Column("rows", Integer, nullable=False, default=0),
    Column("counts", JSON, nullable=False, default=dict),  # {"new": 12, "changed": 1, "same": 0, "error": 2, …}
    Column("job_id", ForeignKey("job.id")),
    Column("staff_id", ForeignKey("staff.id")),
    Column("at", Moment, nullable=False),
    Column("applied_at", Moment),
    Column("version", Integer, nullable=False, default=1),
    Index("ix_list_import_tenant", "tenant_id", "at"),
)

# The rows of a file while it is worked on, some hundred at a time, and what was found in them.
list_chunk = Table(
    "list_chunk",
    metadata,
    Column("import_id", ForeignKey("list_import.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("rows", SealedJson("list_chunk.rows"), nullable=False),  # [[row number, [cell, …]], …]
    Column("found", SealedJson("list_chunk.found")),  # {"trouble": […], "rows": [[row number, what it will be], …]}
)

# One row of a list, whoever often it is brought in: the same row is the same case.
list_row = Table(
    "list_row",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("tenant_id", ForeignKey("tenant.id"), nullable=False),
    Column("kind", String(20), nullable=False),
    Column("key", String(32), nullable=False),  # keyed: its number, else name, birth date and address
    Column("household", String(32), nullable=False, default=""),  # keyed: rows of one household in a list per person
    Column("number", SealedText("list_row.number")),  # 管理番号, 証明書番号 … as in the list
    Column("case_id", ForeignKey("case.id"), nullable=False, index=True),
    Column("person_id", ForeignKey("person.id"), nullable=False, index=True),
    Column("import_id", ForeignKey("list_import.id"), nullable=False, index=True),  # the newest that held it
    Column("place", Integer, nullable=False),  # row in that file, from 1
    Column("digest", String(32), nullable=False),
    Column("cells", SealedJson("list_row.cells"), nullable=False),  # id of a column -> what stood there, as text
    Column("before", SealedJson("list_row.before")),  # [{"at": …, "cells": {id: what stood there before}}, …], oldest first
    Column("at", Moment, nullable=False),
    UniqueConstraint("tenant_id", "kind", "key"),
    Index("ix_list_row_household", "tenant_id", "kind", "household"),
)

# The tokens (`person_token`) of some hundred people of a long list, in order, until they go into their tree with those of many others.
token_run = Table(
    "token_run",
    metadata,
    Column("id", String(26), primary_key=True),
    Column("import_id", ForeignKey("list_import.id"), nullable=False, index=True),
    Column("content", LargeBinary, nullable=False),  # `runs.Run`
)

# How this municipality's list of a kind was read last time: words of a header -> id of a column ("" = leave out).
list_mapping = Table(
    "list_mapping",
    metadata,
    Column("tenant_id", ForeignKey("tenant.id"), primary_key=True),
    Column("kind", String(20), primary_key=True),
    Column("headers", JSON, nullable=False),
    Column("staff_id", ForeignKey("staff.id")),
    Column("at", Moment, nullable=False),
)
