"""Drift is what somebody changed: nothing that the service varies by itself, and each edit at the portal exactly."""

from __future__ import annotations

import asyncio
import json
import random
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli.main import run as run_command_line
from reconciler.errors import ExitCode
from reconciler.model.address import Kind
from reconciler.model.cells import Value
from reconciler.model.mappings import DesiredMapping, Source, SourceKind
from reconciler.model.states import Desired
from reconciler.operations.validate import valid_spec
from tests.cli.portal import PROFILE, Portal
from tests.cli.test_drift_accept import PROFILES, SPEC, pause
from tests.conftest import ROOT, Reconciler
from tests.importing.portal_tenant import TENANT, seed
from tests.properties.noise import Noise
from tests.properties.quiet import Watch

LOOKS = 40
APPS, EDITS = 30, 30


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("once") / "minimal"
    shutil.copytree(ROOT / "examples" / "minimal", folder, ignore=shutil.ignore_patterns(".reconciler"))
    (folder / "reconciler.yaml").write_text(SPEC.replace("policy: {settle: 0s}", PROFILES), encoding="utf-8")
    assert run_command_line(["apply", str(folder), "--yes", "--quiet"]) == ExitCode.DONE
    return folder


def seen(root: Path, noise: Noise, looks: int) -> Iterator[frozenset[str]]:
    """What each look finds changed, or could not read."""
    watch = Watch(root, noise)
    for _ in range(looks):
        plan = asyncio.run(watch.look())
        fields = {f"{change.address} {field.key}" for change in plan.changes for field in change.fields}
        yield frozenset(fields | {f"? {unknown.key}" for unknown in plan.unverifiable if unknown.cell.is_failure})
    watch.close()


@pytest.mark.parametrize("likely", [0.05, 0.5, 0.95])
def test_what_the_service_varies_by_itself_is_no_drift(once: Path, likely: float) -> None:
    noise = Noise(random.Random(f"{likely}"), likely)
    assert set(seen(once, noise, LOOKS)) == {frozenset()}
    assert noise.count > LOOKS
    assert len(noise.made) == 9


def test_an_edit_is_named_through_all_the_noise(once: Path, tmp_path: Path) -> None:
    spec = Path(shutil.copytree(once, tmp_path / "spec"))
    pause(Portal(spec))
    found = set(seen(spec, Noise(random.Random(3)), LOOKS))
    assert found == {frozenset({"app/payroll job.enabled"})}


class Editor:
    """Somebody at the portal, who changes values that the spec manages and remembers which."""

    def __init__(self, spec: Path, chance: random.Random) -> None:
        self._portal = Portal(spec)
        self._chance = chance
        found, _ = valid_spec(spec)
        self._things = found.desired

    def edit(self, most: int) -> set[str]:
        """So many edits of different fields; gives the fields."""
        offered = [*self._of_apps(), *self._of_groups()]
        self._chance.shuffle(offered)
        done: set[str] = set()
        for field, make in offered:
            if len(done) < most and make():
                done.add(field)
        return done

    def _of_apps(self) -> Iterator[tuple[str, Callable[[], bool]]]:
        for app in self._things.of(Kind.APP):
            root = f"/servicePrincipals/{_text(app, 'servicePrincipal.id')}/synchronization"
            match app.cells.get("job.enabled"):
                case Value(bool() as running):
                    yield f"{app.address} job.enabled", lambda root=root, on=running: self._switch(root, on)
            if "provisioning.scope" in app.cells:
                yield f"{app.address} provisioning.scope", lambda root=root: self._scope(root)
            match app.cells.get("mapping/User"):
                case Value(DesiredMapping() as mapping):
                    for target, each in mapping.attributes.items():
                        if isinstance(each.source, Source) and each.source.kind is SourceKind.ATTRIBUTE:
                            name = f"{app.address} mapping/User/{target}"
                            yield name, lambda root=root, target=target: self._map(root, target)

    def _of_groups(self) -> Iterator[tuple[str, Callable[[], bool]]]:
        for group in self._things.of(Kind.GROUP):
            name = _text(group, "displayName")
            if name:
                yield f"{group.address} displayName", lambda name=name: self._rename(name)

    def _switch(self, root: str, running: bool) -> bool:
        return self._done("POST", f"{self._job(root)}/{'pause' if running else 'start'}")

    def _scope(self, root: str) -> bool:
        entries = self._get(f"{root}/secrets")
        for entry in entries:
            if entry["key"] == "SyncAll":
                entry["value"] = "False" if entry["value"] == "True" else "True"
        return self._done("PUT", f"{root}/secrets", {"value": entries})

    def _map(self, root: str, target: str) -> bool:
        path = f"{self._job(root)}/schema"
        schema = self._portal.call("GET", path).json()
        for rule in schema["synchronizationRules"]:
            for objects in rule["objectMappings"]:
                for each in objects["attributeMappings"] if objects["sourceObjectName"] == "User" else ():
                    if each["targetAttributeName"] == target:
                        each["source"] = {
                            "expression": "[extensionAttribute9]",
                            "name": "extensionAttribute9",
                            "type": "Attribute",
                        }
        return self._done("PUT", path, schema)

    def _rename(self, name: str) -> bool:
        groups = [each for each in self._get(f"{PROFILE}/agentGroups") if each["displayName"] == name]
        path = f"{PROFILE}/agentGroups/{groups[0]['id']}" if len(groups) == 1 else ""
        return bool(path) and self._done("PATCH", path, {"displayName": f"{name} (new)"})

    def _job(self, root: str) -> str:
        return f"{root}/jobs/{self._get(f'{root}/jobs')[0]['id']}"

    def _get(self, path: str) -> list[dict[str, Any]]:
        return list(self._portal.call("GET", path).json()["value"])

    def _done(self, method: str, path: str, body: object = None) -> bool:
        return self._portal.tried(method, path, body).is_success


def _text(thing: Desired, key: str) -> str:
    match thing.cells.get(key):
        case Value(str() as text):
            return text
    return ""


def test_thirty_random_edits_of_a_tenant_are_named_exactly(reconciler: Reconciler, tmp_path: Path) -> None:
    spec = tmp_path / "spec"
    spec.mkdir()
    (spec / "live.seed.json").write_text(json.dumps(seed(APPS)), encoding="utf-8")
    imported = ("import", spec, "--tenant", TENANT, "--endpoint", "emulator", "--seed", "live.seed.json")
    assert reconciler(*imported).code == ExitCode.DONE
    assert reconciler("apply", spec, "--yes", "--quiet").code == ExitCode.DONE
    assert reconciler("drift", spec).code == ExitCode.DONE
    edited = Editor(spec, random.Random(11)).edit(EDITS)
    assert len(edited) == EDITS
    ran = reconciler("drift", spec, "--format", "json")
    named = {
        f"{change['address']} {field['field']}" for change in json.loads(ran.out)["drift"] for field in change["fields"]
    }
    assert ran.code == ExitCode.CHANGES
    assert sorted(edited - named) == []
    assert sorted(named - edited) == []
