"""What the README says is what the program does."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from reconciler.cli.verbs import VERBS
from reconciler.errors import ExitCode
from tests.conftest import Reconciler

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


def blocks(language: str) -> list[str]:
    """The fenced blocks of the README in a language."""
    return re.findall(rf"```{language}\n(.*?)\n```", README, re.DOTALL)


def test_the_spec_and_the_plan_that_the_readme_shows_are_true(
    reconciler: Reconciler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = Path(shutil.copytree(ROOT / "examples" / "minimal", tmp_path / "minimal"))
    monkeypatch.setenv("COLUMNS", "80")
    assert blocks("yaml")[0] == (spec / "reconciler.yaml").read_text(encoding="utf-8").rstrip()
    assert blocks("text")[0] == reconciler("plan", spec).out.rstrip()


def test_the_mistake_that_the_readme_shows_is_answered_so(
    reconciler: Reconciler, contoso: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    agents = contoso / "agents.yaml"
    agents.write_text(
        agents.read_text(encoding="utf-8").replace("displayName: Fin", "dispayName: Fin"), encoding="utf-8"
    )
    monkeypatch.setenv("COLUMNS", "80")
    assert blocks("text")[1] in reconciler("validate", contoso).out


def test_the_first_blocks_are_one_line_each() -> None:
    first, second, *_ = blocks("sh")
    assert "\n" not in first
    assert "apply examples/contoso" in first
    assert "\n" not in second
    assert "pytest" in second
