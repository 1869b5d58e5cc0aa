"""What must hold together and where one of several is enough: told as it is built, however deep."""

from __future__ import annotations

import pytest
import yaml

from backend.programs.edition import current
from backend.programs.grouped import Group, group_of
from backend.programs.nodes import Node


def node(text: str) -> Node:
    read = yaml.compose(text, Loader=yaml.SafeLoader)
    assert read is not None
    return Node(read, "x.yaml")


def shape(group: Group) -> object:
    return "x" if group.how == "one" else (group.how, *map(shape, group.parts))


@pytest.mark.parametrize(("text", "wanted"), [
    ("damage_level: [total, half]", "x"),
    ("- damage_level: total\n- tenure: rented", ("all", "x", "x")),
    ("any: [{damage_level: total}, {tenure: rented}]", ("any", "x", "x")),
    ("any: [{damage_level: total, tenure: rented}, {damage_level: half}]", ("any", ("all", "x", "x"), "x")),
    ("all: [{any: [{damage_level: total}, {tenure: rented}]}, {damage_level: half}]", ("all", ("any", "x", "x"), "x")),
    ("- any: [{damage_level: total}]", "x"),
    ("- all: [{damage_level: total}, {all: [{tenure: rented}, {damage_level: half}]}]", ("all", "x", "x", "x")),
])  # fmt: skip
def test_a_group_is_told_as_it_is_built(text: str, wanted: object) -> None:
    assert shape(group_of(node(text))) == wanted


def test_every_program_of_the_catalogue_is_told_with_words_in_every_leaf() -> None:
    def leaves(group: Group) -> list[Group]:
        return [group] if group.how == "one" else [one for part in group.parts for one in leaves(part)]

    kinds = set()
    for entry in current().entries_for("40", "40544", None):
        whole = group_of(entry.parts["conditions"])
        assert all(one.words for one in leaves(whole)), entry.id
        kinds |= {part.how for part in (whole, *whole.parts)}
    assert kinds == {"one", "any", "all"}, "the catalogue has groups within groups"
