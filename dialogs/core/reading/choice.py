"""Which of the offered answers: by its number (1, ①, 一, いち, 1番) or by its words, whole or in part."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from dialogs.core.reading.numeral import kanji_of_kana, value_of
from dialogs.core.reading.text import SHORT, loose, normalise

Options = Sequence[tuple[str, tuple[str, ...]]]
"""(id, its labels in every language), in the order in which they were numbered."""

_AROUND_NUMBER = re.compile(r"^(?:第|no\.?|#|番号は?|number|選択肢|\()? ?(.+?) ?(?:番目?|ばんめ?|つ目|つめ|\)|\.|:|、|。|の方|のほう)?(?:を|で|が)?(?:です|だ|お願いします|おねがいします|選びます|えらびます|選択|いい|いいです|!)?$")
_ENGLISH = dict(zip(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], range(1, 11), strict=True))
_ENGLISH |= dict(zip(["first", "second", "third", "fourth", "fifth"], range(1, 6), strict=True))
_DENIAL = re.compile(r"ない|ません|なか|なし|ちが|違|じゃ|かも|たぶん|多分|どちら|or|\bnot\b|n't\b|\bno\b|maybe|以外|前は|まえは|だった")
_DIVIDER = re.compile(r"[\s、,，・/／+＋&＆;；と]+|(?<=\d)\.(?=\d)|\band\b|および|及び|それから")
_RANGE = re.compile(r"^(\d{1,2}) ?(?:~|〜|～|から|to) ?(\d{1,2})(?:まで)?(?:番)?$")
_ALL = frozenset(map(loose, ("全部", "ぜんぶ", "すべて", "全て", "みんな", "全部です", "すべてです", "全部あてはまる", "all", "all of them", "everything", "ぜんぶです")))
_READING = re.compile(r"([一-龥々ヶ]+)[(（]([ぁ-ゖァ-ヺー]+)[)）]")
_LATIN = re.compile(r"[a-zà-ÿ]")
LEAST_PART = 2
"""Letters. A shorter part of a label says too little."""
_ASKING = re.compile(r"\?$|(?:です|ます|でしょう|の)か$|かな$")
"""A question is no answer: はい？, 大丈夫ですか."""
_COPULA = re.compile("(?:なん)?(?:です|やで|やねん|だよ)[ねよ]?$")
"""What Japanese puts after a word that is the whole answer: じぶんです, 避難所やで."""
_SLIGHT = re.compile(r"[ぁ-ゖ]{1,2}|[いよ]いです|いいですよ|ありません|いりません|いらない|yes|no|ok|none|nothing")
"""Words that stand inside others: まだ in やまだ, ない in 決めてない, いい in どうでもいい, no in "no idea"."""
_TOKENS = re.compile(r"[\s、,，。.．!！・…〜~]+")
_AFTER = r"(?:です|でした|だ|だよ|よ|ね|な|けど|から|かも|なんです|お?(?:願|ねが)いします|お願い|そうです|どうぞ|(?:大丈夫|だいじょうぶ)(?:です)?|もちろん)*"
_ON = r"(?:[にでがをはも]|の(?:こと|中|なか|ほう|方)).*"
_POLITE = frozenset(["yes", "no", "ok", "please", "thanks", "thank", "you", "i", "am", "do", "it", "is", "sir", "madam", "that", "s", "fine"])


def read_choice(text: str, options: Options) -> str | None:
    """The id of the one option meant; None where none or several may be meant."""
    return _remembered(text, tuple(options)) if len(text) <= SHORT else _read(text, options)


@lru_cache(maxsize=4096)
def _remembered(text: str, options: tuple[tuple[str, tuple[str, ...]], ...]) -> str | None:
    return _read(text, options)


def _read(text: str, options: Options) -> str | None:
    said = normalise(text)
    if not said or len(said) > 100 or _ASKING.search(said):
        return None
    spoken = _plain_form(loose(said))
    if not spoken:
        return None
    exact = [name for name, labels in options if any(spoken in _spellings(label) for label in labels)]
    if not exact and (bare := _COPULA.sub("", spoken)) != spoken and len(bare) >= LEAST_PART:
        exact = [name for name, labels in options if any(bare in _spellings(label) for label in labels)]
    if exact:
        return exact[0] if len(exact) == 1 else None
    if (number := _number(said)) is not None:
        return _at(number, options)
    return _by_part(said, spoken, options)


def is_wording(text: str, options: Options) -> bool:
    """Whether the whole text is a label, word for word, of exactly one option."""
    spoken = _plain_form(loose(normalise(text)))
    return bool(spoken) and sum(any(spoken in _spellings(label) for label in labels) for _, labels in options) == 1


def read_choices(text: str, options: Options, never_all: frozenset[str] = frozenset({"none"})) -> tuple[str, ...] | None:
    """The ids of all options meant, in the options' order; 全部 is all but `never_all`. None where a part is unclear."""
    said = normalise(text)
    if not said or len(said) > 200:
        return None
    if loose(said) in _ALL:
        return tuple(name for name, _ in options if name not in never_all) or None
    if span := _RANGE.match(said):
        first, last = int(span[1]), int(span[2])
        if not 1 <= first < last <= len(options):
            return None
        return tuple(name for name, _ in options[first - 1 : last])
    single = read_choice(said, options)
    if single is not None:
        return (single,)
    parts = [part for part in _DIVIDER.split(said) if part and loose(part)]
    chosen = {read_choice(part, options) for part in parts}
    if chosen and None not in chosen:
        return tuple(name for name, _ in options if name in chosen)
    held, rest = _held(said, _plain_form(loose(said)), options)
    if held and not _ASKING.search(said) and not _DENIAL.search(rest) and not re.search(r"\d", rest):
        return tuple(name for name, _ in options if name in held)
    return None


def _at(number: int, options: Options) -> str | None:
    if not 1 <= number <= len(options):
        return None
    chosen = options[number - 1][0]
    # "3" may mean the third answer or the one that begins with a 3 (3〜5人).
    claims = {name for name, labels in options if any(_begins_with(label) == number for label in labels)}
    return chosen if not claims or claims == {chosen} else None


@lru_cache(maxsize=4096)
def _begins_with(label: str) -> int | None:
    """The number a label begins with, if it does."""
    digits = re.match(r"\d+", normalise(label))
    return int(digits[0]) if digits else None


def _number(said: str) -> int | None:
    core = _AROUND_NUMBER.match(said)
    written = (core[1] if core else said).strip()
    if written in _ENGLISH:
        return _ENGLISH[written]
    if len(written) == 1 and written.isnumeric() and not written.isdecimal():
        value = unicodedata.numeric(written)
        return int(value) if value == int(value) else None
    kana = loose(written)
    kanji = kanji_of_kana(kana) if len(kana) >= 1 and kana and "ぁ" <= kana[0] <= "ん" else None
    value_written = value_of(kanji or (written if re.fullmatch(r"[0-9一二三四五六七八九十]{1,3}", written) else "x"))
    return int(value_written) if value_written is not None else None


@lru_cache(maxsize=4096)
def _spellings(label: str) -> frozenset[str]:
    """A label as people may type it back: whole, without what stands in brackets, in kana, without its end."""
    plain = normalise(label)
    forms = {plain, re.sub(r"\([^)]*\)", "", plain), _READING.sub(r"\2", plain), _READING.sub(r"\1", plain)}
    return frozenset(filter(None, map(_plain_form, map(loose, forms))))


def _plain_form(spoken: str) -> str:
    """床上まで来ました → 床上まで来た, as labels are written."""
    return re.sub("ました(?:です)?$", "た", re.sub("ていません$", "ていない", re.sub("ています$", "ている", spoken)))


def _by_part(said: str, spoken: str, options: Options) -> str | None:
    held, rest = _held(said, spoken, options)
    if len(held) == 1 and not _DENIAL.search(rest):
        return held.pop()
    if held or len(spoken) < LEAST_PART:
        return None
    within = {name for name, labels in options if any(_is_part(said, spoken, label) for label in labels)}
    return within.pop() if len(within) == 1 else None


def _held(said: str, spoken: str, options: Options) -> tuple[set[str], str]:
    """The options whose whole label the text holds, longest first (大規模半壊 is not 半壊), and what is left over."""
    latin = bool(_LATIN.search(said))
    forms = sorted(
        ((form, name) for name, labels in options for label in labels for form in _forms(label, latin)),
        key=lambda pair: len(pair[0]),
        reverse=True,
    )
    rest = f" {_words(said)} " if latin else spoken
    held: set[str] = set()
    for form, name in forms:
        if len(form.strip()) >= LEAST_PART and form in rest and (not _SLIGHT.fullmatch(form.strip()) or _stands(said, form.strip())):
            rest = rest.replace(form, " ")
            held.add(name)
    return held, rest


def _stands(said: str, form: str) -> bool:
    """Whether a slight word is said by itself, not inside another ("はい、お願いします", "うちにいます", "no, thanks")."""
    if _LATIN.match(form):
        return any(form in words and _POLITE.issuperset(words) for words in map(str.split, _clauses(said)))
    whole = re.compile(f"{re.escape(form)}(?:{_AFTER}|{_ON})")
    return any(whole.fullmatch(part) for part in map(loose, _TOKENS.split(said)))


def _clauses(said: str) -> list[str]:
    return [_words(part) for part in re.split(r"[,.;!?、。]|\bbut\b", said)]


def _forms(label: str, latin: bool) -> frozenset[str]:
    if not latin:
        return _spellings(label)
    words = _words(normalise(label))
    return frozenset({f" {words} "}) if words else frozenset()


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text))


def _is_part(said: str, spoken: str, label: str) -> bool:
    """Whether the text is a part of the label that does not turn its meaning ("入って" is not 入っていない)."""
    if _LATIN.search(said):
        words, whole = _words(said), _words(normalise(label))
        return bool(words) and f" {words} " in f" {whole} " and not _DENIAL.search(whole.replace(words, " ", 1))
    return any(spoken in form and not _DENIAL.search(form.replace(spoken, " ", 1)) for form in _spellings(label))
