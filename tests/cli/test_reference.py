"""The page of the command line is what the program prints. `--regenerate` writes it anew; read the difference."""

from __future__ import annotations

import pytest

from reconciler.cli.reference import commands_page
from tests.conftest import ROOT


def test_the_page_of_the_command_line_is_not_stale(pytestconfig: pytest.Config) -> None:
    page = ROOT / "docs" / "reference" / "commands.md"
    if pytestconfig.getoption("--regenerate"):
        page.write_text(commands_page(), encoding="utf-8")
    assert page.read_text(encoding="utf-8") == commands_page()
