"""Words whose keys may be younger or older than the catalogue at hand: what has no words is shown by its last part."""

from __future__ import annotations

from backend.words import Catalogues
from dialogs.core.words import Arg, Text


def readable(catalogues: Catalogues, arg: Arg) -> Arg:
    """The same, with every `Text` that the catalogues lack replaced by the end of its key."""
    if not isinstance(arg, Text):
        return arg
    if not catalogues.has(arg.key):
        return arg.key.rpartition(".")[2]
    return Text(arg.key, {name: readable(catalogues, one) for name, one in arg.args.items()}, arg.sensitivity)
