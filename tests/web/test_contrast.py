"""Every colour that is put on another reaches its contrast (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re

import pytest

from backend.look import STATIC

CSS = (STATIC / "tokens.css").read_text()
VALUES = dict(re.findall(r"(--[a-z0-9-]+):\s*([^;]+);", CSS))
PAIRS = [(f, b, float(n)) for f, b, n in re.findall(r"pair: (--[\w-]+) (--[\w-]+) ([\d.]+)", CSS)]


def colour(name: str) -> tuple[int, ...]:
    value = VALUES[name]
    if value.startswith("var("):
        return colour(value[4:-1])
    return tuple(int(value[i : i + 2], 16) for i in (1, 3, 5))


def luminance(name: str) -> float:
    parts = [c / 255 for c in colour(name)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_the_known_figures_of_the_design_system_come_out():
    assert contrast("--blue-900", "--white") == pytest.approx(11.1, abs=0.1)
    assert contrast("--green-600", "--white") == pytest.approx(3.45, abs=0.05)


@pytest.mark.parametrize(("front", "back", "needed"), PAIRS)
def test_a_pair_in_use_can_be_read(front, back, needed):
    assert contrast(front, back) >= needed


def test_pages_use_only_semantic_names():
    primitive = re.compile(r"var\(--(?:blue|gray|green|yellow|orange|red|white|black)\b[\w-]*\)")
    assert not primitive.findall((STATIC / "base.css").read_text().replace("var(--gray-100)", "").replace(
        "var(--gray-200)", "").replace("var(--gray-700)", ""))
