"""How much: a table read from top to bottom, and amounts per member that add up. Whole yen; None is not known, never zero."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from backend.programs.conditions import Condition, MemberTest, Met, always, condition_of, member_test
from backend.programs.nodes import Node
from backend.programs.situation import Situation
from backend.programs.vocabulary import AMOUNT_KINDS


class Amount(NamedTuple):
    """`kind` fixed | up_to | range | none | unknown, `min_yen` and `max_yen` in yen.

    Of `up_to`, `max_yen` is the highest ceiling still possible and `min_yen` the lowest, where that differs.
    """

    kind: str
    min_yen: int | None = None
    max_yen: int | None = None


NO_AMOUNT, UNKNOWN_AMOUNT = Amount("none"), Amount("unknown")


@dataclass(frozen=True, slots=True)
class MemberRow:
    """So much for a member of whom `test` holds; `less` of it where another grant for the same harm was received."""

    test: MemberTest
    yen: int
    less_yen: int = 0
    less_test: MemberTest | None = None
    less_received: str = ""

    def paid(self, member: Mapping[str, Any], received: frozenset[str]) -> tuple[int, ...]:
        """The sums that are possible: less of it only where the other grant is known to have been received."""
        # Nobody is told a smaller sum because of a question not asked yet.
        if self.less_test is None or self.less_received not in received:
            return (self.yen,)
        same_harm, _ = self.less_test(member)
        if same_harm is None:
            return (self.yen - self.less_yen, self.yen)
        return (self.yen - self.less_yen if same_harm else self.yen,)


@dataclass(frozen=True, slots=True)
class AmountRule:
    """The amount part of a catalogue entry."""

    kind: str
    rows: tuple[tuple[Condition, int | None], ...] = ()
    rests_on: frozenset[str] = frozenset()
    """Names of the inputs and facts that the table looks at."""
    who: MemberTest | None = None
    member_rows: tuple[MemberRow, ...] = ()

    def settle(self, situation: Situation) -> tuple[Amount, tuple[str, ...]]:
        """The amount as far as known, and the key paths that would narrow it."""
        if self.kind in ("none", "unknown"):
            return Amount(self.kind), ()
        sums, missing = self._from_table(situation)
        if self.member_rows:
            least, most, open_paths = self._from_members(situation)
            sums = {None if yen is None else yen + more for yen in sums or {0} for more in (least, most)}
            missing = (*missing, *open_paths)
        if None in sums or not sums:
            return UNKNOWN_AMOUNT, missing
        known = [yen for yen in sums if yen is not None]
        return self._amount(min(known), max(known)), missing

    def _amount(self, low: int, high: int) -> Amount:
        if high <= 0:
            return NO_AMOUNT
        if self.kind == "up_to":
            return Amount("up_to", low if 0 < low < high else None, high)
        return Amount("fixed", high, high) if low == high else Amount("range", low, high)

    def _from_table(self, situation: Situation) -> tuple[set[int | None], tuple[str, ...]]:
        """Every amount a row could still give: rows that fail are out, the first that surely holds ends the table."""
        sums: set[int | None] = set()
        missing: list[str] = []
        for condition, yen in self.rows:
            finding = condition(situation)
            if finding.met is False:
                continue
            sums.add(yen)
            if finding.met:
                break
            missing.extend(finding.missing)
        return sums, tuple(missing) if len(sums) > 1 or None in sums else ()

    def _from_members(self, situation: Situation) -> tuple[int, int, tuple[str, ...]]:
        """Lowest and highest sum over the members. Nobody is counted who was not told of."""
        received: frozenset[str] = situation.household.get("received") or frozenset()
        least = most = 0
        missing: list[str] = []
        assert self.who
        for index, member in enumerate(situation.members):
            counts, open_names = self.who(member)
            if counts is False:
                continue
            could = [] if counts else [0]
            for row in self.member_rows:
                met, unknown = row.test(member)
                if met is False:
                    continue
                could.extend(row.paid(member, received))
                open_names = (*open_names, *unknown)
                if met:
                    break
            least, most = least + min(could, default=0), most + max(could, default=0)
            missing.extend(f"household.members[{index}].{name}" for name in dict.fromkeys(open_names))
        if least == 0 and not self.rows and not situation.listed:
            # Nobody is known of yet, and not everybody was told of: what one person more would mean.
            amounts = [row.yen for row in self.member_rows]
            least, most = 0 if most else min(amounts), max(most, *amounts)
        return least, most, tuple(missing)


def _anybody(member: Mapping[str, Any]) -> tuple[Met, tuple[str, ...]]:
    return True, ()


def amount_of(node: Node) -> AmountRule:
    """Read `amount:` of an entry: kind, and for an amount that is known a `table` or rows `per_member`."""
    parts = node.mapping(("table", "per_member"), ("kind",))
    kind = parts["kind"].one_of(AMOUNT_KINDS)
    if kind in ("none", "unknown") and len(parts) > 1:
        node.fail(f"an amount of the kind {kind} has no table")
    if kind in ("fixed", "up_to") and len(parts) == 1:
        node.fail("give a table or per_member")
    rows: list[tuple[Condition, int | None]] = []
    rests_on: set[str] = set()
    for item in parts["table"].items() if "table" in parts else ():
        row = item.mapping(("when",), ("yen",))
        yen = None if row["yen"].is_text("unknown") else row["yen"].whole()
        rests_on.update(row["when"].mapping() if "when" in row else ())
        rows.append((condition_of(row["when"]) if "when" in row else always, yen))
    if "per_member" not in parts:
        return AmountRule(kind, tuple(rows), frozenset(rests_on))
    people = parts["per_member"].mapping((), ("who", "rows"))
    members = tuple(_member_row(item) for item in people["rows"].items())
    return AmountRule(kind, tuple(rows), frozenset(rests_on), member_test(people["who"])[0], members)


def _member_row(node: Node) -> MemberRow:
    row = node.mapping(("less", "when"), ("yen",))
    test = member_test(row["when"])[0] if "when" in row else _anybody
    if "less" not in row:
        return MemberRow(test, row["yen"].whole())
    less = row["less"].mapping((), ("received", "when", "yen"))
    return MemberRow(test, row["yen"].whole(), less["yen"].whole(), member_test(less["when"])[0], less["received"].text())
