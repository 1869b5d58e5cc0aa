"""What the papers promise is so: settings documented, requirements known, folders described, no stray words."""

from __future__ import annotations

import re
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

from backend.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
CITED = re.compile(r"\b(?:UX|PR|SF|ST|PT|SEC)-\d{2}\b|\bR\d{1,2}\b(?= |:|\.|\))")
TOP = {"bots", "dialogs", "backend", "locales", "tests", ".ci"}


def tracked() -> list[str]:
    return subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()


def settings_rows() -> list[str]:
    rows = []
    for field in fields(Settings):
        if field.metadata:
            default = f"`{field.metadata['default']}`" if field.metadata["default"] else ""
            rows.append(f"| `{field.metadata['name']}` | {field.metadata['meaning']} | {default} |")
    return rows


def test_every_setting_stands_in_the_readme(request: pytest.FixtureRequest) -> None:
    path = ROOT / "README.md"
    text = path.read_text(encoding="utf-8")
    head, table = text.split("<!-- settings -->\n")
    table, tail = table.split("<!-- /settings -->")
    wanted = "| variable | meaning | default |\n|---|---|---|\n" + "\n".join(settings_rows()) + "\n"
    if request.config.getoption("--update"):
        path.write_text(f"{head}<!-- settings -->\n{wanted}<!-- /settings -->{tail}", encoding="utf-8")
    assert table == wanted, "run: ./run test tests/conventions --update"


def test_every_requirement_that_is_cited_is_listed() -> None:
    listed = set(re.findall(r"\*\*([A-Z]+-?\d+)", (ROOT / "REQUIREMENTS.md").read_text(encoding="utf-8")))
    listed |= {f"PR-{n}" for n in range(30, 36)}
    cited: dict[str, str] = {}
    for name in tracked():
        if name.endswith((".py", ".html", ".css", ".js")):
            for found in re.findall(r"\b(?:UX|PR|SF|ST|SEC)-\d{2}\b", (ROOT / name).read_text(encoding="utf-8")):
                cited[found] = name
    assert {f"{found} in {name}" for found, name in cited.items() if found not in listed} == set()


def test_every_requirement_is_cited_by_a_test() -> None:
    """In the test that would fail without it, so that one finds from the number to the proof."""
    listed = set(re.findall(r"\*\*([A-Z]+-?\d+)", (ROOT / "REQUIREMENTS.md").read_text(encoding="utf-8")))
    words = "\n".join((ROOT / name).read_text(encoding="utf-8") for name in tracked() if name.startswith("tests/") and name.endswith((".py", ".txt")))
    assert {number for number in listed if not re.search(rf"\b{number}\b", words)} == set()


def test_the_top_level_is_fixed() -> None:
    assert {name.split("/")[0] for name in tracked() if "/" in name} <= TOP


@pytest.mark.parametrize("folder", ["dialogs", "backend", "bots", "locales", "tests"])
def test_every_part_says_what_lives_there(folder: str) -> None:
    text = (ROOT / folder / "README.md").read_text(encoding="utf-8")
    assert 5 <= len(text.splitlines()) <= 60


def test_every_folder_of_code_says_what_lives_there() -> None:
    code = {str(Path(name).parent) for name in tracked() if name.count("/") == 2 and name.endswith("/__init__.py")}
    code = {folder for folder in code if not folder.startswith("tests/")}
    assert {folder for folder in code if not (ROOT / folder / "README.md").is_file()} == set()


def test_the_pictures_of_the_readme_are_there_and_small() -> None:
    """`.venv/bin/python -m tests.browser.pictures` draws them anew."""
    shown = re.findall(r"!\[[^]]+\]\(([^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(shown) >= 3
    assert all(0 < (ROOT / path).stat().st_size < 200_000 for path in shown)


def test_no_addresses_of_registries_or_machines() -> None:
    words = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|file:///|/work/(main|shared)|/root/")
    found = []
    for name in tracked():
        path = ROOT / name
        if path.suffix in (".py", ".md", ".toml", ".txt", ".sh", ".yaml", ".po", "") and path.is_file() and name != "tests/conventions/test_papers.py":
            found += [f"{name}: {row}" for row in path.read_text(encoding="utf-8", errors="ignore").splitlines() if words.search(row)]
    assert found == []
