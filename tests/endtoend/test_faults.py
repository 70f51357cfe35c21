"""What goes wrong at the service is told once for each cause, in bounded time, and nothing destructive follows."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

from reconciler.errors import ExitCode
from tests.endtoend.conftest import CONTOSO_ACK, ENVIRONMENT, Run, Server

WRITES = {"POST", "PUT", "PATCH", "DELETE"}

STORMS = {
    "403 on half of the calls": {"kind": "status", "status": 403, "every": 2, "path": "^/beta"},
    "500 on every call": {"kind": "status", "status": 500, "path": "^/beta"},
    "503 on every call": {"kind": "status", "status": 503, "path": "^/beta"},
    "every connection dropped": {"kind": "dropBefore", "path": "^/beta"},
    "half answers": {"kind": "truncate", "path": "^/beta"},
    "pages instead of JSON": {"kind": "wrongType", "path": "^/beta"},
    "JSON of another shape": {"kind": "wrongJson", "path": "^/beta"},
}


def written(server: Server) -> list[dict[str, str]]:
    """The calls that could have changed something."""
    return [call for call in server.calls() if call["method"] in WRITES and not call["path"].endswith("$batch")]


def test_a_dead_endpoint_is_one_finding_and_no_plan(spec: Path, tmp_path: Path) -> None:
    run = Run(spec, "http://127.0.0.1:9")
    began = time.monotonic()
    planned = run("plan", "--out", str(tmp_path / "saved.json"), "--time-limit", "6")
    assert time.monotonic() - began < 60
    assert planned.returncode in {1, 7}
    assert planned.stderr.count("error EPR") == 1
    assert not (tmp_path / "saved.json").exists()
    assert run.apply("--time-limit", "6").returncode in {1, 7}


@pytest.mark.parametrize("storm", STORMS)
def test_a_storm_ends_in_time_with_one_finding_for_each_cause_and_no_write(
    storm: str, run: Run, server: Server, tmp_path: Path
) -> None:
    server.control("faults", {"rules": [STORMS[storm]]})
    began = time.monotonic()
    planned = run("plan", "--out", str(tmp_path / "saved.json"), "--time-limit", "4")
    applied = run.apply("--time-limit", "4")
    assert time.monotonic() - began < 60
    assert planned.returncode in {1, 7}, planned.stdout
    assert applied.returncode in {1, 7}
    causes = [line for line in planned.stderr.splitlines() if "error EPR43" in line]
    assert 1 <= len(causes) <= 3, planned.stderr
    assert not (tmp_path / "saved.json").exists()
    assert "Traceback" not in planned.stderr + applied.stderr
    assert written(server) == []


def test_it_converges_with_delay_throttling_and_random_faults_at_once(run: Run, server: Server) -> None:
    server.control(
        "switches", {"visibilitySeconds": 0.5, "lag": "flapping", "throttle": "S", "retryAfter": "fractional"}
    )
    server.control(
        "faults",
        {
            "rules": [
                {"kind": "status", "status": 503, "probability": 0.08, "seed": 7, "path": "^/beta"},
                {"kind": "dropAfter", "probability": 0.04, "seed": 8, "path": "^/beta"},
            ]
        },
    )
    codes = []
    for _ in range(4):
        codes.append(run.apply("--quiet").returncode)
        if codes[-1] == 0:
            break
    assert codes[-1] == 0, codes
    server.control("faults", {"rules": []})
    time.sleep(0.6)
    assert run("plan", "--detailed-exitcode").returncode == 0


def test_a_flipped_byte_in_the_ledger_is_one_clear_line_with_a_way_out(run: Run) -> None:
    assert run.apply("--quiet").returncode == 0
    (ledger,) = (run.spec / ".reconciler").rglob("ledger.json")
    content = bytearray(ledger.read_bytes())
    content[len(content) // 2] ^= 1
    ledger.write_bytes(content)
    planned = run("plan")
    assert planned.returncode == 1
    assert "ledger" in planned.stderr
    assert "hint:" in planned.stderr
    assert "Traceback" not in planned.stderr


def test_a_state_folder_that_cannot_be_written_is_one_calm_line(run: Run) -> None:
    (run.spec / ".reconciler").write_text("in the way")
    applied = run.apply()
    assert applied.returncode == 1
    assert "Traceback" not in applied.stderr
    assert ".reconciler" in applied.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="limits of file sizes are of POSIX")
def test_a_full_disk_is_one_calm_line_and_nothing_is_lost(run: Run) -> None:
    words = " ".join(f"'{word}'" for word in run.command("apply", "--yes", *CONTOSO_ACK))
    full = subprocess.run(
        ["bash", "-c", f"ulimit -f 12; exec {words}"], text=True, capture_output=True, env=ENVIRONMENT, check=False
    )
    assert full.returncode in {ExitCode.ERROR, ExitCode.PARTLY_APPLIED}
    said = [line for line in full.stderr.splitlines() if line.startswith("reconciler: ")]
    assert len(said) == 1
    assert "Traceback" not in full.stderr
    assert "fault of the program" not in full.stderr
    assert run.apply("--quiet").returncode == 0
    assert run("plan", "--detailed-exitcode").returncode == 0


def test_a_ledger_of_a_newer_version_is_left_alone(run: Run) -> None:
    assert run.apply("--quiet").returncode == 0
    (ledger,) = (run.spec / ".reconciler").rglob("ledger.json")
    newer = ledger.read_text(encoding="utf-8").replace('"version":1', '"version":99', 1)
    newer = newer.replace('"version": 1', '"version": 99', 1)
    ledger.write_text(newer, encoding="utf-8")
    for verb in ("plan", "apply"):
        ran = run(verb, *(("--yes",) if verb == "apply" else ()))
        assert ran.returncode == 1
        assert "ledger" in ran.stderr
        assert "hint:" in ran.stderr
        assert "Traceback" not in ran.stderr
    assert ledger.read_text(encoding="utf-8") == newer


@pytest.mark.skipif(not Path("/sys/kernel").is_dir(), reason="no directory that nobody may write to")
def test_a_directory_that_nobody_may_write_to_is_one_calm_line(run: Run) -> None:
    (run.spec / ".reconciler").symlink_to("/sys/kernel")
    applied = run.apply()
    assert applied.returncode == 1
    assert [line for line in applied.stderr.splitlines() if line.startswith("reconciler: ")]
    assert "Traceback" not in applied.stderr
    assert "fault of the program" not in applied.stderr


def test_no_secret_reaches_a_file_or_a_line(run: Run, server: Server) -> None:
    embedded = Run(run.spec, "emulator")
    outputs = []
    for each in (run, embedded):
        applied = each.apply("--verbose", "--format", "json")
        planned = each("plan", "--format", "json")
        assert applied.returncode == 0
        outputs += [applied.stdout, applied.stderr, planned.stdout]
    tokens = [path.read_text(encoding="utf-8").strip() for path in (run.spec / "secrets").glob("*.token")]
    assert tokens
    tokens.append("set-by-hand-long-ago")
    kept = [path for path in (run.spec / ".reconciler").rglob("*") if path.is_file()]
    assert any(path.name == "emulator.db" for path in kept)
    for token in tokens:
        assert all(token not in output for output in outputs)
        assert all(token.encode() not in path.read_bytes() for path in kept)
