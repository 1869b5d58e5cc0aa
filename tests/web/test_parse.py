"""What a page posts is understood, and nothing that could be posted breaks the worker."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.messages import Incoming
from bots.web.parse import body_came, body_chose, body_command, body_file, body_said, parse
from dialogs.core.heard import Came, Chose, Said, SentFile

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("body", "heard"),
    [
        (body_came("page"), Came("page")),
        (body_said("  山田 花子 "), Said("山田 花子")),
        (body_chose("s", "trouble", "home,money"), Chose("s", "trouble", "home,money")),
        (body_command("back"), Chose("", "", "-back")),
        (body_file("photo", "kept:1", "屋根.png"), SentFile("photo", "kept:1", "屋根.png")),
    ],
)
def test_what_is_posted_is_heard(body, heard):
    assert parse(body).heard == heard


@given(st.binary(max_size=200))
def test_no_bytes_break_it(body):
    assert isinstance(parse(body), Incoming)


@given(st.fixed_dictionaries({"kind": st.sampled_from(["came", "said", "chose", "file", "x"])},
                             optional={name: JSON for name in ("text", "option", "step", "what", "ref", "payload")}))
def test_no_fields_break_it(event):
    assert isinstance(parse(orjson.dumps(event)), Incoming)


@given(st.text(alphabet=st.characters(), max_size=100))
def test_any_text_can_be_stored(text):
    said = parse(body_said(text)).heard
    assert "\x00" not in said.text
    said.text.encode()
