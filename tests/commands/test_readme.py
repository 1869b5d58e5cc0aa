"""The README names every command there is, and no other; each says what it does."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from bots.cli import main, parser

ROOT = Path(__file__).resolve().parents[2]
OF_THE_SCRIPT = {"test"}
"""`./run test` sets up what the tests need and calls pytest."""


def leaves(whole: argparse.ArgumentParser, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command, as the words one types."""
    below = [one for one in whole._actions if isinstance(one, argparse._SubParsersAction)]
    if not below:
        yield before
    for group in below:
        for name, one in group.choices.items():
            yield from leaves(one, (*before, name))


COMMANDS = sorted(leaves(parser()))


def named() -> set[str]:
    """What the README has people type after `./run`, each of `create|reset` by itself."""
    text = (ROOT / "README.md").read_text(encoding="utf-8").replace("\\|", "|")
    found = set()
    for typed in re.findall(r"\./run((?: [a-z|]+)+)", text):
        found |= {" ".join(words) for words in product(*(part.split("|") for part in typed.split()))}
    return found


def test_every_command_stands_in_the_readme() -> None:
    said = named()
    missing = [" ".join(words) for words in COMMANDS if not any(f"{one} ".startswith(f"{' '.join(words)} ") for one in said)]
    assert missing == []


def test_the_readme_names_no_command_that_is_not_there() -> None:
    there = {words[:many] for words in COMMANDS for many in (1, 2)}
    first = {words[0] for words in there} | OF_THE_SCRIPT
    assert {one for one in named() if one.split()[0] not in first} == set()


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_each_command_says_what_it_does(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    told = capsys.readouterr().out
    assert ended.value.code == 0 and " ".join(words) in told
    assert told.count("\n") >= 4, "usage and nothing else"
