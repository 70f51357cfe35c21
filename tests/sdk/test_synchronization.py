"""Jobs, schemas and credentials, as the SDK's pages show; and what naive scripts do."""

import datetime as dt

import pytest
from kiota_abstractions.method import Method
from msgraph_beta.generated.models.attribute_mapping import AttributeMapping
from msgraph_beta.generated.models.attribute_mapping_source import AttributeMappingSource
from msgraph_beta.generated.models.attribute_mapping_source_type import AttributeMappingSourceType
from msgraph_beta.generated.models.key_value_pair import KeyValuePair
from msgraph_beta.generated.models.o_data_errors.o_data_error import ODataError
from msgraph_beta.generated.models.object_mapping import ObjectMapping
from msgraph_beta.generated.models.synchronization_job import SynchronizationJob
from msgraph_beta.generated.models.synchronization_job_restart_criteria import SynchronizationJobRestartCriteria
from msgraph_beta.generated.models.synchronization_job_restart_scope import SynchronizationJobRestartScope
from msgraph_beta.generated.models.synchronization_metadata import SynchronizationMetadata
from msgraph_beta.generated.models.synchronization_schedule_state import SynchronizationScheduleState
from msgraph_beta.generated.models.synchronization_schema import SynchronizationSchema
from msgraph_beta.generated.models.synchronization_secret import SynchronizationSecret
from msgraph_beta.generated.models.synchronization_secret_key_string_value_pair import (
    SynchronizationSecretKeyStringValuePair,
)
from msgraph_beta.generated.models.synchronization_status_code import SynchronizationStatusCode
from msgraph_beta.generated.service_principals.item.synchronization.jobs.item.restart.restart_post_request_body import (
    RestartPostRequestBody,
)
from msgraph_beta.generated.service_principals.item.synchronization.jobs.item.synchronization_job_item_request_builder import (
    SynchronizationJobItemRequestBuilder,
)
from msgraph_beta.generated.service_principals.item.synchronization.jobs.item.validate_credentials.validate_credentials_post_request_body import (
    ValidateCredentialsPostRequestBody,
)
from msgraph_beta.generated.service_principals.item.synchronization.secrets.secrets_put_request_body import (
    SecretsPutRequestBody,
)
from msgraph_beta.generated.service_principals.item.synchronization.synchronization_request_builder import (
    SynchronizationRequestBuilder,
)

from tests.sdk.conftest import Graph, Run
from tests.sdk.test_applications import instantiate


class App:
    """A new on-premises SCIM application, its provisioning, and a job of its default template."""

    def __init__(self, graph: Graph, application: str, principal: str) -> None:
        self.graph = graph
        self.application = application
        self.principal = principal

    @property
    def provisioning(self) -> SynchronizationRequestBuilder:
        return self.graph.client.service_principals.by_service_principal_id(self.principal).synchronization

    async def new_job(self) -> SynchronizationJobItemRequestBuilder:
        templates = await self.provisioning.templates.get()
        assert templates is not None
        default = next(template for template in templates.value or [] if template.default)
        keys = {entry.key: entry.value for entry in default.metadata or []}
        assert keys[SynchronizationMetadata.IsSynchronizationAgentRequired] == "true"
        created = await self.provisioning.jobs.post(SynchronizationJob(template_id=default.id))
        assert created is not None
        assert created.schedule is not None
        assert created.schedule.state is SynchronizationScheduleState.Disabled
        assert created.schedule.interval is not None
        assert created.schedule.interval.days > 10_000_000
        self.path = f"/servicePrincipals/{self.principal}/synchronization/jobs/{created.id}"
        return self.provisioning.jobs.by_synchronization_job_id(str(created.id))

    async def put(self, *pairs: tuple[SynchronizationSecret, str]) -> None:
        value = [SynchronizationSecretKeyStringValuePair(key=key, value=text) for key, text in pairs]
        await self.provisioning.secrets.put(SecretsPutRequestBody(value=value))

    async def connect(self) -> None:
        await self.put(
            (SynchronizationSecret.BaseAddress, "https://crm.contoso.local/scim"),
            (SynchronizationSecret.SecretToken, "a-token-of-some-length"),
            (SynchronizationSecret.SyncAll, "false"),
        )

    async def remove(self) -> None:
        await self.graph.client.applications.by_application_id(self.application).delete()


async def new_app(graph: Graph, name: str) -> App:
    return App(graph, *await instantiate(graph, "On-premises SCIM app", name))


def test_a_job_is_created_started_paused_restarted_and_deleted(run: Run) -> None:
    async def script(graph: Graph) -> None:
        app = await new_app(graph, "life of a job")
        job = await app.new_job()
        await app.connect()
        await job.start.post()
        running = await job.get()
        assert running is not None
        assert running.schedule is not None
        assert running.status is not None
        assert running.schedule.interval == dt.timedelta(minutes=40)
        assert running.status.code is SynchronizationStatusCode.Active
        assert running.status.last_execution is not None
        assert running.status.last_execution.count_imported == 0
        await job.pause.post()
        scopes = [SynchronizationJobRestartScope.Watermark, SynchronizationJobRestartScope.Escrows]
        for criteria in (SynchronizationJobRestartCriteria(reset_scope=scopes), SynchronizationJobRestartCriteria()):
            await job.restart.post(RestartPostRequestBody(criteria=criteria))
        settings = [KeyValuePair(name="QuarantineTooManyDeletesThreshold", value="500")]
        await job.patch(SynchronizationJob(synchronization_job_settings=settings))
        changed = await job.get()
        assert changed is not None
        assert [(each.name, each.value) for each in changed.synchronization_job_settings or []] == [
            ("QuarantineTooManyDeletesThreshold", "500")
        ]
        assert await app.provisioning.jobs.count.get() == 1
        await job.delete()
        with pytest.raises(ODataError) as gone:
            await job.get()
        assert gone.value.response_status_code == 404
        await app.remove()

    run(script)


def users_of(schema: SynchronizationSchema) -> ObjectMapping:
    mappings = (schema.synchronization_rules or [])[0].object_mappings or []
    return next(mapping for mapping in mappings if mapping.source_object_name == "User")


def test_a_schema_is_read_changed_and_written_whole(run: Run) -> None:
    async def script(graph: Graph) -> None:
        app = await new_app(graph, "mappings")
        job = await app.new_job()
        before = await job.schema.get()
        assert before is not None
        source = AttributeMappingSource(
            type=AttributeMappingSourceType.Attribute, name="employeeType", expression="[employeeType]"
        )
        mappings = users_of(before).attribute_mappings
        assert mappings is not None
        mappings.append(AttributeMapping(target_attribute_name="userType", source=source))
        await graph.write(Method.PUT, f"{app.path}/schema", before)
        after = await job.schema.get()
        assert after is not None
        assert after.version != before.version
        assert (users_of(after).attribute_mappings or [])[-1].target_attribute_name == "userType"
        raw = await graph.raw(Method.GET, f"{app.path}/schema")
        mapping = next(m for m in raw["synchronizationRules"][0]["objectMappings"] if m["sourceObjectName"] == "User")
        assert mapping["flowTypes"] == "Add, Update, Delete"
        await app.remove()

    run(script)


def test_what_the_sdk_would_send_to_change_a_schema_is_not_found(run: Run) -> None:
    async def script(graph: Graph) -> None:
        app = await new_app(graph, "patched")
        job = await app.new_job()
        with pytest.raises(ODataError) as refused:
            await job.schema.patch(SynchronizationSchema(synchronization_rules=[]))
        assert refused.value.response_status_code == 404
        await app.remove()

    run(script)


def test_a_schema_is_reset_and_a_directory_discovered(run: Run) -> None:
    async def script(graph: Graph) -> None:
        app = await new_app(graph, "reset")
        job = await app.new_job()
        schema = await job.schema.get()
        assert schema is not None
        target = next(each for each in schema.directories or [] if each.name == "ScimOnPremises")
        found = await job.schema.directories.by_directory_definition_id(str(target.id)).discover.post()
        assert found is not None
        assert found.discovery_date_time is not None
        assert {each.name for each in found.objects or []} == {"User", "Group"}
        (schema.synchronization_rules or [])[0].object_mappings = users_only(schema)
        await graph.write(Method.PUT, f"{app.path}/schema", schema)
        await job.schema.delete()
        again = await job.schema.get()
        assert again is not None
        assert len((again.synchronization_rules or [])[0].object_mappings or []) == 3
        await app.remove()

    run(script)


def users_only(schema: SynchronizationSchema) -> list[ObjectMapping]:
    return [users_of(schema)]


def test_functions_and_operators_are_listed(run: Run) -> None:
    async def script(graph: Graph) -> None:
        app = await new_app(graph, "listings")
        job = await app.new_job()
        functions = await job.schema.functions.get()
        assert functions is not None
        assert "Append" in [each.additional_data.get("name") for each in functions.value or []]
        operators = await job.schema.filter_operators.get()
        assert operators is not None
        assert "EQUALS" in [each.additional_data.get("name") for each in operators.value or []]
        template = app.provisioning.templates.by_synchronization_template_id("onPremisesScim")
        schema = await template.schema.get()
        assert schema is not None
        assert [each.name for each in schema.directories or []] == ["Microsoft Entra ID", "ScimOnPremises"]
        await app.remove()

    run(script)


def test_credentials_are_saved_tried_out_and_read_masked(run: Run) -> None:
    async def script(graph: Graph) -> None:
        app = await new_app(graph, "credentials")
        job = await app.new_job()
        with pytest.raises(ODataError) as refused:
            await job.validate_credentials.post(ValidateCredentialsPostRequestBody(use_saved_credentials=True))
        assert refused.value.error is not None
        assert refused.value.error.message == "Please provide a valid tenant URL for your application."
        await app.connect()
        await job.validate_credentials.post(ValidateCredentialsPostRequestBody(use_saved_credentials=True))
        assert await app.provisioning.secrets.count.get() == 3
        shown = await graph.raw(Method.GET, f"/servicePrincipals/{app.principal}/synchronization/secrets")
        assert [(entry["key"], entry["value"]) for entry in shown["value"]] == [
            ("BaseAddress", "https://crm.contoso.local/scim"),
            ("SecretToken", "*"),
            ("SyncAll", "false"),
        ]
        await app.put((SynchronizationSecret.SecretToken, ""), (SynchronizationSecret.BaseAddress, ""))
        assert await app.provisioning.secrets.count.get() == 0
        await app.remove()

    run(script)


def test_a_start_without_credentials_is_seen_in_the_status(run: Run) -> None:
    async def script(graph: Graph) -> None:
        app = await new_app(graph, "no credentials")
        job = await app.new_job()
        await job.start.post()
        found = await job.get()
        assert found is not None
        assert found.status is not None
        assert found.status.code is SynchronizationStatusCode.Quarantine
        assert found.status.quarantine is not None
        assert found.status.quarantine.error is not None
        assert found.status.quarantine.error.tenant_actionable is True
        await app.remove()

    run(script)
