"""The documentation pages that service rules come from."""

from __future__ import annotations

_ENTRA = "https://learn.microsoft.com/entra/identity"
_GRAPH = "https://learn.microsoft.com/graph/api"

ARCHITECTURE = f"{_ENTRA}/app-provisioning/on-premises-application-provisioning-architecture"
ATTRIBUTES = f"{_ENTRA}/app-provisioning/customize-application-attributes"
CONNECTOR_TROUBLE = f"{_ENTRA}/app-provisioning/on-premises-ecma-troubleshoot"
SQL_CONNECTOR = f"{_ENTRA}/app-provisioning/on-premises-sql-connector-configure"
CLOUD_SYNC = f"{_ENTRA}/hybrid/cloud-sync/how-to-prerequisites"
PUBLISHED_RESOURCE = f"{_GRAPH}/resources/publishedresource?view=graph-rest-beta"
AGENT = f"{_GRAPH}/resources/onpremisesagent?view=graph-rest-beta"
AGENT_GROUP = f"{_GRAPH}/resources/onpremisesagentgroup?view=graph-rest-beta"
ECMA_LIMITS = f"{_ENTRA}/app-provisioning/known-issues"
DELETIONS = f"{_ENTRA}/app-provisioning/accidental-deletions"
HOW_IT_WORKS = f"{_ENTRA}/app-provisioning/how-provisioning-works"
OUT_OF_SCOPE = f"{_ENTRA}/app-provisioning/skip-out-of-scope-deletions"
QUARANTINE = f"{_ENTRA}/app-provisioning/application-provisioning-quarantine-status"
PROXY = f"{_ENTRA}/app-proxy/application-proxy-configure-connectors-with-proxy-servers"
