"""Add or change words: `python -m locales.add FILE.yaml …` merges them into the catalogues.

A file maps keys to their wordings:

    field.name.ask:
      ja: お名前を教えてください。
      ja@simple: あなたの 名前（なまえ）を 教（おし）えて ください。
      en: What is your name?

A wording that is left out stays as it is; a translation written here counts as written from the Japanese that
stands beside it (or already in the catalogue). With `--keep`, keys that exist already are left alone; with
`--remove`, the keys in the files go.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

import yaml

from locales import catalogue
from locales.catalogue import LOCALES, SOURCE, Entry


class BadWords(ValueError):
    """A file of words that cannot be read as one; the sentence says which key and why."""


def read_words(path: Path) -> dict[str, dict[str, str]]:
    """The keys and wordings of one YAML file."""
    data = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    if not isinstance(data, dict):
        raise BadWords(f"{path.name}: expected a mapping from keys to wordings")
    for key, wordings in data.items():
        if not isinstance(wordings, dict) or not wordings:
            raise BadWords(f"{path.name}: {key}: expected wordings by language")
        for locale, words in wordings.items():
            if locale not in LOCALES:
                raise BadWords(f"{path.name}: {key}: unknown language {locale!r}")
            if not isinstance(words, str) or not words.strip():
                raise BadWords(f"{path.name}: {key}: {locale} is not text (quote words like yes, no and numbers)")
    return data


def add(words: Mapping[str, Mapping[str, str]], folder: Path = catalogue.FOLDER, keep: bool = False) -> int:
    """Merge words into the catalogues and give back how many entries changed. New words are not reviewed yet."""
    changed = 0
    with catalogue.locked(folder):
        tables = {locale: catalogue.read(locale, folder) for locale in LOCALES}
        source = tables[SOURCE]
        existed = {key for key in words if key in source}
        for locale in LOCALES:
            table = tables[locale]
            for key, wordings in words.items():
                if locale not in wordings or (keep and key in existed):
                    continue
                said = wordings[locale].strip()
                src = "" if locale == SOURCE or key not in source else catalogue.digest(source[key].words)
                old = table.get(key)
                if old is not None and old.words == said and old.src == src:
                    continue
                status = "" if locale == SOURCE else "machine"
                table[key] = Entry(key, said, src, status, old.notes if old else [])
                changed += 1
            catalogue.write(locale, table, folder)
    return changed


def remove(keys: set[str], folder: Path = catalogue.FOLDER) -> int:
    """Take keys out of every catalogue and give back how many entries went."""
    gone = 0
    with catalogue.locked(folder):
        for locale in LOCALES:
            table = catalogue.read(locale, folder)
            kept = {key: entry for key, entry in table.items() if key not in keys}
            gone += len(table) - len(kept)
            catalogue.write(locale, kept, folder)
    return gone


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="locales.add", description="Merge words into the catalogues.")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--keep", action="store_true", help="leave keys alone that exist already")
    parser.add_argument("--remove", action="store_true", help="take the keys of these files out")
    options = parser.parse_args(arguments)
    for path in options.files:
        try:
            words = read_words(path)
        except (BadWords, yaml.YAMLError) as wrong:
            print(wrong, file=sys.stderr)
            return 1
        changed = remove(set(words)) if options.remove else add(words, keep=options.keep)
        print(f"{path.name}: {changed} entries changed", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
