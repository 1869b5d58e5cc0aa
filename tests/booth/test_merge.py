"""Two tabs in one form: whoever is later is told, and nothing that somebody typed is lost unseen."""

from hypothesis import given
from hypothesis import strategies as st

from backend.booth import merge
from backend.booth.merge import plain

FIELDS = ("name", "phone", "trouble")
VALUES = st.one_of(st.sampled_from(["", "山田", "山田 花子", "-declined"]), st.lists(st.sampled_from(["home", "money"]), unique=True))
SENT = st.dictionaries(st.sampled_from(FIELDS), VALUES)


def test_different_fields_meet():
    one = merge.save({}, 1, 1, {"name": "山田"})
    two = merge.save(one.history, one.version, 1, {"phone": "090-1234-5678"})
    assert merge.now(two.history) == {"name": "山田", "phone": "090-1234-5678"} and not two.clashes


def test_the_same_field_changed_to_something_else_is_shown_to_the_second():
    one = merge.save({}, 1, 1, {"name": "山田 花子"})
    two = merge.save(one.history, one.version, 1, {"name": "山田 華子"})
    assert two.clashes == {"name": ("山田 華子", "山田 花子")}
    assert two.history == one.history and two.version == one.version


def test_an_old_tab_that_touched_nothing_changes_nothing():
    one = merge.save({"name": [[1, "山田"]]}, 1, 1, {"name": "山田 花子"})
    stale = merge.save(one.history, one.version, 1, {"name": "山田"})
    assert merge.now(stale.history)["name"] == "山田 花子" and not stale.clashes


def test_ticks_have_no_order_and_none_is_the_same_as_nothing():
    one = merge.save({}, 1, 1, {"trouble": ["home", "money"]})
    assert merge.save(one.history, one.version, one.version, {"trouble": ["money", "home"]}).version == one.version
    assert merge.save({}, 1, 1, {"trouble": []}).version == 1


@given(st.lists(st.tuples(st.integers(0, 5), SENT), max_size=12))
def test_every_change_is_taken_or_shown(sends):
    """Whatever tabs send, in whichever order and however stale: a value they changed stands, or they are told of the other."""
    history, version = {}, 1
    for back, sent in sends:
        seen = max(1, version - back)
        before = merge.now(history)
        after = merge.save(history, version, seen, sent)
        for key, mine in sent.items():
            was, there = plain(merge.at(history, key, seen)), plain(before.get(key, ""))
            if key in after.clashes:
                assert plain(after.clashes[key][1]) == there and after.history == history
            elif not after.clashes and plain(mine) != was:
                assert plain(merge.now(after.history).get(key, "")) == plain(mine)
        untouched = before.keys() - sent.keys()
        assert all(merge.now(after.history)[key] == before[key] for key in untouched)
        history, version = after.history, after.version


@given(SENT)
def test_sent_twice_is_saved_once(sent):
    """A connection that broke after the save and before the answer: the script sends again."""
    one = merge.save({}, 1, 1, sent)
    again = merge.save(one.history, one.version, 1, sent)
    assert again == one._replace(clashes={})


def test_a_tab_that_saved_something_else_has_not_seen_what_came_meanwhile():
    """Two tabs: B writes the name, A saves the phone and only then touches the name it never saw changed."""
    opened, version = {"name": [[1, "山田"]]}, 1
    b = merge.save(opened, version, 1, {"name": "山田 花子"})
    a = merge.save(b.history, b.version, 1, {"phone": "090-1234-5678"})
    again = merge.save(a.history, a.version, 1, {"name": "山田 華子", "phone": "090-1234-0000"}, {"phone": a.version})
    assert again.clashes == {"name": ("山田 華子", "山田 花子")}
    alone = merge.save(a.history, a.version, 1, {"phone": "090-1234-0000"}, {"phone": a.version})
    assert not alone.clashes and merge.now(alone.history)["phone"] == "090-1234-0000"
