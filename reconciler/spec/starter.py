"""The files of a small spec that validates and plans on the embedded emulator: what `init` writes."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.spec.binding_line import binding_line
from reconciler.spec.files import ROOT_FILE

_ROOT = """\
# A small spec: three agents, one group, one application. It plans on the emulator inside the program.
version: 1

tenant:
  name: fabrikam
  id: 3b9d7c10-52b4-4f0e-9a67-1d2c8e4f6a05
  endpoint: emulator    # `graph` for the real service, with your tenant's id
  seed: live.seed.json  # what the emulator holds at first

policy:
  availability: three-active  # three agents in a group, unless it names another profile
  settle: 2s                  # the real service takes up to 20m until a new membership serves

agents:  # An agent registers itself when it is installed: here stands which ones are expected.
  one: {machineName: prov-1.fabrikam.local, site: north, egress: isp-a}
  two: {machineName: prov-2.fabrikam.local, site: north, egress: isp-a}
  three: {machineName: prov-3.fabrikam.local, site: south, egress: isp-b}

groups:
  staff:
    displayName: Staff applications
    agents: [one, two, three]
"""

_APP = """\
apps:
  payroll:
    servicePrincipal: {displayName: Payroll}  # the enterprise application, which exists already
    resource: {resourceName: payroll}         # what ties it to a group; published where it is missing
    group: staff
    connector:
      url: https://payroll.fabrikam.local/scim
      secretToken: {env: PAYROLL_TOKEN}       # read by `apply` alone; raise `version` when it changes
    job: {enabled: true}
    provisioning: {scope: assigned}
    mappings:
      - source: User
        target: User
        match: [userName]
        attributes:
          userName: userPrincipalName
          displayName: =Join(" ", [givenName], [surname])
"""

_SEED = """\
{
 "version": 1,
 "tenant": {"id": "3b9d7c10-52b4-4f0e-9a67-1d2c8e4f6a05", "name": "fabrikam", "domain": "fabrikam.com"},
 "switches": {"settleSeconds": 1},
 "users": [{"displayName": "Ada Lovelace", "userPrincipalName": "ada.lovelace@fabrikam.com"}],
 "agents": [
  {"machineName": "prov-1.fabrikam.local", "externalIp": "203.0.113.1"},
  {"machineName": "prov-2.fabrikam.local", "externalIp": "203.0.113.1"},
  {"machineName": "prov-3.fabrikam.local", "externalIp": "203.0.113.2"}
 ],
 "agentGroups": [{"displayName": "Default group", "isDefault": true}],
 "apps": [{"displayName": "Payroll", "template": "onPremisesScim", "assigned": ["Ada Lovelace"]}]
}
"""


def starter_files() -> Mapping[str, str]:
    """The texts of the files by name; that of the schema which they are bound to is not among them."""
    app = "apps/payroll.yaml"
    return {ROOT_FILE: binding_line(ROOT_FILE) + _ROOT, app: binding_line(app) + _APP, "live.seed.json": _SEED}
