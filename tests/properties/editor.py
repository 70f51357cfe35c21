"""Somebody at the portal, who changes values of every kind that a spec manages and remembers which.

editor = Editor(things, random.Random(7), call)
editor.edit(30)      {"app/hr provisioning.scope", …}: each edit's field, of every kind in turn
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx

from reconciler.model.address import UPDATER, Kind
from reconciler.model.cells import Clear, Value
from reconciler.model.mappings import DesiredAttribute, DesiredMapping, Source, SourceKind
from reconciler.model.states import Desired, DesiredState

PROFILE = "/onPremisesPublishingProfiles/provisioning"
KINDS = frozenset(
    (
        "job state",
        "scope",
        "notification",
        "threshold",
        "tenant URL",
        "resource assignment",
        "resource name",
        "attribute from a source",
        "attribute from a constant",
        "attribute from an expression",
        "attribute taken away",
        "default value",
        "applied when",
        "filter",
        "matching",
        "flow",
        "group name",
        "group membership",
        "update window",
    )
)
"""What drift can name of a tenant that was imported."""

Call = Callable[[str, str, object], httpx.Response]
Make = Callable[[], bool]
Edit = tuple[str, str, Make]
"""The kind, the field that drift has to name, and what makes the edit: False where the service refused it."""


@dataclass
class Editor:
    """Edits by calls of a service; `call` takes a method, a path below /beta and a body."""

    things: DesiredState
    chance: random.Random
    call: Call
    kinds: set[str] = field(default_factory=set)

    def edit(self, most: int) -> set[str]:
        """So many edits of different fields, of each kind in turn; gives the fields."""
        offered: dict[str, list[Edit]] = {}
        for each in (*self._of_apps(), *self._of_groups(), *self._of_the_updater()):
            offered.setdefault(each[0], []).append(each)
        for edits in offered.values():
            self.chance.shuffle(edits)
        done: set[str] = set()
        while len(done) < most and any(offered.values()):
            for kind in self.chance.sample(sorted(offered), len(offered)):
                if len(done) < most and self._one(offered[kind], done):
                    self.kinds.add(kind)
        return done

    def _one(self, edits: list[Edit], done: set[str]) -> bool:
        """Make the first of these edits that the service takes, of a field that was not changed yet."""
        while edits:
            _, name, make = edits.pop()
            if name not in done and make():
                done.add(name)
                return True
        return False

    def _of_apps(self) -> Iterator[Edit]:
        for app in self.things.of(Kind.APP):
            root = f"/servicePrincipals/{_text(app, 'servicePrincipal.id')}/synchronization"
            yield from self._of_settings(app, root)
            yield from self._of_resource(app)
            match app.cells.get("mapping/User"):
                case Value(DesiredMapping() as mapping):
                    yield from self._of_mapping(f"{app.address} mapping/User", root, mapping)

    def _of_settings(self, app: Desired, root: str) -> Iterator[Edit]:
        match app.cells.get("job.enabled"):
            case Value(bool() as running):
                word = "pause" if running else "start"
                yield "job state", f"{app.address} job.enabled", lambda: self._done("POST", f"{self._job(root)}/{word}")
        for kind, key, change in (
            ("scope", "provisioning.scope", _other_scope),
            ("notification", "provisioning.notify", _other_recipient),
            ("threshold", "provisioning.deleteThreshold", _other_threshold),
            ("tenant URL", "connector.url", _other_url),
        ):
            if isinstance(app.cells.get(key), Value):
                yield kind, f"{app.address} {key}", lambda change=change: self._set(root, change)

    def _of_resource(self, app: Desired) -> Iterator[Edit]:
        name = _text(app, "resource.resourceName")
        if isinstance(app.cells.get("group"), Value):
            yield "resource assignment", f"{app.address} group", lambda: self._move(name)
        if _text(app, "resource.displayName"):
            yield "resource name", f"{app.address} resource.displayName", lambda: self._call_it(name)

    def _of_mapping(self, name: str, root: str, mapping: DesiredMapping) -> Iterator[Edit]:
        matching = mapping.match.value if isinstance(mapping.match, Value) else ()
        for target, each in mapping.attributes.items():
            for kind, members in _of_attribute(each):
                yield kind, f"{name}/{target}", lambda target=target, new=members: self._map(root, target, new)
            if target not in matching and not isinstance(each.source, Clear):
                yield "attribute taken away", f"{name}/{target}", lambda target=target: self._map(root, target, None)
        if isinstance(mapping.filter, Value | Clear):
            yield "filter", f"{name}/filter", lambda: self._with_objects(root, _other_filter)
        if isinstance(mapping.match, Value):
            yield "matching", f"{name}/match", lambda: self._with_objects(root, _other_match)
        if isinstance(mapping.flow, Value | Clear):
            yield "flow", f"{name}/flow", lambda: self._with_objects(root, _other_flow)

    def _of_groups(self) -> Iterator[Edit]:
        for group in self.things.of(Kind.GROUP):
            name = _text(group, "displayName")
            if name:
                yield "group name", f"{group.address} displayName", lambda name=name: self._rename(name)
            if isinstance(group.cells.get("agents"), Value):
                yield "group membership", f"{group.address} agents", lambda name=name: self._take_out(name)

    def _of_the_updater(self) -> Iterator[Edit]:
        if isinstance(self.things.cell(UPDATER, "window.start"), Value):
            yield "update window", f"{UPDATER} window.start", self._begin_later

    def _set(self, root: str, change: Callable[[dict[str, Any]], None]) -> bool:
        entries = {entry["key"]: entry for entry in self._get(f"{root}/secrets")}
        change(entries)
        return self._done("PUT", f"{root}/secrets", {"value": list(entries.values())})

    def _map(self, root: str, target: str, members: dict[str, Any] | None) -> bool:
        def change(objects: dict[str, Any]) -> bool:
            listed = objects["attributeMappings"]
            found = [each for each in listed if each["targetAttributeName"] == target]
            for each in found:
                each.update(members or {})
            if members is None:
                objects["attributeMappings"] = [each for each in listed if each not in found]
            return bool(found)

        return self._with_objects(root, change)

    def _with_objects(self, root: str, change: Callable[[dict[str, Any]], bool]) -> bool:
        path = f"{self._job(root)}/schema"
        schema = self.call("GET", path, None).json()
        (users,) = (
            objects
            for rule in schema["synchronizationRules"]
            for objects in rule["objectMappings"]
            if objects["sourceObjectName"] == "User" and objects["enabled"]
        )
        return change(users) and self._done("PUT", path, schema)

    def _move(self, name: str) -> bool:
        """Assign a resource to another group, as the portal does: the new one first."""
        (resource,) = [each for each in self._resources() if each["resourceName"] == name]
        (now,) = resource["agentGroups"]
        path = f"{PROFILE}/publishedResources/{resource['id']}/agentGroups"
        others = [each for each in self._get(f"{PROFILE}/agentGroups") if each["id"] != now["id"]]
        other = self.chance.choice(others)
        reference = {"@odata.id": f"https://graph.microsoft.com/beta{PROFILE}/agentGroups/{other['id']}"}
        return self._done("POST", f"{path}/$ref", reference) and self._done("DELETE", f"{path}/{now['id']}/$ref")

    def _call_it(self, name: str) -> bool:
        (resource,) = [each for each in self._resources() if each["resourceName"] == name]
        return self._done("PATCH", f"{PROFILE}/publishedResources/{resource['id']}", {"displayName": "Renamed here"})

    def _rename(self, name: str) -> bool:
        group = self._group(name)
        return bool(group) and self._done("PATCH", f"{PROFILE}/agentGroups/{group}", {"displayName": f"{name} (new)"})

    def _take_out(self, name: str) -> bool:
        group = self._group(name)
        agents = self._get(f"{PROFILE}/agentGroups/{group}/agents") if group else []
        return bool(agents) and self._done("DELETE", f"{PROFILE}/agents/{agents[0]['id']}/agentGroups/{group}/$ref")

    def _begin_later(self) -> bool:
        window = {"updateWindowStartTime": "01:15:00", "updateWindowEndTime": "04:30:00"}
        return self._done("PATCH", f"{PROFILE}/hybridAgentUpdaterConfiguration", {"updateWindow": window})

    def _group(self, name: str) -> str:
        """The id of the one group that still has this name; "" where there is none."""
        found = [each["id"] for each in self._get(f"{PROFILE}/agentGroups") if each["displayName"] == name]
        return str(found[0]) if len(found) == 1 else ""

    def _resources(self) -> list[dict[str, Any]]:
        return self._get(f"{PROFILE}/publishedResources?$expand=agentGroups")

    def _job(self, root: str) -> str:
        return f"{root}/jobs/{self._get(f'{root}/jobs')[0]['id']}"

    def _get(self, path: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while path:
            page = self.call("GET", path, None).raise_for_status().json()
            found += page["value"]
            path = page.get("@odata.nextLink", "").rpartition("/beta")[2]
        return found

    def _done(self, method: str, path: str, body: object = None) -> bool:
        return self.call(method, path, body).is_success


def _of_attribute(attribute: DesiredAttribute) -> Iterator[tuple[str, dict[str, Any]]]:
    match attribute.source:
        case Source(SourceKind.ATTRIBUTE):
            name = "extensionAttribute9"
            yield "attribute from a source", _source("Attribute", name, f"[{name}]")
        case Source(SourceKind.CONSTANT):
            yield "attribute from a constant", _source("Constant", "by hand", '"by hand"')
        case Source(SourceKind.EXPRESSION):
            yield "attribute from an expression", _source("Function", "ToLower", "ToLower([extensionAttribute8], )")
    if isinstance(attribute.default, Value):
        yield "default value", {"defaultValue": "another"}
    if attribute.apply is not None:
        yield "applied when", {"flowType": "Always"}


def _source(kind: str, name: str, expression: str) -> dict[str, Any]:
    return {"source": {"type": kind, "name": name, "expression": expression, "parameters": []}}


def _other_scope(entries: dict[str, Any]) -> None:
    entries["SyncAll"]["value"] = "False" if entries["SyncAll"]["value"] == "True" else "True"


def _other_recipient(entries: dict[str, Any]) -> None:
    _notify(entries, Recipients="night@portal.example")


def _other_threshold(entries: dict[str, Any]) -> None:
    _notify(entries, DeleteThresholdEnabled=True, DeleteThresholdValue=77)


def _notify(entries: dict[str, Any], **members: object) -> None:
    told = entries["SyncNotificationSettings"]
    told["value"] = json.dumps({**json.loads(told["value"]), **members})


def _other_url(entries: dict[str, Any]) -> None:
    entries["BaseAddress"]["value"] = "https://moved.portal.local/scim"


def _other_filter(objects: dict[str, Any]) -> bool:
    clause = {"sourceOperandName": "companyName", "operatorName": "EQUALS", "targetOperand": {"values": ["Elsewhere"]}}
    groups = [{"name": "by hand", "clauses": [clause]}]
    objects["scope"] = {"groups": groups, "inputFilterGroups": [], "categoryFilterGroups": []}
    return True


def _other_match(objects: dict[str, Any]) -> bool:
    """Let a second attribute match too."""
    free = [each for each in objects["attributeMappings"] if not each["matchingPriority"]]
    for each in free[:1]:
        each["matchingPriority"] = 2
    return bool(free)


def _other_flow(objects: dict[str, Any]) -> bool:
    objects["flowTypes"] = "Add"
    return True


def _text(thing: Desired, key: str) -> str:
    match thing.cells.get(key):
        case Value(str() as text):
            return text
    return ""
