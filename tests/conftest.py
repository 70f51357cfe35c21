"""What every test may use: one option, and a command line that is run in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("calm", deadline=None)
settings.load_profile("calm")

ROOT = Path(__file__).parent.parent


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate", action="store_true", help="write the goldens of scenarios anew")


@dataclass(frozen=True)
class Ran:
    """What a command line gave."""

    code: int
    out: str
    err: str


Reconciler = Callable[..., Ran]


@pytest.fixture
def reconciler(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Reconciler:
    """Run `reconciler` with these words in this process; give its exit code and what it printed."""
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")

    def run(*words: str | Path) -> Ran:
        from reconciler.cli.main import run as run_command_line

        capsys.readouterr()
        code = run_command_line([str(word) for word in words])
        out, err = capsys.readouterr()
        return Ran(int(code), out, err)

    return run


@pytest.fixture
def contoso(tmp_path: Path) -> Path:
    """A copy of the contoso example that a test may change."""
    import shutil

    ignored = shutil.ignore_patterns(".reconciler")  # what somebody tried out there is no part of it
    return Path(shutil.copytree(ROOT / "examples" / "contoso", tmp_path / "contoso", ignore=ignored))
