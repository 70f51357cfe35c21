"""What answers mean: topology pages, principals, jobs, the updater, links and expressions."""

from __future__ import annotations

import json

import pytest

from reconciler.model.cells import ABSENT, Known
from reconciler.model.inventory import AgentRecord, PrincipalRecord, ResourceRecord
from reconciler.model.mappings import Source, SourceKind
from reconciler.model.principals import PrincipalKey, PrincipalQuery
from reconciler.msgraph.wire.decoding import Malformed
from reconciler.msgraph.wire.expressions import WireParameter, WireSource, rendered, source_of
from reconciler.msgraph.wire.jobs import (
    Job,
    Template,
    Undecided,
    chosen_job,
    chosen_template,
    created_id,
    job_cells,
    jobs_in,
)
from reconciler.msgraph.wire.links import ForeignLink, below, referenced_id
from reconciler.msgraph.wire.principals import answered, questions, sorted_out
from reconciler.msgraph.wire.topology import FIRST_PAGES, Gathering
from reconciler.msgraph.wire.updater import UpdaterConfiguration, UpdateWindow, updater_cells

BASE = "https://graph.example/beta"


def test_a_topology_is_gathered_from_all_its_pages():
    gathering = Gathering(BASE)
    profile, groups = FIRST_PAGES
    agents = [{"id": "a1", "machineName": "m1", "status": "Active", "externalIp": "1.1.1.1"}]
    more = gathering.absorb(
        profile,
        json.dumps(
            {"id": "p", "agents": agents, "publishedResources": [], "agents@odata.nextLink": f"{BASE}/p/agents?$skip=1"}
        ),
    )
    assert [page.request.path for page in more] == ["/p/agents?$skip=1"]
    assert gathering.absorb(more[0], b'{"value": [{"id": "a2", "machineName": "m2", "status": "inactive"}]}') == ()
    body = {
        "value": [
            {
                "id": "g1",
                "displayName": "G",
                "agents": [{"@odata.id": f"{BASE}/profile/agents/a1"}],
                "publishedResources": [{"id": "r1", "resourceName": "hr", "displayName": None}],
                "agents@odata.nextLink": f"{BASE}/g1/agents?$skip=1",
            },
            {"id": "g2", "displayName": "Default", "isDefault": True},
        ],
        "@odata.nextLink": f"{BASE}/groups?$skip=2",
    }
    members, rest = gathering.absorb(groups, json.dumps(body).encode())
    gathering.absorb(members, b'{"value": [{"id": "a2"}]}')
    gathering.absorb(rest, b'{"value": []}')
    topology = gathering.topology
    assert topology.agents["a1"] == AgentRecord("a1", "m1", "active", "1.1.1.1")
    assert topology.groups["g1"].agents == {"a1", "a2"}
    assert topology.groups["g2"].is_default
    assert topology.resources["r1"].groups == {"g1"}


def test_a_groups_resources_are_gathered_from_all_their_pages():
    gathering = Gathering(BASE)
    first = {"id": "r1", "resourceName": "hr", "displayName": "HR"}
    gathering.absorb(FIRST_PAGES[0], json.dumps({"id": "p", "publishedResources": [first]}))
    groups = {"value": [{"id": "g", "publishedResources@odata.nextLink": f"{BASE}/g/publishedResources?$skip=1"}]}
    (page,) = gathering.absorb(FIRST_PAGES[1], json.dumps(groups))
    body = {
        "value": [{"@odata.id": f"{BASE}/profile/publishedResources/r1"}],
        "@odata.nextLink": f"{BASE}/g/publishedResources?$skip=2",
    }
    (page,) = gathering.absorb(page, json.dumps(body))
    assert gathering.absorb(page, b'{"value": [{"id": "r2", "resourceName": "crm"}]}') == ()
    assert gathering.topology.resources == {
        "r1": ResourceRecord("r1", "hr", "HR", frozenset({"g"})),
        "r2": ResourceRecord("r2", "crm", "", frozenset({"g"})),
    }


@pytest.mark.parametrize(
    "link",
    [
        "https://evil.example/beta/x",
        "http://graph.example/beta/x",
        "//evil/beta/x",
        "https://graph.example/v1.0/x",
        "https://graph.example@evil.example/beta/x",
        "https://graph.example:444/beta/x",
        "https://[",
        "x",
    ],
)
def test_a_link_that_leaves_the_endpoint_is_refused(link):
    gathering = Gathering(BASE)
    with pytest.raises(ForeignLink):
        gathering.absorb(FIRST_PAGES[1], json.dumps({"value": [], "@odata.nextLink": link}).encode())
    with pytest.raises(ForeignLink):
        gathering.absorb(FIRST_PAGES[1], json.dumps({"value": [{"id": "g", "agents": [{"@odata.id": link}]}]}).encode())


def test_a_link_may_spell_the_endpoint_differently():
    assert below(BASE, "https://GRAPH.example:443/beta/x?$skip=1") == "/x?$skip=1"
    assert referenced_id(BASE, f"{BASE}/agents/a%2F1/") == "a/1"


def test_pages_that_lead_in_a_circle_are_refused():
    gathering = Gathering(BASE)
    body = json.dumps({"value": [], "@odata.nextLink": f"{BASE}/groups?$skip=1"}).encode()
    (page,) = gathering.absorb(FIRST_PAGES[1], body)
    with pytest.raises(Malformed):
        gathering.absorb(page, body)


@pytest.mark.parametrize("body", [b"{}", b'{"value": [{}]}', b'{"value": [{"id": 3}]}', b'{"value": null}', b"["])
def test_a_page_of_another_shape_is_refused(body):
    with pytest.raises(Malformed):
        Gathering(BASE).absorb(FIRST_PAGES[1], body)


def test_an_object_that_nothing_identifies_is_refused():
    body = b'{"value": [{"id": "g", "agents": [{"machineName": "m"}]}]}'
    with pytest.raises(Malformed, match="without id"):
        Gathering(BASE).absorb(FIRST_PAGES[1], body)
    with pytest.raises(Malformed, match="without id"):
        created_id(b'{"id": ""}')


def test_principals_are_asked_for_fifteen_at_a_time_and_quoted():
    queries = [PrincipalQuery(PrincipalKey.DISPLAY_NAME, f"it's {number}") for number in range(31)]
    queries += [PrincipalQuery(PrincipalKey.ID, "i"), PrincipalQuery(PrincipalKey.ID, "i")]
    asked = list(questions(queries))
    assert [len(question.values) for question in asked] == [15, 15, 1, 1]
    assert "displayName%20eq%20%27it%27%27s%200%27%20or%20displayName" in asked[0].request.path


def test_principals_come_back_by_what_asked_for_them():
    (question,) = questions([PrincipalQuery(PrincipalKey.DISPLAY_NAME, name) for name in ("Hr", "Other")])
    body = json.dumps({"value": [{"id": "1", "appId": "a", "displayName": "HR"}, {"id": "2", "displayName": "hr"}]})
    records, following = answered(BASE, body.encode())
    assert following is None
    assert sorted_out(question, records) == {
        "Hr": (PrincipalRecord("1", "a", "HR"), PrincipalRecord("2", "", "hr")),
        "Other": (),
    }


def test_a_job_is_enabled_when_its_schedule_is_active():
    body = {
        "value": [
            {"id": "1", "templateId": "t", "schedule": {"state": "active"}, "status": {"code": "Quarantine"}},
            {"id": "2", "schedule": None},
        ]
    }
    assert jobs_in(json.dumps(body).encode()) == (
        Job("1", "t", enabled=True, status="Quarantine"),
        Job("2", "", enabled=False, status=""),
    )


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (None, ""),
        ({}, "Unknown"),
        ({"reason": "TooManyDeletes", "error": None}, "TooManyDeletes"),
        (
            {
                "reason": "EncounteredQuarantineException",
                "currentBegan": "2026-11-24T10:00:00.1234567Z",
                "error": {"code": "InvalidCredentials", "message": "Provide a URL."},
            },
            "EncounteredQuarantineException: Provide a URL. (InvalidCredentials) since 2026-11-24T10:00:00Z",
        ),
        (
            {"reason": "Unknown", "currentBegan": "2026-11-24T10:00:00Z", "error": {"code": "X"}},
            "Unknown (X) since 2026-11-24T10:00:00Z",
        ),
    ],
)
def test_a_quarantine_is_told_in_one_line(told: object, said: str):
    body = {"value": [{"id": "1", "status": {"code": "Quarantine", "quarantine": told}}]}
    (job,) = jobs_in(json.dumps(body).encode())
    assert job.quarantine == said
    assert job_cells(job)["job.quarantine"] == (Known(said) if said else ABSENT)


def test_the_job_that_is_meant_is_the_known_one_then_the_templates_then_the_only_one():
    jobs = tuple(Job(*pair, enabled=True, status="") for pair in (("1", "a"), ("2", "b"), ("3", "b")))
    assert chosen_job(jobs, "a", "3").id == "3"
    assert chosen_job(jobs, "a").id == "1"
    assert chosen_job(jobs[1:2], "default", "gone").id == "2"
    assert chosen_job((), "default") is None
    for template in ("b", "default"):
        with pytest.raises(Undecided):
            chosen_job(jobs, template)


def test_the_template_that_is_meant_is_the_declared_one_then_the_default_then_the_only_one():
    templates = (Template("a", default=False), Template("b", default=True))
    assert chosen_template(templates, "a") == "a"
    assert chosen_template(templates, "default") == "b"
    assert chosen_template(templates[:1], "default") == "a"
    for some, declared in ((templates, "c"), ((), "default"), (templates[:1] * 2, "default")):
        with pytest.raises(Undecided):
            chosen_template(some, declared)


def test_the_updater_is_read_in_every_form_of_time():
    live = UpdaterConfiguration(
        allow_update_configuration_override=True,
        defer_update_date_time="2027-01-31T01:00:00.0000000+01:00",
        update_window=UpdateWindow("1:30:00", "05:00:00.0000000"),
    )
    assert updater_cells(live) == {
        "window.start": Known("01:30"),
        "window.end": Known("05:00"),
        "allowOverride": Known(value=True),
        "deferUntil": Known("2027-01-31T00:00:00Z"),
    }
    never = UpdaterConfiguration(None, "0001-01-01T00:00:00Z", None)
    assert set(updater_cells(never).values()) == {ABSENT} == set(updater_cells(None).values())
    odd = UpdaterConfiguration(None, "next spring", UpdateWindow("at dawn", None))
    assert updater_cells(odd)["deferUntil"] == Known("next spring")
    assert updater_cells(odd)["window.start"] == Known("at dawn")


def source(kind: str, name: str, *parameters: tuple[str, WireSource]) -> WireSource:
    return WireSource(None, name, [WireParameter(key, value) for key, value in parameters], kind)


@pytest.mark.parametrize(
    ("wire", "text"),
    [
        (source("Attribute", "mail"), "[mail]"),
        (source("constant", 'a"b'), '"a\\"b"'),
        (
            source("Function", "Mid", ("source", source("Attribute", "upn")), ("start", source("Constant", "1"))),
            "Mid([upn], 1)",
        ),
        (
            source(
                "Function",
                "Replace",
                ("source", source("Attribute", "l")),
                ("Find", source("Constant", "-")),
                ("Replacement", source("Constant", "_")),
            ),
            'Replace([l], "-", , , "_", , )',
        ),
        (
            source(
                "Function",
                "IIF",
                ("one", source("Attribute", "a")),
                ("two", source("Constant", "=")),
                ("three", source("Constant", "0")),
                ("four", source("Constant", "x")),
                ("five", source("Constant", "")),
            ),
            'IIF([a]="0", "x", "")',
        ),
    ],
)
def test_an_expression_without_text_is_rendered_as_the_service_writes_it(wire, text):
    assert rendered(wire) == text


@pytest.mark.parametrize(
    ("wire", "read"),
    [
        (WireSource("[mail]", type="Attribute"), Source(SourceKind.ATTRIBUTE, "mail")),
        (WireSource('"HR"', type="Constant"), Source(SourceKind.CONSTANT, "HR")),
        (WireSource("HR", type="Constant"), Source(SourceKind.CONSTANT, "HR")),
        (WireSource("[mail]"), Source(SourceKind.ATTRIBUTE, "mail")),
        (WireSource(type="Attribute"), Source(SourceKind.NOTHING)),
    ],
)
def test_a_source_without_a_name_is_read_from_its_text(wire, read):
    assert source_of(wire) == read


def test_a_source_of_an_unknown_type_is_refused():
    with pytest.raises(Malformed, match="unknown type 'Oracle'"):
        source_of(WireSource(name="x", type="Oracle"))
