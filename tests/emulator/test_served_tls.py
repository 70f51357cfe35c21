"""Served with TLS, whoever trusts the authority is let in, and nobody else."""

from __future__ import annotations

import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest


@pytest.fixture
def tls() -> Iterator[tuple[str, Path, subprocess.Popen[str]]]:
    """An address and the authority to trust, in a file that the emulator chose."""
    command = [sys.executable, "-m", "reconciler", "emulator", "serve", "--tls"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        base = process.stdout.readline().removeprefix("listening on ").strip()
        trusted = Path(process.stdout.readline().removeprefix("clients have to trust ").strip())
        yield base, trusted, process
        process.terminate()
        assert process.wait(20) == 0
        assert not trusted.exists()


def test_the_authority_that_it_names_vouches_for_it(tls: tuple[str, Path, subprocess.Popen[str]]) -> None:
    base, trusted, _ = tls
    assert base.startswith("https://127.0.0.1:")
    context = ssl.create_default_context(cafile=trusted)
    with httpx.Client(verify=context, trust_env=False) as client:
        for address in (base, base.replace("127.0.0.1", "localhost")):
            link = client.get(f"{address}/beta/applicationTemplates?$top=1").json()["@odata.nextLink"]
            assert link.startswith(f"{address}/beta/")
            assert client.get(link).status_code == 200
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"), httpx.Client(trust_env=False) as client:
        client.get(base)
    assert b"PRIVATE KEY" not in trusted.read_bytes()
