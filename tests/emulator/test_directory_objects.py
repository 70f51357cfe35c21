"""Applications, principals, users, groups and assignments behave as the directory's do."""

from __future__ import annotations

import pytest

from tests.emulator.conftest import Tenant

EVENTUAL = {"consistencylevel": "eventual"}


def instantiated(tenant: Tenant, name: str = "On-premises SCIM app") -> dict[str, dict[str, str]]:
    templates = tenant.get(f"/beta/applicationTemplates?$filter=displayName+eq+'{name.replace(' ', '+')}'").value
    got = tenant.post(f"/beta/applicationTemplates/{templates[0]['id']}/instantiate", {"displayName": "CRM"})
    assert got.status == 201
    found: dict[str, dict[str, str]] = got.body
    return found


def test_a_gallery_application_comes_with_its_principal(tenant: Tenant) -> None:
    made = instantiated(tenant)
    application, principal = made["application"], made["servicePrincipal"]
    assert application["appId"] == principal["appId"]
    assert tenant.get(f"/v1.0/applications/{application['id']}").body["displayName"] == "CRM"
    assert tenant.get(f"/beta/servicePrincipals(appId='{application['appId']}')").body["id"] == principal["id"]
    assert tenant.get(f"/beta/applications(appId='{application['appId'].upper()}')").body["id"] == application["id"]


def test_a_principal_goes_with_its_application(tenant: Tenant) -> None:
    made = instantiated(tenant)
    job = tenant.post(
        f"/beta/servicePrincipals/{made['servicePrincipal']['id']}/synchronization/jobs",
        {"templateId": "onPremisesScim"},
    )
    assert job.status == 201
    assert tenant.delete(f"/beta/applications/{made['application']['id']}").status == 204
    assert tenant.get(f"/beta/servicePrincipals/{made['servicePrincipal']['id']}").status == 404
    assert tenant.delete(f"/beta/applications/{made['application']['id']}").status == 404
    assert made["servicePrincipal"]["id"] not in str(tenant.get("/emulator/cycles").body)


def test_a_principal_can_be_deleted_alone_and_created_again(tenant: Tenant) -> None:
    made = instantiated(tenant)
    app_id = made["application"]["appId"]
    assert tenant.post("/beta/servicePrincipals", {"appId": app_id}).status == 409
    assert tenant.delete(f"/beta/servicePrincipals(appId='{app_id}')").status == 204
    assert tenant.post("/beta/servicePrincipals", {"appId": app_id}).status == 201
    assert tenant.post("/beta/servicePrincipals", {"appId": "nobody's"}).status == 400


def test_an_application_is_renamed_as_terraform_does(tenant: Tenant) -> None:
    application = tenant.post("/v1.0/applications", {"displayName": "Old"}).body
    body = {"@odata.type": "#microsoft.graph.application", "displayName": "New"}
    assert tenant.patch(f"/v1.0/applications/{application['id']}", body).status == 204
    assert tenant.get(f"/v1.0/applications/{application['id']}").body["displayName"] == "New"
    assert tenant.get(f"/beta/servicePrincipals?$filter=appId+eq+'{application['appId']}'").value == []


@pytest.mark.parametrize("body", [{"appId": "x"}, {"id": "x"}, {"nonsense": 1}, {"displayName": None}, {"tags": "x"}])
def test_what_cannot_be_set_is_400(tenant: Tenant, body: object) -> None:
    application = tenant.post("/beta/applications", {"displayName": "App"}).body
    assert tenant.patch(f"/beta/applications/{application['id']}", body).status == 400


def test_a_principal_is_disabled(tenant: Tenant) -> None:
    principal = tenant.get("/beta/servicePrincipals").value[0]
    assert tenant.patch(f"/beta/servicePrincipals/{principal['id']}", {"accountEnabled": False}).status == 204
    assert tenant.get("/beta/servicePrincipals?$filter=accountEnabled+eq+false").value[0]["id"] == principal["id"]


def test_a_users_password_is_never_kept(tenant: Tenant) -> None:
    body = {
        "displayName": "Edsger",
        "userPrincipalName": "edsger@contoso.com",
        "accountEnabled": True,
        "mailNickname": "edsger",
        "passwordProfile": {"password": "hunter2-hunter2"},
    }
    created = tenant.post("/beta/users", body)
    assert created.status == 201
    assert tenant.patch(f"/beta/users/{created.body['id']}", {"passwordProfile": {"password": "hunter2"}}).status == 204
    assert "hunter2" not in tenant.get(f"/beta/users/{created.body['id']}").raw.decode()
    assert tenant.post("/beta/users", body).status == 400


def test_members_are_added_and_removed_by_reference(tenant: Tenant) -> None:
    group = tenant.get("/beta/groups").value[0]["id"]
    alan = next(user["id"] for user in tenant.get("/beta/users").value if user["displayName"] == "Alan")
    members = f"/beta/groups/{group}/members"
    reference = {"@odata.id": f"https://graph.microsoft.com/v1.0/directoryObjects/{alan}"}
    assert [tenant.post(f"{members}/$ref", reference).status for _ in range(2)] == [204, 400]
    assert tenant.get(f"{members}/$count", **EVENTUAL).raw == b"3"
    assert [tenant.delete(f"{members}/{alan}/$ref").status for _ in range(2)] == [204, 404]
    assert [user["displayName"] for user in tenant.get(members).value] == ["Ada", "Grace"]
    assert tenant.post(f"{members}/$ref", {"@odata.id": "http://x/users/nobody"}).status == 404


def test_a_deleted_user_is_no_longer_member_nor_assigned(tenant: Tenant) -> None:
    ada = next(user["id"] for user in tenant.get("/beta/users").value if user["displayName"] == "Ada")
    principal = tenant.get("/beta/servicePrincipals").value[0]["id"]
    assert tenant.delete(f"/beta/users/{ada}").status == 204
    group = tenant.get("/beta/groups?$expand=members").value[0]
    assert [member["displayName"] for member in group["members"]] == ["Grace"]
    assigned = tenant.get(f"/beta/servicePrincipals/{principal}/appRoleAssignedTo").value
    assert [each["principalDisplayName"] for each in assigned] == ["Employees"]


def test_users_and_groups_are_assigned_once(tenant: Tenant) -> None:
    principal = tenant.get("/beta/servicePrincipals").value[0]["id"]
    alan = next(user["id"] for user in tenant.get("/beta/users").value if user["displayName"] == "Alan")
    address = f"/beta/servicePrincipals/{principal}/appRoleAssignedTo"
    body = {"principalId": alan, "resourceId": principal, "appRoleId": "00000000-0000-0000-0000-000000000000"}
    made = tenant.post(address, body)
    assert (made.status, made.body["principalType"]) == (201, "User")
    assert tenant.post(address, body).status == 400
    assert tenant.post(address, {**body, "resourceId": alan}).status == 400
    assert tenant.get(f"{address}/{made.body['id']}").body["principalDisplayName"] == "Alan"
    assert [tenant.delete(f"{address}/{made.body['id']}").status for _ in range(2)] == [204, 404]
