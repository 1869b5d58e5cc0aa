"""Bring the many ways of writing the same words into one: spaces, kana, width, repeated letters, emoji.

Steps (`privacy-and-safety.md` §3.3): NFKC, lower case, drop spaces, punctuation, 長音 and emoji, katakana to
hiragana, small kana to large ones, accents off Latin letters, runs of one letter to a single letter. The
slang for 死 (タヒ, 4に, 氏に) is spelled out in the rules, because it is slang only in front of certain endings.
"""

import re
import unicodedata
from dataclasses import dataclass

_SMALL = dict(zip("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ", strict=True))
_HALF_WIDTH_VOICING = "ﾞﾟ"
# Letters, and the vowel signs of Nepali, Thai and Burmese, which Python counts as marks.
_LETTER = r"([^\W\d_]|[\u0900-\u0965\u0e31-\u0e4e\u102b-\u103e])"
_RUN = re.compile(_LETTER + r"\1+")
_LONG_RUN = re.compile(_LETTER + r"\1{2,}")
# Marks over, under and around letters; letters and marks that show nothing (Hangul fillers, Khmer inherent vowels, variants).
_UNSEEN = (
    (0x0300, 0x036F), (0x0483, 0x0489), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF),
    (0x3099, 0x309A), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFE20, 0xFE2F), (0xFFA0, 0xFFA0), (0xE0100, 0xE01EF),
)  # fmt: skip
# Letters of "fonts" for chats, which NFKC leaves alone: small capitals, white letters in black squares and circles.
_LOOKS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True)) | {
    chr(first + place): letter for first in (0x1F150, 0x1F170) for place, letter in enumerate("abcdefghijklmnopqrstuvwxyz")
}
SOS_SIGN = "\U0001f198"


def fold_letter(letter: str) -> str:
    """One NFKC, lower-case letter as the rules see it; "" for what they do not see."""
    code = ord(letter)
    if 0x30A1 <= code <= 0x30F6:
        letter = chr(code - 0x60)
    letter = _SMALL.get(letter, letter)
    if code == 0x30FC or any(first <= code <= last for first, last in _UNSEEN):
        return ""
    if letter in _LOOKS:
        return _LOOKS[letter]
    if letter == SOS_SIGN:
        return "sos"
    if letter == "đ":
        return "d"
    if unicodedata.category(letter)[0] not in "LNM":
        return ""
    base = unicodedata.normalize("NFKD", letter)[:1]
    return base if "a" <= base <= "z" else letter


class _Letters(dict[int, str]):
    """`str.translate` table that works every letter out once."""

    def __missing__(self, code: int) -> str:
        folded = fold_letter(chr(code))
        self[code] = folded
        return folded


_LETTERS = _Letters()


def _loose(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower().translate(_LETTERS)


def shrinks(letter: str) -> bool:
    """Whether a run of this letter counts as one: letters do, digits do not."""
    return _RUN.match(letter * 2) is not None


def fold(text: str) -> str:
    """The text as the rules see it. Never raises; time grows with the length only."""
    return _RUN.sub(r"\1", _loose(text))


def fold_latin(text: str) -> str:
    """The same for Latin rules: runs of a letter shrink to two, because words are written together here."""
    return _LONG_RUN.sub(r"\1\1", _loose(text))


@dataclass(frozen=True, slots=True)
class Origin:
    """Where each folded letter came from in the original text, as (start, end)."""

    text: str
    places: tuple[tuple[int, int], ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        return self.places[start][0], self.places[end - 1][1]

    def is_word_start(self, start: int) -> bool:
        """Whether a Latin word begins at this folded letter ("skill me" holds no "kill me")."""
        before = self.places[start][0]
        return before == 0 or not _is_latin(self.text[before - 1]) or self._spans_words(start)

    def is_word_end(self, end: int) -> bool:
        """Whether a Latin word ends before this folded letter."""
        after = self.places[end - 1][1]
        return after == len(self.text) or not _is_latin(self.text[after]) or self._spans_words(end - 1)

    def _spans_words(self, place: int) -> bool:
        """Whether a shrunken run reaches over the end of a word: "iss stalking" holds a whole "stalking"."""
        first, last = self.places[place]
        return any(not _is_latin(letter) for letter in self.text[first:last])


def _is_latin(letter: str) -> bool:
    return "a" <= _loose(letter)[:1] <= "z"


def origin(text: str, folded: str, longest_run: int) -> Origin | None:
    """Map a folded text back; None where Unicode composed letters across a distance (old Hangul and the like)."""
    letters: list[str] = []
    places: list[tuple[int, int]] = []
    start, size = 0, len(text)
    while start < size:
        end = start + 1
        while end < size and (text[end] in _HALF_WIDTH_VOICING or unicodedata.combining(text[end])):
            end += 1
        for letter in _loose(text[start:end]):
            if letters[-longest_run:] == [letter] * longest_run and shrinks(letter):
                places[-1] = (places[-1][0], end)
            else:
                letters.append(letter)
                places.append((start, end))
        start = end
    return Origin(text, tuple(places)) if "".join(letters) == folded else None
