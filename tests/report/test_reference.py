"""The reference pages say what the program does: they are made from its tables, and none is stale.

`pytest tests/report/test_reference.py --regenerate` writes them anew; read the difference.
"""

from importlib import import_module
from pathlib import Path

import pytest

from reconciler.errors import ExitCode
from reconciler.mapping.functions.table import FUNCTIONS
from reconciler.mapping.scope import OPERATORS
from reconciler.model.rule import Rule
from reconciler.report.language_reference import language_page
from reconciler.report.reference import FAMILIES, MEANINGS, exit_codes_page, rules_page, spec_page
from reconciler.spec.schema import described, ready

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "reconciler"
SCHEMA = (ROOT / "schemas" / "spec.schema.json").read_text(encoding="utf-8")


def every_rule() -> list[Rule]:
    """Every rule that any module of the program defines."""
    defining = [file for file in sorted(PACKAGE.rglob("*.py")) if "= Rule(" in file.read_text(encoding="utf-8")]
    names = [".".join(file.relative_to(ROOT).with_suffix("").parts) for file in defining]
    values = [value for name in names for value in vars(import_module(name)).values()]
    return list(dict.fromkeys(value for value in values if isinstance(value, Rule)))


PAGES = {
    "rules.md": lambda: rules_page(every_rule()),
    "spec.md": lambda: spec_page(SCHEMA),
    "exit-codes.md": exit_codes_page,
    "expressions.md": lambda: language_page(FUNCTIONS.values(), OPERATORS.values()),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_not_stale(name: str, regenerate: bool) -> None:
    page = ROOT / "docs" / "reference" / name
    text = PAGES[name]()
    if regenerate:
        page.write_text(text, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == text


def test_each_id_stands_for_one_rule_and_each_rule_has_a_family() -> None:
    ids = [rule.id for rule in every_rule()]
    assert len(ids) == len(set(ids))
    assert all(rule.startswith(tuple(prefix for prefix, _, _ in FAMILIES)) for rule in ids)


@pytest.mark.parametrize("rule", every_rule(), ids=lambda rule: rule.id)
def test_every_rule_stands_on_the_page_with_why_it_exists(rule: Rule) -> None:
    page = rules_page([rule])
    assert f"### {rule.id}\n\n{rule.title}.\n\n{rule.why}\n" in page
    assert rule.page in page


def test_every_exit_code_has_a_meaning() -> None:
    assert set(MEANINGS) == set(ExitCode)
    assert all(f"| {code.value} | " in exit_codes_page() for code in ExitCode)


def test_every_key_of_the_schema_stands_on_the_page_except_what_mappings_repeat() -> None:
    page = spec_page(SCHEMA)
    for path, schema in described(ready(SCHEMA).root):
        if len(path) > 1 and not {"mappings", "defaults"} & set(path[:-1]):
            shown = ".".join(["KEY", *path[2:]] if path[1] == "*" else path[1:])
            assert f"| `{shown}` |" in page
            assert " ".join(str(schema["description"]).replace("|", "\\|").split()) in page


def test_a_table_is_not_broken_by_what_stands_in_it() -> None:
    for page in (spec_page(SCHEMA), exit_codes_page(), rules_page(every_rule())):
        rows = [line.replace("\\|", "") for line in page.splitlines() if line.startswith("|")]
        assert all(row.endswith("|") and row.count("|") in {4, 5} for row in rows)
