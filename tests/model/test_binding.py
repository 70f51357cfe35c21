"""Which live object a key stands for: one test for each sentence of the promise."""

from __future__ import annotations

from reconciler.model.address import Address, Kind, agent, group
from reconciler.model.binding import Binding, bind
from reconciler.model.binding_rules import RULES
from reconciler.model.finding import Severity
from reconciler.model.inventory import AgentRecord, GroupRecord, Inventory, PrincipalRecord, ResourceRecord
from reconciler.model.principals import PrincipalKey, PrincipalQuery, principal_queries
from tests.model.worlds import AMS, CRM, FAILED, FIN, FINANCE, FRA, HR, SQL, applied, desired, inventory, place

NOBODY = applied({})


def rules(binding: Binding) -> list[str]:
    return [finding.rule for finding in binding.findings]


# groups


def test_a_group_is_bound_to_the_id_that_the_spec_gives_whatever_its_name() -> None:
    spec = desired({HR: {"id": "2", "displayName": "HR"}})
    bound = bind(spec, applied({HR: "1"}), inventory(groups=[GroupRecord("1", "HR"), GroupRecord("2", "Other")]))
    assert bound.bindings.groups == {HR: "2"}
    assert bound.findings == ()


def test_an_id_is_compared_without_case() -> None:
    bound = bind(desired({HR: {"id": "AB-1"}}), NOBODY, inventory(groups=[GroupRecord("ab-1", "HR")]))
    assert bound.bindings.groups == {HR: "ab-1"}


def test_an_id_that_names_nothing_is_an_error_and_the_name_does_not_decide_instead() -> None:
    spec = desired({HR: {"id": "9", "displayName": "HR"}})
    bound = bind(spec, NOBODY, inventory(groups=[GroupRecord("1", "HR")]))
    assert bound.bindings.groups == {}
    (finding,) = bound.findings
    assert (finding.rule, finding.severity, finding.found, finding.place) == ("EPR405", Severity.ERROR, "9", place(1))


def test_the_ledger_decides_before_the_name() -> None:
    spec = desired({HR: {"displayName": "HR"}})
    found = inventory(groups=[GroupRecord("1", "People"), GroupRecord("2", "HR")])
    assert bind(spec, applied({HR: "1"}), found).bindings.groups == {HR: "1"}


def test_the_name_decides_once_the_object_of_the_ledger_is_gone() -> None:
    spec = desired({HR: {"displayName": "HR"}})
    assert bind(spec, applied({HR: "1"}), inventory(groups=[GroupRecord("2", "hr")])).bindings.groups == {HR: "2"}


def test_a_group_that_does_not_exist_is_bound_to_nothing_and_is_no_fault() -> None:
    bound = bind(desired({HR: {"displayName": "HR"}}), NOBODY, inventory())
    assert bound == Binding(bound.bindings)
    assert bound.bindings.groups == {}


def test_two_groups_of_one_name_are_an_error_that_names_both_ids() -> None:
    spec = desired({HR: {"displayName": "HR"}})
    bound = bind(spec, NOBODY, inventory(groups=[GroupRecord("2", "HR"), GroupRecord("1", "hr")]))
    (finding,) = bound.findings
    assert finding.rule == "EPR401"
    assert "1 and 2" in finding.message
    assert bound.bindings.groups == {}


def test_a_namesake_that_another_key_stands_for_is_no_candidate() -> None:
    spec = desired({HR: {"displayName": "HR"}, FINANCE: {"id": "1", "displayName": "Finance"}})
    bound = bind(spec, NOBODY, inventory(groups=[GroupRecord("1", "HR"), GroupRecord("2", "HR")]))
    assert bound.bindings.groups == {FINANCE: "1", HR: "2"}
    assert bound.findings == ()


def test_a_group_without_a_name_is_not_bound_to_a_nameless_group() -> None:
    assert bind(desired({HR: {}}), NOBODY, inventory(groups=[GroupRecord("1", "")])).bindings.groups == {}


def test_a_previous_name_finds_the_group_before_its_rename() -> None:
    spec = desired({FINANCE: {"displayName": "Finance", "previously.displayName": "fin"}})
    assert bind(spec, NOBODY, inventory(groups=[GroupRecord("1", "FIN")])).bindings.groups == {FINANCE: "1"}


def test_a_previous_name_is_forgotten_once_the_rename_is_done() -> None:
    spec = desired({FINANCE: {"displayName": "Finance", "previously.displayName": "FIN"}})
    found = inventory(groups=[GroupRecord("1", "FIN"), GroupRecord("2", "Finance")])
    assert bind(spec, NOBODY, found).bindings.groups == {FINANCE: "2"}


def test_who_was_named_so_before_comes_before_who_is_named_so_now() -> None:
    spec = desired({FIN: {"displayName": "FIN"}, FINANCE: {"displayName": "Finance", "previously.displayName": "FIN"}})
    assert bind(spec, NOBODY, inventory(groups=[GroupRecord("1", "FIN")])).bindings.groups == {FINANCE: "1"}


def test_two_keys_for_one_object_are_an_error_that_shows_both_places() -> None:
    spec = desired({HR: {"id": "1"}, FIN: {"id": "1"}})
    bound = bind(spec, NOBODY, inventory(groups=[GroupRecord("1", "HR")]))
    (finding,) = bound.findings
    assert (finding.rule, finding.address, finding.place) == ("EPR407", str(HR), place(1))
    assert finding.related[0].place == place(2)
    assert bound.bindings.groups == {FIN: "1"}


def test_the_default_group_is_bound_where_its_name_stays() -> None:
    found = inventory(groups=[GroupRecord("1", "Default", is_default=True)])
    assert bind(desired({HR: {"displayName": "Default"}}), NOBODY, found).bindings.groups == {HR: "1"}
    assert bind(desired({HR: {"id": "1"}}), NOBODY, found).bindings.groups == {HR: "1"}


def test_the_default_group_is_never_renamed() -> None:
    found = inventory(groups=[GroupRecord("1", "Default", is_default=True)])
    for values in ({"id": "1", "displayName": "HR"}, {"displayName": "HR", "previously.displayName": "default"}):
        bound = bind(desired({HR: values}), NOBODY, found)
        assert rules(bound) == ["EPR406"]
        assert bound.bindings.groups == {}


def test_the_default_group_is_not_kept_for_a_key_that_the_spec_dropped() -> None:
    found = inventory(groups=[GroupRecord("1", "Default", is_default=True), GroupRecord("2", "HR")])
    assert bind(desired({}), applied({FIN: "1", HR: "2"}), found).bindings.groups == {HR: "2"}


# renames and keys that the spec dropped


def test_a_previous_key_hands_the_live_object_to_the_new_key() -> None:
    spec = desired({FINANCE: {"displayName": "Finance", "previously.key": "fin"}})
    bound = bind(spec, applied({FIN: "1"}), inventory(groups=[GroupRecord("1", "FIN")]))
    assert bound.bindings.groups == {FINANCE: "1"}
    assert bound.renamed == {FINANCE: FIN}


def test_a_previous_key_is_forgotten_once_the_ledger_knows_the_new_key() -> None:
    spec = desired({FINANCE: {"displayName": "Money", "previously.key": "fin"}})
    bound = bind(spec, applied({FINANCE: "1"}), inventory(groups=[GroupRecord("1", "Finance")]))
    assert bound.bindings.groups == {FINANCE: "1"}
    assert bound.renamed == {}


def test_one_old_key_goes_to_one_new_key() -> None:
    spec = desired({FINANCE: {"previously.key": "fin"}, HR: {"previously.key": "fin"}})
    bound = bind(spec, applied({FIN: "1"}), inventory(groups=[GroupRecord("1", "FIN")]))
    assert bound.renamed == {FINANCE: FIN}
    assert bound.bindings.groups == {FINANCE: "1"}


def test_the_ledger_recognises_a_rename_where_a_new_key_binds_to_a_lost_keys_object() -> None:
    spec = desired({FINANCE: {"displayName": "FIN"}, FRA: {"machineName": "ams-1"}})
    found = inventory([AgentRecord("a", "AMS-1", "active")], [GroupRecord("1", "FIN")])
    bound = bind(spec, applied({FIN: "1", AMS: "a"}), found)
    assert bound.renamed == {FINANCE: FIN, FRA: AMS}
    assert bound.bindings.groups == {FINANCE: "1"}
    assert bound.bindings.agents == {FRA: "a"}


def test_a_key_that_the_ledger_knew_already_is_not_renamed() -> None:
    spec = desired({FINANCE: {"id": "1"}})
    bound = bind(spec, applied({FIN: "1", FINANCE: "2"}), inventory(groups=[GroupRecord("1", "FIN")]))
    assert bound.renamed == {}
    assert bound.bindings.groups == {FINANCE: "1"}


def test_a_dropped_key_keeps_its_live_object_while_that_exists() -> None:
    found = inventory(
        [AgentRecord("a", "ams-1", "active")],
        [GroupRecord("1", "HR")],
        [ResourceRecord("r", "sql")],
        {"p": (PrincipalRecord("p", "app", "SQL"),)},
    )
    ledger = applied({AMS: "a", FRA: "gone", HR: "1", FIN: "1", SQL: "p"}, {SQL: "r"})
    bound = bind(desired({}), ledger, found).bindings
    assert (bound.agents, bound.groups, bound.resources, bound.principals) == (
        {AMS: "a"},
        {FIN: "1"},
        {SQL: "r"},
        {SQL: "p"},
    )


# agents


def test_an_agent_is_found_by_its_machine_name_without_case() -> None:
    found = inventory([AgentRecord("a", "AMS-1.contoso.local", "inactive")])
    bound = bind(desired({AMS: {"machineName": "ams-1.Contoso.local"}}), NOBODY, found)
    assert bound.bindings.agents == {AMS: "a"}
    assert bound.findings == ()


def test_an_agent_that_is_not_registered_is_a_warning() -> None:
    (finding,) = bind(desired({AMS: {"machineName": "ams-1"}}), NOBODY, inventory()).findings
    assert (finding.rule, finding.severity) == ("EPR403", Severity.WARNING)
    assert (finding.found, finding.suggestion) == ("", "")


def test_an_agent_that_is_not_registered_is_told_the_nearest_one_that_no_key_stands_for() -> None:
    names = ("ams-2.contoso.local", "AMS-1.contoso.local", "fra-1.contoso.local")
    found = inventory([AgentRecord(name, name, "active") for name in names])
    spec = {AMS: {"machineName": "ams-1"}, agent("lon"): {"machineName": "ams-2.contoso.local"}}
    (finding,) = bind(desired(spec), NOBODY, found).findings
    assert (finding.address, finding.found, finding.suggestion) == (str(AMS), "", "ams-1.contoso.local")


def test_of_agents_with_one_machine_name_the_active_one_is_taken_and_the_others_are_stale() -> None:
    found = inventory(
        [AgentRecord(name, "ams-1", "inactive") for name in "acd"] + [AgentRecord("b", "ams-1", "active")]
    )
    bound = bind(desired({AMS: {"machineName": "ams-1"}}), NOBODY, found)
    assert bound.bindings.agents == {AMS: "b"}
    assert rules(bound) == ["EPR402"] * 3
    assert all(finding.severity is Severity.WARNING for finding in bound.findings)


def test_agents_with_one_machine_name_of_which_not_one_alone_is_active_are_an_error() -> None:
    for status in ("active", "inactive"):
        found = inventory([AgentRecord("a", "ams-1", status), AgentRecord("b", "ams-1", status)])
        bound = bind(desired({AMS: {"machineName": "ams-1"}}), NOBODY, found)
        assert rules(bound) == ["EPR401"]
        assert bound.bindings.agents == {}


def test_an_id_tells_agents_of_one_name_apart() -> None:
    found = inventory([AgentRecord("a", "ams-1", "active"), AgentRecord("b", "ams-1", "active")])
    bound = bind(desired({AMS: {"id": "b", "machineName": "ams-1"}}), NOBODY, found)
    assert bound.bindings.agents == {AMS: "b"}
    assert bound.findings == ()


def test_the_agent_of_the_ledger_stays_while_no_other_is_active() -> None:
    found = inventory([AgentRecord("a", "ams-1", "inactive"), AgentRecord("b", "ams-1", "inactive")])
    bound = bind(desired({AMS: {"machineName": "ams-1"}}), applied({AMS: "b"}), found)
    assert bound.bindings.agents == {AMS: "b"}
    assert bound.findings == ()


def test_the_active_agent_of_the_ledger_stays_and_the_others_are_stale() -> None:
    found = inventory([AgentRecord("a", "ams-1", "inactive"), AgentRecord("b", "ams-1", "active")])
    bound = bind(desired({AMS: {"machineName": "ams-1"}}), applied({AMS: "b"}), found)
    assert bound.bindings.agents == {AMS: "b"}
    assert rules(bound) == ["EPR402"]


def test_an_agent_that_registered_anew_is_followed_and_reported() -> None:
    found = inventory([AgentRecord("a", "ams-1", "inactive"), AgentRecord("b", "ams-1", "active")])
    bound = bind(desired({AMS: {"machineName": "ams-1"}}), applied({AMS: "a"}), found)
    assert bound.bindings.agents == {AMS: "b"}
    (finding,) = bound.findings
    assert (finding.rule, finding.severity) == ("EPR408", Severity.WARNING)
    assert "agent a until now" in finding.message


def test_an_agent_whose_host_was_renamed_keeps_its_object() -> None:
    found = inventory([AgentRecord("a", "new-name", "active")])
    assert bind(desired({AMS: {"machineName": "ams-1"}}), applied({AMS: "a"}), found).bindings.agents == {AMS: "a"}


def test_a_machine_name_that_another_active_agent_has_by_now_is_an_error() -> None:
    found = inventory([AgentRecord("a", "ams-1", "active"), AgentRecord("b", "ams-2", "active")])
    bound = bind(desired({AMS: {"machineName": "ams-2"}}), applied({AMS: "a"}), found)
    assert rules(bound) == ["EPR409"]
    assert bound.bindings.agents == {}


def test_what_the_ledger_knows_yields_to_an_id() -> None:
    found = inventory([AgentRecord("a", "ams-1", "active")])
    bound = bind(desired({AMS: {"machineName": "x"}, FRA: {"id": "a"}}), applied({AMS: "a"}), found)
    assert bound.bindings.agents == {FRA: "a"}


# apps


def test_an_apps_resource_is_found_by_id_then_by_the_ledger_then_by_name() -> None:
    found = inventory(resources=[ResourceRecord("1", "hr-sql"), ResourceRecord("2", "crm")])
    by_id = desired({SQL: {"resource.id": "2", "resource.resourceName": "hr-sql"}})
    by_name = desired({SQL: {"resource.resourceName": "HR-SQL"}})
    assert bind(by_id, NOBODY, found).bindings.resources == {SQL: "2"}
    assert bind(by_name, NOBODY, found).bindings.resources == {SQL: "1"}
    assert bind(by_name, applied({}, {SQL: "1"}), found).bindings.resources == {SQL: "1"}
    assert bind(desired({SQL: {}}), applied({}, {SQL: "1"}), found).bindings.resources == {SQL: "1"}
    assert bind(desired({SQL: {}}), NOBODY, found).bindings.resources == {}


def test_a_resource_name_that_is_another_resources_is_an_error() -> None:
    found = inventory(resources=[ResourceRecord("1", "hr-sql"), ResourceRecord("2", "crm")])
    spec = desired({SQL: {"resource.resourceName": "crm"}})
    bound = bind(spec, applied({}, {SQL: "1"}), found)
    assert rules(bound) == ["EPR409"]
    assert bound.bindings.resources == {}


def test_what_the_ledger_knows_of_a_resource_yields_to_an_id() -> None:
    found = inventory(resources=[ResourceRecord("1", "hr-sql")])
    spec = desired({SQL: {}, CRM: {"resource.id": "1"}})
    assert bind(spec, applied({}, {SQL: "1"}), found).bindings.resources == {CRM: "1"}


def test_two_resources_of_one_name_are_an_error() -> None:
    found = inventory(resources=[ResourceRecord("1", "crm"), ResourceRecord("2", "CRM")])
    assert rules(bind(desired({CRM: {"resource.resourceName": "crm"}}), NOBODY, found)) == ["EPR401"]


CRM_ONE, CRM_TWO = PrincipalRecord("1", "a1", "CRM"), PrincipalRecord("2", "a2", "CRM")


def test_a_principal_is_found_by_id_or_app_id_or_name() -> None:
    for key, text in (("id", "1"), ("appId", "a1"), ("displayName", "CRM")):
        spec = desired({CRM: {f"servicePrincipal.{key}": text}})
        assert bind(spec, NOBODY, inventory(principals={text: (CRM_ONE,)})).bindings.principals == {CRM: "1"}


def test_a_missing_principal_is_a_warning() -> None:
    for key, text in (("id", "1"), ("appId", "a1"), ("displayName", "CRM")):
        (finding,) = bind(
            desired({CRM: {f"servicePrincipal.{key}": text}}), NOBODY, inventory(principals={text: ()})
        ).findings
        assert (finding.rule, finding.severity, finding.found) == ("EPR404", Severity.WARNING, "")
        assert repr(text) in finding.message


def test_a_principal_that_nobody_looked_up_is_not_missing() -> None:
    bound = bind(
        desired({CRM: {"servicePrincipal.id": "1"}, SQL: {"servicePrincipal.displayName": "SQL"}}), NOBODY, inventory()
    )
    assert bound.findings == ()
    assert bound.bindings.principals == {}
    assert set(bound.bindings.unread) == {CRM, SQL}


def test_two_principals_of_one_name_are_an_error_unless_the_ledger_knows_which() -> None:
    spec = desired({CRM: {"servicePrincipal.displayName": "CRM"}})
    found = inventory(principals={"CRM": (CRM_ONE, CRM_TWO)})
    assert rules(bind(spec, NOBODY, found)) == ["EPR401"]
    assert bind(spec, applied({CRM: "2"}), found).bindings.principals == {CRM: "2"}


def test_the_principal_of_the_ledger_decides_before_the_name_while_it_exists() -> None:
    spec = desired({CRM: {"servicePrincipal.displayName": "CRM"}})
    renamed = PrincipalRecord("1", "a1", "Customers")
    found = inventory(principals={"CRM": (), "1": (renamed,)})
    assert bind(spec, applied({CRM: "1"}), found).bindings.principals == {CRM: "1"}
    gone = inventory(principals={"CRM": (CRM_TWO,), "1": ()})
    assert bind(spec, applied({CRM: "1"}), gone).bindings.principals == {CRM: "2"}


def test_a_name_that_is_another_principals_by_now_is_an_error() -> None:
    spec = desired({CRM: {"servicePrincipal.displayName": "CRM"}})
    found = inventory(principals={"CRM": (CRM_TWO,), "1": (PrincipalRecord("1", "a1", "Customers"),)})
    assert rules(bind(spec, applied({CRM: "1"}), found)) == ["EPR409"]


def test_an_app_without_a_reference_keeps_the_principal_of_the_ledger() -> None:
    assert bind(
        desired({CRM: {}}), applied({CRM: "1"}), inventory(principals={"1": (CRM_ONE,)})
    ).bindings.principals == {CRM: "1"}
    assert bind(desired({CRM: {}}), NOBODY, inventory()).bindings.principals == {}


def test_what_the_ledger_knows_of_a_principal_yields_to_an_id() -> None:
    spec = desired({CRM: {"servicePrincipal.displayName": "CRM"}, SQL: {"servicePrincipal.id": "1"}})
    found = inventory(principals={"1": (CRM_ONE,), "CRM": (CRM_ONE,)})
    bound = bind(spec, applied({CRM: "1"}), found)
    assert bound.bindings.principals == {SQL: "1"}
    assert rules(bound) == ["EPR404"]


def test_an_app_renamed_in_the_spec_keeps_its_principal_and_its_resource() -> None:
    spec = desired({CRM: {"servicePrincipal.id": "1", "resource.resourceName": "new"}})
    found = inventory(resources=[ResourceRecord("r", "old")], principals={"1": (CRM_ONE,)})
    bound = bind(spec, applied({SQL: "1"}, {SQL: "r"}), found)
    assert bound.renamed == {CRM: SQL}
    assert bound.bindings.resources == {CRM: "r"}
    assert bound.bindings.principals == {CRM: "1"}


def test_a_dropped_app_keeps_its_principal_unless_it_is_known_to_be_gone() -> None:
    ledger = applied({CRM: "1"})
    assert bind(desired({}), ledger, inventory()).bindings.principals == {CRM: "1"}
    assert bind(desired({}), ledger, inventory(principals={"1": ()})).bindings.principals == {}


def test_the_queries_are_what_the_spec_names_and_what_the_ledger_may_know_better() -> None:
    spec = desired(
        {
            CRM: {"servicePrincipal.displayName": "CRM"},
            SQL: {"servicePrincipal.appId": "a3", "servicePrincipal.displayName": "SQL"},
            Address(Kind.APP, "bare"): {},
        }
    )
    ledger = applied({CRM: "1", SQL: "3", Address(Kind.APP, "old"): "4"}, {Address(Kind.APP, "older"): "r"})
    assert principal_queries(spec, ledger) == (
        PrincipalQuery(PrincipalKey.DISPLAY_NAME, "CRM"),
        PrincipalQuery(PrincipalKey.ID, "1", known="1"),
        PrincipalQuery(PrincipalKey.APP_ID, "a3", known="3"),
        PrincipalQuery(PrincipalKey.ID, "4", known="4"),
    )


# what could not be read


def test_an_unreadable_topology_binds_nothing_and_misses_nothing() -> None:
    spec = desired({AMS: {"machineName": "ams-1"}, HR: {"displayName": "HR"}, CRM: {"servicePrincipal.id": "1"}})
    bound = bind(spec, applied({FIN: "1", FRA: "2"}), Inventory(FAILED, {"1": (CRM_ONE,)}))
    assert bound.findings == ()
    assert (bound.bindings.agents, bound.bindings.groups, bound.bindings.resources) == ({}, {}, {})
    assert bound.bindings.principals == {CRM: "1"}
    assert bound.bindings.unread == dict.fromkeys((AMS, HR, FIN, FRA), FAILED)


def test_an_unreadable_principal_binds_nothing_and_misses_nothing() -> None:
    by_name = desired({CRM: {"servicePrincipal.displayName": "CRM"}})
    for spec, ledger, found in (
        (by_name, NOBODY, {"CRM": FAILED}),
        (desired({CRM: {"servicePrincipal.id": "1"}}), NOBODY, {"1": FAILED}),
        (by_name, applied({CRM: "1"}), {"CRM": (CRM_TWO,), "1": FAILED}),
    ):
        bound = bind(spec, ledger, inventory(principals=found))
        assert bound.findings == ()
        assert bound.bindings.principals == {}
        assert bound.bindings.unread == {CRM: FAILED}


def test_a_failed_search_by_name_does_not_hide_what_the_ledger_knows() -> None:
    spec = desired({CRM: {"servicePrincipal.displayName": "CRM"}})
    found = inventory(principals={"CRM": FAILED, "1": (CRM_ONE,)})
    assert bind(spec, applied({CRM: "1"}), found).bindings.principals == {CRM: "1"}


def test_each_rule_is_listed_once() -> None:
    assert [rule.id for rule in RULES] == [f"EPR{number}" for number in range(401, 410)]


def test_other_kinds_are_left_alone() -> None:
    spec = desired({Address(Kind.PROXY, "ams"): {"address": "http://proxy"}, agent("x"): {"id": "a"}, group("g"): {}})
    bound = bind(spec, NOBODY, inventory([AgentRecord("a", "m", "active")]))
    assert bound.bindings.agents == {agent("x"): "a"}
    assert bound.findings == ()
