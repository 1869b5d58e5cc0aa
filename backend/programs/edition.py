"""The catalogue as it stands: national entries, and for each place what its prefecture and municipality change.

`catalogue/national/<id>.yaml` one file per program. `catalogue/overlays/<place>/_overlay.yaml` says where and for which
disasters the folder holds, what it switches off (`off`) and what it changes in an entry (`change`: id and the keys that
are replaced); every other file there adds a program. The national files stay as they are. `catalogue/words/` holds the
names of desks and documents that many entries share.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

from backend.programs.entry import (
    OPTIONAL,
    REQUIRED,
    Entry,
    Place,
    Shelf,
    entry_of,
    place_of,
    program_id,
    shared_words,
)
from backend.programs.nodes import CatalogueError, Node, read_nodes
from dialogs.core.words import Words

FOLDER = Path(__file__).parent / "catalogue"


@dataclass(frozen=True, slots=True)
class Overlay:
    """What one place adds, changes or switches off. `changed` holds whole entries, ready to take the national one's place."""

    name: str
    place: Place
    off: frozenset[str]
    changed: Mapping[str, Entry]
    added: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Edition:
    """A loaded catalogue. `version` is a digest of its files: the same words and figures, the same version."""

    version: str
    national: tuple[Entry, ...]
    overlays: tuple[Overlay, ...]
    shelf: Shelf = field(default_factory=Shelf, compare=False, repr=False)
    _chosen: dict[tuple[str, ...], tuple[Entry, ...]] = field(default_factory=dict, compare=False, repr=False)

    def entries_for(self, prefecture: str, municipality: str, happened_on: date | None) -> tuple[Entry, ...]:
        """Every program of a place, a prefecture's changes before a municipality's."""
        here = [overlay for overlay in self.overlays if overlay.place.covers(prefecture, municipality, happened_on)]
        key = tuple(overlay.name for overlay in here)
        if key not in self._chosen:
            entries = {entry.id: entry for entry in self.national}
            for overlay in here:
                entries.update(overlay.changed)
                entries.update((entry.id, entry) for entry in overlay.added)
                for program in overlay.off:
                    entries.pop(program, None)
            self._chosen[key] = tuple(entries.values())
        return self._chosen[key]

    def all_entries(self) -> Iterator[Entry]:
        """Every entry there is, national first; a changed entry comes once more as its overlay shows it."""
        yield from self.national
        for overlay in self.overlays:
            yield from overlay.changed.values()
            yield from overlay.added


def load(folder: Path = FOLDER) -> Edition:
    """Load and check a catalogue folder. Raises `CatalogueError`: every wrong file with its first mistake, a line each."""
    return _Reader(folder).edition()


@lru_cache(maxsize=1)
def current() -> Edition:
    """The catalogue that ships with the project, read once."""
    return load()


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.errors: list[str] = []
        self.digest = hashlib.sha256()
        self.parts: dict[str, dict[str, Node]] = {}
        self.rank, self.ranks = 0, dict[str, int]()

    def edition(self) -> Edition:
        self.shelf = Shelf(self._words("desks"), self._words("documents"))
        national = self._entries(self.folder / "national", Place())
        overlays = [self._overlay(path) for path in sorted((self.folder / "overlays").glob("*/_overlay.yaml"))]
        if self.errors:
            raise CatalogueError("\n".join(self.errors))
        found = sorted((overlay for overlay in overlays if overlay), key=lambda overlay: bool(overlay.place.municipality))
        return Edition(self.digest.hexdigest()[:12], tuple(national), tuple(found), self.shelf)

    def _root(self, path: Path) -> Node:
        name = path.relative_to(self.folder).as_posix()
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            raise CatalogueError(f"{name}, line 1: the file is not UTF-8.") from None
        self.digest.update(f"{name}\0{text}\0".encode())
        return read_nodes(text, name)

    def _words(self, name: str) -> dict[str, Words]:
        path = self.folder / "words" / f"{name}.yaml"
        try:
            return shared_words(self._root(path)) if path.exists() else {}
        except CatalogueError as error:
            self.errors.append(str(error))
            return {}

    def _entries(self, folder: Path, place: Place) -> list[Entry]:
        entries = []
        for path in sorted(folder.glob("*.yaml")):
            if path.name.startswith("_"):
                continue
            self.rank += 1
            try:
                parts = self._root(path).mapping(OPTIONAL, REQUIRED)
                name = program_id(parts["id"])
                if name != path.stem:
                    parts["id"].fail(f"the file {path.name} must hold the program {path.stem}")
                if name in self.parts:
                    parts["id"].fail("another file already declares this program")
                self.parts[name], self.ranks[name] = parts, self.rank
                entries.append(entry_of(parts, self.shelf, place, self.rank))
            except CatalogueError as error:
                self.errors.append(str(error))
        return entries

    def _overlay(self, path: Path) -> Overlay | None:
        try:
            root = self._root(path).mapping(("off", "change"), ("valid",))
            place = place_of(root["valid"])
            if not place.prefecture:
                root["valid"].fail("an overlay names a prefecture or a municipality")
            added = self._entries(path.parent, place)
            off = [(item, item.text()) for item in root["off"].items()] if "off" in root else []
            for item, name in off:
                if name not in self.parts:
                    item.fail(f"there is no program named {name} to switch off")
            changed = self._changed(root["change"], place) if "change" in root else {}
            return Overlay(path.parent.name, place, frozenset(name for _, name in off), changed, tuple(added))
        except CatalogueError as error:
            self.errors.append(str(error))
            return None

    def _changed(self, node: Node, place: Place) -> dict[str, Entry]:
        changed = {}
        for name, change in node.mapping().items():
            if name not in self.parts:
                change.fail(f"there is no program named {name} to change")
            keys = change.mapping((*(key for key in REQUIRED if key != "id"), *OPTIONAL))
            changed[name] = entry_of({**self.parts[name], **keys}, self.shelf, place, self.ranks[name])
        return changed
