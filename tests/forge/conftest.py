"""A GitHub for each test, and the environment that GitHub Actions gives a run in a pull request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.forge.hub import REPOSITORY, TOKEN, Hub, listening


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    """A GitHub on loopback; this process seems to be a run for its pull request 7."""
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"action": "synchronize", "number": 7, "pull_request": {"number": 7}}))
    with listening(Hub()) as served:
        for name, value in {
            "GITHUB_API_URL": served.base,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_SHA": "c0ffee" + "0" * 34,
        }.items():
            monkeypatch.setenv(name, value)
        yield served


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """A file to publish."""
    file = tmp_path / "report.md"
    file.write_text("## Plan: 1 to add\n", encoding="utf-8")
    return file
