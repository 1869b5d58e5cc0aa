"""Reading and writing the catalogues' files: always the same order, so that a diff shows only what changed."""

from __future__ import annotations

import fcntl
import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parent
SOURCE = "ja"
LOCALES = (SOURCE, "ja@simple", "en")


@dataclass(slots=True)
class Entry:
    """One message. `src` is the digest of the Japanese it was written from, `status` as in UX-30."""

    key: str
    words: str
    src: str = ""
    status: str = ""
    notes: list[str] = field(default_factory=list)


def digest(words: str) -> str:
    """What ties a translation to the Japanese text it was written from."""
    return hashlib.sha256(words.encode()).hexdigest()[:8]


def path_of(locale: str, folder: Path = FOLDER) -> Path:
    return folder / locale / "LC_MESSAGES" / "messages.po"


def read(locale: str, folder: Path = FOLDER) -> dict[str, Entry]:
    """The entries of one language by key; empty when there is no file yet."""
    path = path_of(locale, folder)
    if not path.exists():
        return {}
    with path.open("rb") as file:
        catalogue = read_po(file, abort_invalid=True)
    entries: dict[str, Entry] = {}
    for message in catalogue:
        if not message.id:
            continue
        entry = Entry(str(message.id), str(message.string))
        for note in message.user_comments:
            if note.startswith("src:"):
                entry.src = note.removeprefix("src:").strip()
            elif note.startswith("status:"):
                entry.status = note.removeprefix("status:").strip()
            elif note.strip():
                entry.notes.append(note)
        entries[entry.key] = entry
    return entries


def write(locale: str, entries: dict[str, Entry], folder: Path = FOLDER) -> None:
    """Write one language's file, sorted by key, with a header that never changes by itself."""
    lines = [
        'msgid ""',
        'msgstr ""',
        f'"Language: {locale}\\n"',
        '"MIME-Version: 1.0\\n"',
        '"Content-Type: text/plain; charset=utf-8\\n"',
        '"Content-Transfer-Encoding: 8bit\\n"',
        "",
    ]
    for key in sorted(entries):
        entry = entries[key]
        lines += [f"# {note}" for note in entry.notes]
        if entry.src:
            lines.append(f"# src: {entry.src}")
        if entry.status:
            lines.append(f"# status: {entry.status}")
        lines.append(f"msgid {_quoted(entry.key)}")
        lines += _message(entry.words)
        lines.append("")
    path = path_of(locale, folder)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".po.new")
    new.write_text("\n".join(lines), encoding="utf-8")
    new.replace(path)


@contextmanager
def locked(folder: Path = FOLDER) -> Iterator[None]:
    """Two people adding words at the same time wait for each other."""
    with (folder / "__init__.py").open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _quoted(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'


def _message(words: str) -> list[str]:
    if "\n" not in words:
        return [f"msgstr {_quoted(words)}"]
    return ['msgstr ""', *(_quoted(line) for line in words.splitlines(keepends=True))]
