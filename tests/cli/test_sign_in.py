"""Where no token can be had, every verb that needs the service says so once, before its first call."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from reconciler.errors import ExitCode
from tests.conftest import Reconciler

SPEC = """\
version: 1
tenant:
  name: contoso
  id: 7f3c1d52-6a0e-4a57-9d0b-3b8a5c2f9e10
  endpoint: graph
  auth: {topology: {credential: device-code}}
groups: {hr: {displayName: HR, availability: any}}
policy: {availabilityProfiles: {any: {minDeclared: 0}}}
"""


@pytest.mark.parametrize("verb", [["plan"], ["drift"], ["apply", "--yes"]])
def test_a_missing_package_is_one_finding_with_what_to_install(
    verb: list[str], tmp_path: Path, reconciler: Reconciler, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "reconciler.yaml").write_text(SPEC, encoding="utf-8")
    monkeypatch.setitem(sys.modules, "azure.identity", None)
    ran = reconciler(*verb, tmp_path)
    assert ran.code == ExitCode.UNREADABLE
    assert ran.err.count("EPR435") == 1
    assert "reconciler.yaml:3:3" in ran.err
    assert "pip install 'entra-reconciler[azure]'" in ran.err
    assert ran.err.endswith("reconciler: there is no token, so nothing was read\n")


def test_a_variable_that_is_missing_is_one_finding(
    tmp_path: Path, reconciler: Reconciler, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = pytest.importorskip("azure.identity")
    (tmp_path / "reconciler.yaml").write_text(SPEC, encoding="utf-8")
    for name in ("AZURE_CLIENT_ID", "AZURE_TENANT_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AZURE_CLIENT_SECRET", "hidden")
    # The chain as it is, without the ways that would ask the network or other programs.
    monkeypatch.setattr(identity, "DefaultAzureCredential", lambda **_: identity.EnvironmentCredential())
    ran = reconciler("plan", tmp_path, "--surface", "apps")
    assert ran.code == ExitCode.UNREADABLE
    assert ran.err.count("EPR435") == 1
    assert "AZURE_CLIENT_SECRET is set without AZURE_TENANT_ID, AZURE_CLIENT_ID" in " ".join(ran.err.split())
    assert "hidden" not in ran.out + ran.err
