"""What the README says is what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from reconciler.cli.verbs import VERBS
from reconciler.errors import ExitCode

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_verb_is_in_the_readme() -> None:
    named = set(re.findall(r"^\| `reconciler (\w+)", README, re.MULTILINE))
    assert named == set(VERBS)


def test_every_exit_code_is_in_the_readme() -> None:
    table = README[README.index("## Exit codes") :]
    named = {int(code) for code in re.findall(r"^\| (\d+) \|", table, re.MULTILINE)}
    assert named == set(ExitCode)


def test_every_link_to_a_file_leads_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for link in re.findall(r"\]\(([^)#\s]+)\)", page.read_text(encoding="utf-8")):
            assert link.startswith("http") or (page.parent / link).exists(), f"{page.name}: {link}"


def test_no_file_names_a_registry_or_a_machine() -> None:
    wrong = re.compile(r"index-url|https?://[^\s\"]*(pypi|pythonhosted)\.|/(root|work|home)/[a-z]")
    suffixes = {".py", ".toml", ".txt", ".md", ".yml", ".yaml", ".json", ""}
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        if (
            path.is_file()
            and path.suffix in suffixes
            and not any(part.startswith(".") and part != ".ci" for part in parts)
        ):
            if path == Path(__file__) or "__pycache__" in parts:
                continue
            found = wrong.search(path.read_text(encoding="utf-8", errors="replace"))
            assert found is None, f"{path}: {found and found.group()}"
