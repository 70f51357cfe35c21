"""Write the page of what the emulator supports, from its own tables.

`python -m reconciler.emulator.reference docs/reference/emulator.md` writes it anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from reconciler.emulator.app import create
from reconciler.emulator.context import Operation
from reconciler.emulator.faults import EXPLAINED, FaultRule
from reconciler.emulator.gallery import GALLERY
from reconciler.emulator.identities import COMMAND_LINE, IDENTITIES, SECRET
from reconciler.emulator.switches import Switches, camel, choices, numbers

_HEAD = """# The emulator: what it supports

<!-- Written by `python -m reconciler.emulator.reference`; change the tables in the package, not this page. -->

The emulator answers as Microsoft Graph does, where pages or observations tell how. What they do not tell is a switch
(below), whose default is the worst for a client, or one of these decisions:

- A group that still holds agents or published resources cannot be deleted (400), nor can the default group.
- `$ref` calls exist on the side of the agent and of the published resource only. Agents are not created or deleted
  through Graph. Such calls are 405.
- Names need not be unique: a POST that is repeated makes a second group, resource or application.
- A published resource's `resourceName` cannot be changed. Deleting a resource takes its assignments with it.
- Times of day are shown as Graph writes them (`02:00:00.0000000`) and read in any width.
- `/onPremisesPublishingProfiles` exists in beta only. Any bearer token, or none, is let in, unless the switch
  `auth` is `required`; then the token's claims count, and no signature is verified.
- A write addresses only what callers can see: before a new object is visible, a write to it is 404 too.
- An agent that registers becomes a member of the default group. It is inactive after ten minutes of silence; seeded
  agents send heartbeats by themselves.
- `ne`, `not` and `$orderby` beside `$filter` on directory objects, and their `$count` segments, need the header
  `ConsistencyLevel: eventual`.
- `$expand` is done four levels deep, a request's body has 4 MiB and its JSON 100 levels at most; what is beyond is
  refused.
- A list of credentials that loses its `SyncAgentCompatibilityKey`, or gets the mask in its place, puts a running job
  into quarantine.
- An expression of a function whose quotes, brackets or parentheses do not balance refuses the whole schema (400); its
  functions and their arguments are not checked.
- The audit log tells of each change of provisioning, agent groups and published resources through Graph at once; the
  names of modified properties are the emulator's own. Who changed it is read from the token, whether or not a token is
  required. Each application may read it five times in ten seconds. A seed tells what was changed before (`audit`).
- Served on a port it is on loopback alone. It speaks plain HTTP, or with `--tls` HTTPS in HTTP/1.1.
- The ids of the gallery's on-premises templates, and those of their synchronization templates, are not documented.
  Those here are the emulator's own.

Every call can be written with keys as `/ID` or `('ID')`, with a slash at its end, and percent-encoded.
"""

_TITLES = (
    ("Publishing profile, agents, agent groups, published resources", "/onPremisesPublishingProfiles"),
    ("Applications", "/applications"),
    ("Gallery", "/applicationTemplates"),
    ("Provisioning", "/servicePrincipals/{principal}/synchronization"),
    ("Service principals", "/servicePrincipals"),
    ("Users", "/users"),
    ("Groups", "/groups"),
    ("Audit log", "/auditLogs"),
)


def page() -> str:
    """The page, in Markdown."""
    emulator = create()
    operations = emulator.operations
    emulator.close()
    graph = [operation for operation in operations if "beta" in operation.versions]
    parts = [_HEAD]
    for title, prefix in _TITLES:
        chosen = [operation for operation in graph if _section(operation) == prefix]
        parts.append(f"## {title}\n\n{_table(chosen)}")
    parts.append(f"## `$batch`\n\n{_BATCH}")
    parts.append(f"## Hybrid Identity Service\n\n{_table(_of_version(operations, 'his'), '/his')}")
    control = _table(_of_version(operations, "emulator"), "/emulator")
    parts.append(
        f"## Steering the emulator\n\nFrom the same machine only; a POST sends `application/json`.\n\n{control}"
    )
    parts.append(f"## Signing in\n\n{_sign_in()}")
    parts.append(f"## What can be set where\n\n{_SETTINGS}")
    parts.append(f"## Switches\n\n{_switches()}")
    parts.append(f"## Fault rules\n\n{_faults()}")
    parts.append(f"## Gallery\n\n{_gallery()}")
    return "\n".join(parts)


_BATCH = """`POST /beta/$batch` and `POST /v1.0/$batch`: 20 items at most, with unique ids (without regard to case), and
urls below the version. `dependsOn` names items that come earlier; where one fails, the item is 424. A write without
body or Content-Type, an unknown dependency or a repeated id refuses the whole batch.
Items are charged and throttled one by one, and answered in any order.
"""


_SETTINGS = """What a flag of `emulator serve` says counts more than the seed and what a database has kept.

| what | flag | in the seed | while it runs |
|---|---|---|---|
| a switch | `--switch NAME=VALUE` | `switches` | `POST /emulator/switches` |
| how long answers take | `--latency MS` | `switches.latencyMs` | `POST /emulator/switches` |
| calls that go wrong | `--fault WORDS` | `faults` | `POST /emulator/faults` |
| agents that are inactive | `--down AGENT` | `agents[].down`, `agentEvents` | `POST /emulator/agents/{agent}` |
| what time it is | `--clock MOMENT` | `clock` | `POST /emulator/clock` |

The time goes on from where it is set. That of a tenant that was there before can only be set ahead.
"""


def _sign_in() -> str:
    lines = [_SIGN_IN, "| token | client id | who that is |", "|---|---|---|"]
    lines += [f"| `{profile}` | `{known.client_id}` | {known.what} |" for profile, known in IDENTITIES.items()]
    return "\n".join(lines) + "\n"


_SIGN_IN = f"""Beside Graph stands a sign-in service, `/{{tenant}}` being the tenant's id or domain, or `common`:

- `GET /{{tenant}}/v2.0/.well-known/openid-configuration`
- `POST /{{tenant}}/oauth2/v2.0/token`: `client_credentials` with the secret `{SECRET}`, or with a client assertion (a
  certificate's, or another issuer's: it must be a JWT that still holds; its signature is not verified), `device_code`
  and `refresh_token`
- `POST /{{tenant}}/oauth2/v2.0/devicecode`: the second poll signs in, as if a person had entered the code
- `GET /metadata/endpoints`: where the clouds' endpoints are, for clients that ask

Client libraries sign in over https alone. `emulator serve --tls` makes a certificate at each start; `--tls-ca FILE`
says where to write the authority that signed it. azure-identity and msal trust it by `REQUESTS_CA_BUNDLE=FILE`, this
program, httpx and Go by `SSL_CERT_FILE=FILE`; `AZURE_AUTHORITY_HOST` is the emulator's address. Whoever signs in for a
person as application `{COMMAND_LINE}` (that of azure-identity) is `delegated`. `POST /emulator/tokens` gives a
token without all that.
"""


def _of_version(operations: Iterable[Operation], version: str) -> list[Operation]:
    return [operation for operation in operations if version in operation.versions]


def _section(operation: Operation) -> str:
    return next(prefix for _, prefix in _SORTED if operation.template.startswith(prefix))


_SORTED = tuple(sorted(_TITLES, key=lambda title: -len(title[1])))


def _table(operations: Iterable[Operation], prefix: str = "") -> str:
    lines = ["| call | what it is for |", "|---|---|"]
    for operation in operations:
        intent = f"[{operation.intent}]({operation.page})" if operation.page else operation.intent
        lines.append(f"| `{operation.method} {prefix}{operation.template}` | {intent} |")
    return "\n".join(lines) + "\n"


def _switches() -> str:
    lines = ["| switch | values | default | what it does |", "|---|---|---|---|"]
    for each in fields(Switches):
        values = ", ".join(f"`{choice}`" for choice in choices(each.default)) or numbers(each.default)
        default = each.default if not choices(each.default) else str(each.default)
        lines.append(f"| `{camel(each.name)}` | {values} | `{default}` | {each.metadata['doc']} |")
    return "\n".join(lines) + "\n"


def _faults() -> str:
    kinds = "".join(f"- `{kind}` {text}.\n" for kind, text in EXPLAINED.items())
    members = "".join(
        f"- `{camel(each.name)}`: {each.metadata['doc']}\n" for each in fields(FaultRule) if each.metadata
    )
    return f"{_WORDS}\nKinds:\n\n{kinds}\nOther members of a rule:\n\n{members}"


_WORDS = """In JSON a rule is an object, such as `{"kind": "status", "status": 429, "path": "agentGroups$"}`. For
`--fault` it is words, each `NAME=VALUE`, or a kind alone; the kind is `status` where none stands:

```text
--fault 'status=429 retryAfter=2 method=POST path=agentGroups$ times=3'
--fault 'dropAfter method=PUT path=/schema$ nth=1'
--fault "slow seconds=5 probability=0.2 seed=7"
```

A value with blanks stands in quotes of its own, and `body` is JSON: `body=\'{"error": {"code": "odd"}}\'`.
"""


def _gallery() -> str:
    lines = ["| display name | key in a seed |", "|---|---|"]
    lines += [f"| {app.display_name} | `{app.key}` |" for app in GALLERY]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
