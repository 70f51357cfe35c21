"""EPR026: an app keeps at least one agent that serves it."""

from reconciler.model.address import app, group
from reconciler.model.cells import Reason, Unreadable
from reconciler.policy.rules.epr026_app_is_served import check, check_live
from tests.policy.rules.specs import CLEAR, build, live, place_of, sound

APPS = {"crm": {"group": "web"}, "erp": {"group": "web"}}


def test_a_sound_spec_passes() -> None:
    assert not list(check(sound()))


def test_a_group_without_agents_is_found_once_with_the_apps_that_it_serves() -> None:
    (finding,) = check(build(groups={"web": {"agents": []}}, apps=APPS))
    assert (finding.rule, finding.address, finding.place) == ("EPR026", "group/web", place_of(group("web"), "agents"))
    assert "app/crm, app/erp" in finding.message
    assert [other.place for other in finding.related] == [place_of(app(key), "group") for key in APPS]


def test_clearing_the_members_is_no_better() -> None:
    assert list(check(build(groups={"web": {"agents": CLEAR}}, apps=APPS)))


def test_a_group_that_serves_no_app_may_be_empty() -> None:
    assert not list(check(build(groups={"web": {"agents": []}})))


def test_members_that_the_spec_leaves_alone_are_not_judged() -> None:
    assert not list(check(build(groups={"web": {"displayName": "Web"}}, apps=APPS)))


def test_agents_that_are_all_down_serve_nobody() -> None:
    spec = build(groups={"web": {"agents": ["a", "b"]}}, apps=APPS)
    (finding,) = check_live(spec, live({"a": "inactive"}))
    assert finding.found == "not active: a, b"


def test_one_active_agent_is_enough() -> None:
    spec = build(groups={"web": {"agents": ["a", "b"]}}, apps=APPS)
    assert not list(check_live(spec, live({"a": "inactive", "b": "active"})))


def test_an_agent_of_unknown_status_may_be_active() -> None:
    spec = build(groups={"web": {"agents": ["a"]}}, apps=APPS)
    assert not list(check_live(spec, live({"a": Unreadable(Reason.FAILED)})))


def test_members_that_the_spec_leaves_alone_are_those_that_live_has() -> None:
    spec = build(groups={"web": {"displayName": "Web"}}, apps=APPS)
    assert list(check_live(spec, live({"a": "inactive"}, web=["a"])))
    assert not list(check_live(spec, live({"a": "active"}, web=["a"])))


def test_a_group_that_the_spec_does_not_define_is_another_rules_fault() -> None:
    assert not list(check_live(build(apps=APPS), live({})))
