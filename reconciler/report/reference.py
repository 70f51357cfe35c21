"""The reference pages that are made from the program's own tables: rules, the spec's fields, exit codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from inspect import getdoc
from itertools import chain
from typing import cast

from reconciler import errors
from reconciler.errors import PRECEDENCE, ExitCode, ReconcilerError
from reconciler.model.address import Kind
from reconciler.model.fields import FIELDS, MAPPINGS, Clearing, Field, Ownership, Role, Surface
from reconciler.model.rule import Rule
from reconciler.policy.rules.registry import LIVE_RULES
from reconciler.report.rule_examples import example_page
from reconciler.spec.schema import Schema, described, properties_of, ready

FAMILIES = (
    ("EPR0", "What the service asks for", "Facts of the documentation, each with its page."),
    ("EPR1", "Files and shape", "Decided file by file, before anything is compared."),
    ("EPR2", "The spec's own sense", "References, names that clash, and what a spec must not say of itself."),
    ("EPR3", "Guards", "Decided on a whole plan; what a guard refuses can be acknowledged change by change."),
    ("EPR4", "What is live", "Decided when the service is read."),
    ("EPR5", "Expressions", "The language of attribute mappings."),
)

MEANINGS: Mapping[ExitCode, str] = {
    ExitCode.DONE: (
        "done; for `plan --detailed-exitcode` and `apply`: the service is as the spec says; for `drift`: nobody "
        "changed it"
    ),
    ExitCode.ERROR: "error",
    ExitCode.CHANGES: (
        "the service is not as the spec says: there are changes, blocked or not (`plan --detailed-exitcode`), all but "
        "the blocked ones are made (`apply`), or somebody changed it (`drift`)"
    ),
    ExitCode.GUARD_REFUSED: "a guard refused (`apply`; a plan never ends with this, its verdict stands in it)",
    ExitCode.STALE: "the plan is stale, was used, or is not the one that was reviewed (`apply --expect`)",
    ExitCode.PARTLY_APPLIED: "partly applied; the journal says what is left",
    ExitCode.LOCKED: "somebody else holds the lock",
    ExitCode.UNREADABLE: "a chosen surface could not be read completely",
    ExitCode.USAGE: "wrong usage",
    ExitCode.INTERRUPTED: "interrupted, safely",
}

_SECTIONS = {
    "agents": Kind.AGENT,
    "groups": Kind.GROUP,
    "apps": Kind.APP,
    "mappings": Kind.MAPPING,
    "proxies": Kind.PROXY,
    "connectorHosts": Kind.CONNECTOR_HOST,
    "updates": Kind.UPDATER,
}
"""The sections of the spec whose keys are fields of a kind."""

_ROLES = {
    Role.MANAGED: "compared and written",
    Role.BINDING: "finds the live object",
    Role.POLICY: "not compared; for rules and guards",
    Role.OBSERVED: "only the service says it",
}


def rules_page(rules: Iterable[Rule]) -> str:
    """A markdown page of these rules, by family."""
    known = {rule.id: rule for rule in rules}
    lines = [
        "# Rules",
        "",
        (
            "A rule finds faults, and each finding shows its rule's id. `policy.rules` gives a rule another severity "
            "(`error`, `warn` or `ignore`) where the table says that it may. Generated from the rules themselves."
        ),
        "",
    ]
    for prefix, title, text in FAMILIES:
        family = [known[rule] for rule in sorted(known) if rule.startswith(prefix)]
        if family:
            lines += [f"## {title}", "", text, "", "| rule | severity | may change |", "|---|---|---|"]
            lines += [_rule_row(rule) for rule in family] + [""]
            lines += chain.from_iterable(map(_rule_text, family))
    return "\n".join(lines)


def _rule_row(rule: Rule) -> str:
    change = "no" if rule.fixed else "yes"
    return f"| [{rule.id}](#{rule.id.lower()}) {_cell(rule.title)} | {rule.severity.value} | {change} |"


def _rule_text(rule: Rule) -> Iterator[str]:
    yield from (f"### {rule.id}", "", f"{rule.title}.", "", rule.why, "")
    if any(each.rule.id == rule.id for each in LIVE_RULES):
        yield from ("Decided on the spec, and as a warning again on what is live.", "")
    if rule.page:
        yield from (f"Source: <{rule.page}>", "")
    yield from (example_page(rule.id), "")


def exit_codes_page() -> str:
    """A markdown page of all exit codes: what each means, which error ends with it, and which one wins."""
    lines = [
        "# Exit codes",
        "",
        "The codes are a promise to scripts. Generated from the table of errors.",
        "",
        "| code | meaning | raised as |",
        "|---|---|---|",
    ]
    raised = [
        error for error in vars(errors).values() if isinstance(error, type) and issubclass(error, ReconcilerError)
    ]
    for code in sorted(ExitCode):
        names = [f"`{error.__name__}`: {_first_line(error)}" for error in raised if error.exit_code is code]
        lines.append(f"| {code.value} | {_cell(MEANINGS[code])} | {_cell('<br>'.join(names))} |")
    order = ", ".join(str(code.value) for code in PRECEDENCE)
    return "\n".join([*lines, "", f"Where several hold, the first of these counts: {order}.", ""])


def _first_line(error: type[ReconcilerError]) -> str:
    return (getdoc(error) or "").partition("\n")[0]


def spec_page(schema: str) -> str:
    """A markdown page of every key of the spec, from the text of its JSON Schema and the tables of fields."""
    root = ready(schema).root
    lines = [
        "# The spec",
        "",
        (
            "Every key of every section: what it says, which values it takes, and what the program does with it. `KEY` "
            "is a key of your own, `*` any key or item, the word in brackets the surface that shows a field. Keys that "
            "a spec leaves out are unmanaged: never touched, never drift."
        ),
        "",
        (
            "Generated from the JSON Schema and the tables of fields; `reconciler schema spec` prints the schema, and "
            "an editor explains and completes a spec with it."
        ),
        "",
    ]
    for name, section in properties_of(root).items():
        lines += _section(name, cast("Schema", section))
    return "\n".join(lines)


def _section(name: str, section: Schema) -> Iterator[str]:
    yield from (f"## `{name}`", "", str(section.get("description", "")), "")
    rows = [_row(name, path, schema) for path, schema in described(section) if _is_shown(name, path)]
    if rows:
        yield from ("| key | meaning | values | |", "|---|---|---|---|", *rows, "")
    else:
        yield from (f"Values: {_values(section)}.", "")


def _is_shown(section: str, path: Sequence[str]) -> bool:
    """Whether a key has a row: what an app may say of a mapping stands with the mappings."""
    below = "mappings" in path[:-1] and path[-1] != "use"
    return not (section in {"apps", "defaults"} and below)


def _row(section: str, path: Sequence[str], schema: Schema) -> str:
    kind = _SECTIONS.get(section)
    key = ".".join(part for part in path if part != "*")
    fields = {field.key: field for field in FIELDS[kind]} if kind else {}
    field = fields.get({"mappings": MAPPINGS}.get(key, key))
    shown = ".".join(["KEY", *path[1:]] if path[0] == "*" else path)
    meaning = str(schema.get("description", ""))
    return f"| `{shown}` | {_cell(meaning)} | {_cell(_values(schema))} | {_remark(field) if field else ''} |"


def _remark(field: Field) -> str:
    if field.surface is Surface.HOSTS:  # Nothing reads hosts yet.
        return "shown as unverifiable (hosts)"
    where = f" ({field.surface.value})" if field.surface and field.role is Role.MANAGED else ""
    parts = [f"{_ROLES[field.role]}{where}"]
    if field.role is Role.MANAGED and field.ownership is not Ownership.SINGLE:
        parts.append(f"owned {'as a whole' if field.ownership is Ownership.WHOLE else 'by key'}")
    if field.clearing is not Clearing.REFUSED:
        parts.append(f"clearing {field.clearing.value}")
    return "; ".join(parts)


def _values(schema: Mapping[str, object]) -> str:
    """What a value may be, in words: the schema's own title, its words, or its type."""
    default = f"; default `{schema['default']}`" if "default" in schema else ""
    match schema:
        case {"title": str(title)}:
            return f"{title}{default}"
        case {"enum": [*words]}:
            return f"{', '.join(f'`{word}`' for word in words)}{default}"
        case {"const": value}:
            return f"`{value}`"
        case {"type": str(name)}:
            return f"{_TYPES.get(name, name)}{default}"
        case {"type": [*names]}:
            return f"{' or '.join(_TYPES.get(str(name), str(name)) for name in names)}{default}"
    return ""


_TYPES = {
    "object": "a table",
    "array": "a list",
    "string": "text",
    "boolean": "`true` or `false`",
    "integer": "a number",
}


def _cell(text: str) -> str:
    """A text that breaks no table of markdown."""
    return " ".join(text.replace("|", "\\|").split())
