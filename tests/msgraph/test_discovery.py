"""Finding the applications of a tenant: all pages, none of Microsoft's own, and what cannot be read is never nothing."""

from __future__ import annotations

import asyncio

from reconciler.model.cells import Unreadable
from reconciler.model.inventory import PrincipalRecord

LIST = "GET /servicePrincipals"


def templates(principal: str) -> str:
    return f"GET /servicePrincipals/{principal}/synchronization/templates"


def page(*principals: dict[str, object], more: str = "") -> dict[str, object]:
    return {"value": list(principals), **({"@odata.nextLink": more} if more else {})}


def test_every_page_is_read_and_what_is_no_application_of_the_company_is_left_out(table, client):
    made = client()
    link = f"{made.discovery.chain.base}/servicePrincipals?$skiptoken=2"
    table.answers[LIST] = [
        page(
            {"id": "a", "appId": "A", "displayName": "One", "servicePrincipalType": "Application"},
            {"id": "m", "servicePrincipalType": "ManagedIdentity"},
            {"id": "g", "appOwnerOrganizationId": "F8CDEF31-a31e-4b4a-93e4-5f571e91255a"},
            more=link,
        ),
        page({"id": "b"}, {"id": "a", "appId": "A", "displayName": "One"}),
    ]
    found = asyncio.run(made.discovery.apps())
    assert found == (PrincipalRecord("a", "A", "One"), PrincipalRecord("b", "", ""))


def test_a_list_that_cannot_be_read_is_not_empty(table, client):
    for answer in ((403, {}), {"value": [{}]}, page({"id": "a"}, more="https://elsewhere/beta/x")):
        table.answers[LIST] = answer
        made = client()
        assert isinstance(asyncio.run(made.discovery.apps()), Unreadable)
        assert made.findings != ()


def test_a_list_without_an_end_is_not_read_for_ever(table, client):
    made = client()
    link = f"{made.discovery.chain.base}/servicePrincipals?$skiptoken=2"
    table.answers[LIST] = page({"id": "a"}, more=link)
    assert isinstance(asyncio.run(made.discovery.apps()), Unreadable)
    assert len(table.named(LIST)) == 2


def test_templates_say_whether_an_agent_is_needed(table, client):
    metadata = [{"key": "IsSynchronizationAgentRequired", "value": "True"}]
    table.answers |= {
        templates("yes"): {"value": [{}, {"metadata": metadata}]},
        templates("no"): {
            "value": [{"metadata": [{"key": None}, {"key": "isSynchronizationAgentRequired", "value": "false"}]}]
        },
        templates("none"): {"value": []},
        templates("refused"): (403, {}),
        templates("odd"): {"value": 1},
    }
    made = client()
    found = asyncio.run(made.discovery.needs_agent(["yes", "no", "none", "gone", "refused", "odd"]))
    assert [found[name] for name in ("yes", "no", "none", "gone")] == [True, False, None, None]
    assert isinstance(found["refused"], Unreadable)
    assert isinstance(found["odd"], Unreadable)
    assert len(made.findings) == 2
    assert asyncio.run(made.discovery.needs_agent([])) == {}


def test_a_url_that_cannot_be_read_is_none(table, client):
    table.answers["GET /servicePrincipals/a/synchronization/secrets"] = {
        "value": [{"key": "BaseAddress", "value": "https://x"}]
    }
    assert asyncio.run(client().discovery.urls(["a", "gone"])) == {"a": "https://x", "gone": ""}
