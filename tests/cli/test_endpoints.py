"""What is no service is told as such, from the command line and from the spec, before anything is called."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.errors import ExitCode
from reconciler.model.endpoint import ENDPOINT, is_endpoint
from tests.conftest import ROOT, Reconciler

NONE = (
    "graf",
    "http://",
    "https://:8080",
    "http://127.0.0.1:99999",
    "http://127.0.0.1:0",
    "http://127.0.0.1:abc",
    "http://[::1",
    "http://user:word@127.0.0.1",
    "http://127.0.0.1:1/?q=x",
    "ftp://127.0.0.1",
)


def test_the_schema_and_the_command_line_take_the_same() -> None:
    schema = json.loads((ROOT / "schemas" / "spec.schema.json").read_text(encoding="utf-8"))
    assert schema["$defs"]["tenant"]["properties"]["endpoint"]["pattern"] == ENDPOINT


@pytest.mark.parametrize(
    "text", ["emulator", "graph", "http://127.0.0.1:65535", "https://[::1]:1/v1.0", "http://a-b.c/"]
)
def test_what_names_a_service_is_taken(text: str) -> None:
    assert is_endpoint(text)


@pytest.mark.parametrize("text", NONE)
def test_what_names_none_is_wrong_usage(text: str, contoso: Path, reconciler: Reconciler) -> None:
    for verb in ("plan", "history"):
        ran = reconciler(verb, contoso, "--endpoint", text)
        assert ran.code == ExitCode.USAGE
        assert "is no endpoint" in ran.err
        assert "127.0.0.1:8080" in ran.err


@pytest.mark.parametrize("text", NONE)
def test_what_names_none_is_a_finding_in_a_spec(text: str, contoso: Path, reconciler: Reconciler) -> None:
    root = contoso / "reconciler.yaml"
    root.write_text(root.read_text(encoding="utf-8").replace("endpoint: emulator", f"endpoint: '{text}'"), "utf-8")
    ran = reconciler("validate", contoso)
    assert ran.code == ExitCode.ERROR
    assert "emulator, graph, or a URL" in ran.out + ran.err


def test_a_surface_of_which_nothing_is_read_is_never_in_sync(contoso: Path, reconciler: Reconciler) -> None:
    ran = reconciler("plan", contoso, "--surface", "hosts")
    assert (ran.code, ran.out) == (ExitCode.USAGE, "")
    assert "choose topology, apps or both" in ran.err
