"""A spec sends off what stands below its own directory, and nothing else that its runner may read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from reconciler.errors import ExitCode
from tests.conftest import Reconciler


def _apply(contoso: Path, reconciler: Reconciler) -> str:
    ran = reconciler("apply", contoso, "--yes", "--quiet", "--ack", "app/ledger-sql")
    assert ran.code == ExitCode.ERROR
    assert "EPR420" in ran.err
    return " ".join(ran.err.split())


@pytest.mark.parametrize("name", ["/etc/passwd", "../token", "a/../../token", "~/token", "C:\\\\token", "secrets\\\\t"])
def test_a_file_elsewhere_is_a_finding_in_the_spec(name: str, contoso: Path, reconciler: Reconciler) -> None:
    spec = contoso / "apps" / "hr-sql.yaml"
    text = spec.read_text(encoding="utf-8")
    assert "secrets/hr-sql.token" in text
    spec.write_text(text.replace("secrets/hr-sql.token", f'"{name}"'), encoding="utf-8")
    ran = reconciler("validate", contoso)
    assert ran.code == ExitCode.ERROR
    assert "a file below this directory" in ran.out + ran.err


def test_a_link_out_of_the_directory_is_not_followed(contoso: Path, reconciler: Reconciler, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("a-secret-of-the-runner", encoding="utf-8")
    token = contoso / "secrets" / "hr-sql.token"
    token.unlink()
    token.symlink_to(tmp_path / "elsewhere")
    assert "outside of the spec" in _apply(contoso, reconciler)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_never_waited_for(contoso: Path, reconciler: Reconciler) -> None:
    token = contoso / "secrets" / "hr-sql.token"
    token.unlink()
    os.mkfifo(token)
    assert "no ordinary file" in _apply(contoso, reconciler)


@pytest.mark.parametrize("text", ["to\x00ken", "to\nken", "to\x1b[31mken", "to\u202eken"])
def test_what_does_not_show_is_no_token(text: str, contoso: Path, reconciler: Reconciler) -> None:
    (contoso / "secrets" / "hr-sql.token").write_text(text, encoding="utf-8")
    told = _apply(contoso, reconciler)
    assert "characters that do not show" in told
    assert "\x1b" not in told
