"""Each page of the documentation does what it says when it is followed as written, from a fresh clone."""

from __future__ import annotations

import re
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.cli.main import run as run_command_line
from reconciler.errors import ExitCode
from tests.conftest import ROOT, Reconciler
from tests.docs.follow import Block, Reader, blocks, commands, edited, shows

DOCS = ROOT / "docs"
PAGES = sorted(page for page in DOCS.rglob("*.md") if "```sh\n" in page.read_text(encoding="utf-8"))
# How most pages begin: the example company, applied. That is done once, and each page gets a copy.
COMPANY = """\
cp -r examples/contoso company && cd company
reconciler apply --yes --ack app/ledger-sql
"""
# These tell of a repository that the reader has: they are followed in the company.
IN_A_REPOSITORY = ("github-actions", "state-in-git")

README = ROOT / "README.md"
GROUPS = ("emulator", "publish", "state")
INLINE = sorted(
    (page.name, command)
    for page in (README, *DOCS.glob("*.md"), *(DOCS / "how-to").glob("*.md"))
    for command in re.findall(r"`(reconciler [a-z][^`\n]*)`", page.read_text(encoding="utf-8"))
)


@pytest.fixture(scope="module")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example company, applied as its first block says."""
    company = tmp_path_factory.mktemp("once") / "company"
    shutil.copytree(ROOT / "examples" / "contoso", company, ignore=shutil.ignore_patterns(".reconciler"))
    words = COMPANY.splitlines()[1].split()[1:]
    assert run_command_line([words[0], str(company), *words[1:], "--quiet"]) == ExitCode.DONE
    return company


@pytest.fixture
def reader(reconciler: Reconciler, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Reader]:
    """Somebody in a fresh clone."""
    clone = tmp_path / "clone"
    shutil.copytree(ROOT / "examples", clone / "examples", ignore=shutil.ignore_patterns(".reconciler"))
    monkeypatch.setenv("COLUMNS", "100")
    for each in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{each}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{each}_EMAIL", "ada@contoso.com")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    somebody = Reader(reconciler, monkeypatch, clone, str(port))
    yield somebody
    somebody.leaves()


def followed(reader: Reader, step: Block) -> bool:
    """Do what a block says; False where it shows what was not printed."""
    match step.language:
        case "sh":
            for line, code in commands(step.text):
                reader.types(line, code)
        case "diff":
            reader.edits(step.text)
        case "text":
            return reader.sees(step.text)
    return True


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_does_what_it_says(
    page: Path, reader: Reader, request: pytest.FixtureRequest, pytestconfig: pytest.Config
) -> None:
    text = page.read_text(encoding="utf-8")
    steps = blocks(text)
    if page.stem == "sign-in":
        pytest.importorskip("azure.identity", reason="azure-identity is not installed")
    if "curl " in text and shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    if page.stem in IN_A_REPOSITORY or steps[0].text == COMPANY:
        company = reader.directory / "company"
        shutil.copytree(request.getfixturevalue("applied"), company)
        reader.directory = company
        steps = [step for step in steps if step.text != COMPANY]
    wrong = [(step, reader.printed().strip("\n")) for step in steps if not followed(reader, step)]
    if pytestconfig.getoption("--regenerate"):
        for block, printed in reversed(wrong):
            text = f"{text[: block.start]}{printed}\n{text[block.end :]}"
        page.write_text(text, encoding="utf-8")
    assert not wrong, "\n".join(f"{block.text}\nis really\n\n{printed}" for block, printed in wrong)


def test_the_first_line_of_the_readme_does_what_it_says(reader: Reader) -> None:
    line = next(block.text for block in blocks(README.read_text(encoding="utf-8")) if block.language == "sh")
    words = [part.strip() for part in line.split("&&")]
    typed = [word.removeprefix(".venv/bin/") for word in words if word.startswith(".venv/bin/reconciler")]
    assert [word.split()[1] for word in typed] == ["plan", "apply", "plan"]
    for word in typed:
        reader.types(word)


@pytest.mark.parametrize(("page", "command"), INLINE)
def test_a_command_in_a_sentence_has_its_verb_and_its_options(reconciler: Reconciler, page: str, command: str) -> None:
    words = command.replace("\\|", " ").replace("[", " ").replace("]", " ").split()
    verb = words[1:3] if words[1] in GROUPS else words[1:2]
    ran = reconciler(*verb, "--help")
    assert ran.code == ExitCode.DONE, f"{page}: {command}"
    for option in (word for word in words if word.startswith("--")):
        assert f"{option} " in ran.out, f"{page}: {command}"


def test_what_a_page_leaves_out_is_said_by_a_sign() -> None:
    assert shows("a …s\n…\nlast\n", "a 12 s\nx\ny\nlast")
    assert shows("…\nlast\n", "last\n")
    assert not shows("a\nlast\n", "a\nx\nlast\n")
    assert not shows("a …\n", "a 1\nb\n")


def test_an_edit_that_does_not_fit_is_no_edit() -> None:
    assert edited("a: 1\nb: 2\n", " a: 1\n-b: 2\n+b: 3\n") == "a: 1\nb: 3\n"
    with pytest.raises(AssertionError):
        edited("a: 1\n", "-a: 2\n+a: 3\n")
