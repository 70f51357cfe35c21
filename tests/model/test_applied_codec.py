"""The applied state as a document: it comes back, and what many apps share stands there once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given

from reconciler.model.address import Address, app, group
from reconciler.model.applied_codec import applied_from_json, applied_to_json
from reconciler.model.cells import NEVER, Value
from reconciler.model.document_rules import NEWER
from reconciler.model.documents import Malformed
from reconciler.model.mappings import DesiredAttribute, DesiredMapping, Source, SourceKind
from reconciler.model.states import AppliedState, Capabilities, Thing
from tests.strategies import applied_states


@given(applied_states())
def test_every_applied_state_comes_back(applied: AppliedState) -> None:
    assert applied_from_json(json.loads(json.dumps(applied_to_json(applied)))) == applied


def test_what_was_never_applied_is_left_out() -> None:
    state = AppliedState({group("hr"): Thing(group("hr"), {"displayName": NEVER}, live_id="1")}, known=True)
    assert applied_to_json(state)["things"] == {"group/hr": {"liveId": "1", "cells": {}}}  # type: ignore[call-overload,index]


def mapping(attributes: int) -> DesiredMapping:
    source = Source(SourceKind.ATTRIBUTE, "department")
    targets = [f"urn:ietf:params:scim:schemas:extension:ECMA2Host:2.0:User:attribute{n}" for n in range(attributes)]
    return DesiredMapping("User", "User", attributes={target: DesiredAttribute(target, source) for target in targets})


def test_a_mapping_that_many_apps_share_is_written_once_and_read_as_one() -> None:
    one, same, other = mapping(60), mapping(60), mapping(61)
    cells: dict[Address, Any] = {app(f"a{n}"): one for n in range(1000)}
    cells |= {app("same"): same, app("other"): other}
    state = AppliedState({key: Thing(key, {"mapping/User": Value(value)}) for key, value in cells.items()}, known=True)
    written = json.dumps(applied_to_json(state))
    alone = json.dumps(applied_to_json(AppliedState({app("a"): Thing(app("a"), {"mapping/User": Value(one)})})))
    assert len(written) < 2 * len(alone) + 1002 * 160
    read = applied_from_json(json.loads(written))
    assert read == state
    assert len({id(read.cell(key, "mapping/User").value) for key in cells}) == 2  # type: ignore[union-attr]


def sound() -> dict[str, Any]:
    state = AppliedState(
        {app("x"): Thing(app("x"), {"mapping/User": Value(mapping(1))}, live_id="p")},
        Capabilities(several_groups_per_resource=True),
        {app("x"): "salt$digest"},
    )
    return json.loads(json.dumps(applied_to_json(state)))


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (lambda state: state.update(version=2), "version"),
        (
            lambda state: state["capabilities"].update(severalGroupsPerResource="yes"),
            "capabilities/severalGroupsPerResource",
        ),
        (lambda state: state["things"].update(mars={"liveId": "", "cells": {}}), "things/mars"),
        (lambda state: state["things"]["app/x"].pop("liveId"), "things/app/x/liveId"),
        (lambda state: state["things"]["app/x"]["cells"].update(a=None), "things/app/x/cells/a"),
        (lambda state: state["things"]["app/x"]["cells"].update(a={"shared": "sha256:0"}), "things/app/x/cells/a"),
        (lambda state: state["things"]["app/x"]["cells"].update(a={"shared": "x", "b": 1}), "things/app/x/cells/a"),
        (lambda state: state["things"]["app/x"]["cells"].update(ref="group/x"), "things/app/x"),
        (lambda state: state["shared"].update(x=None), "shared/x"),
        (lambda state: state["secretDigests"].update(mars="x"), "secretDigests"),
        (lambda state: state.pop("secretDigests"), "secretDigests"),
    ],
)
def test_an_applied_state_that_nobody_wrote_is_refused_with_its_fault(change: Any, pointer: str) -> None:
    state = sound()
    assert applied_from_json(state).known
    change(state)
    with pytest.raises(Malformed) as caught:
        applied_from_json(state)
    assert caught.value.pointer == pointer


def test_a_newer_applied_state_says_so() -> None:
    with pytest.raises(Malformed) as caught:
        applied_from_json({**sound(), "version": 2})
    assert caught.value.rule is NEWER
