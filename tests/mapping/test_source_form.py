"""An expression and its parameters on the wire say the same, and each comes back from the other."""

from __future__ import annotations

import pytest
from hypothesis import given

from reconciler.mapping.functions.table import FUNCTIONS
from reconciler.mapping.language.meaning import same_meaning
from reconciler.mapping.language.parser import parse
from reconciler.mapping.source_form import NoForm, SourceForm, form_of, text_of_form
from tests.mapping.expressions import expressions

AS_THE_SERVICE_WRITES_THEM = [
    "Left(Trim([description]), 448)",
    "IIF(IsPresent([displayName]), [displayName], [cn])",
    "CBool(BitAnd([groupType], -2147483648))",
    'IIF(IsPresent([postOfficeBox]), Left(Trim(Item([postOfficeBox], 1)), 448), "")',
    'IIF(IsPresent([pwdLastSet]), FormatDateTime(DateFromNum([pwdLastSet]), "RoundtripKind", , "yyyyMMddHHmmss.0Z"), )',
    'IIF(BitAnd([userAccountControl], 2)="0", "True", "False")',
    'Join("@", [sAMAccountName], %DomainFQDN%)',
    'Error("AccountName is not present")',
    'Replace([preferredLanguage], "-", , , "_", , )',
    'Switch([IsSoftDeleted], , "False", "True", "True", "False")',
    "SingleAppRoleAssignment([appRoleAssignments])",
    "RemoveDuplicates(Trim([proxyAddresses]))",
]


@pytest.mark.parametrize("text", AS_THE_SERVICE_WRITES_THEM)
def test_the_parameters_alone_give_the_expression_back(text):
    form = form_of(parse(text))
    assert same_meaning(text_of_form(form), text)
    assert same_form(form_of(parse(text_of_form(form))), form)


def test_a_comparison_is_spread_over_three_keys():
    form = form_of(parse('IIF([a] >= 2, "y", )'))
    assert [(key, each.type, each.name) for key, each in form.parameters] == [
        ("one", "Attribute", "a"),
        ("two", "Constant", ">="),
        ("three", "Constant", "2"),
        ("four", "Constant", "y"),
    ]
    assert dict(form.parameters)["three"].expression == '"2"'


def test_a_slot_that_is_empty_has_no_parameter():
    form = form_of(parse('Replace([a], "x", , , "y", , )'))
    assert [key for key, _ in form.parameters] == ["source", "Find", "Replacement"]


@pytest.mark.parametrize("text", ["Unknown([a])", '[a]="b"', 'Join("", [a]="b")', 'Trim([a], "b")', "Trim(Unknown())"])
def test_what_has_no_parameters_says_so(text):
    with pytest.raises(NoForm):
        form_of(parse(text))


@pytest.mark.parametrize(
    "form",
    [
        SourceForm("Function", "Unknown", ""),
        SourceForm("Function", "Trim", "", (("other", SourceForm("Attribute", "a", "[a]")),)),
    ],
)
def test_parameters_that_are_not_known_have_no_text(form):
    with pytest.raises(NoForm):
        text_of_form(form)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_documented_examples_go_there_and_back(name):
    for example in FUNCTIONS[name].examples:
        form = form_of(parse(example.expression))
        assert same_form(form_of(parse(text_of_form(form))), form)


@given(expressions())
def test_there_and_back_nothing_is_lost(text):
    try:
        form = form_of(parse(text))
    except NoForm:
        return
    back = text_of_form(form)
    assert same_form(form_of(parse(back)), form)


def same_form(one: SourceForm, other: SourceForm) -> bool:
    """Whether two forms say the same, their texts aside."""
    sides = zip(one.parameters, other.parameters, strict=False)
    return (one.type, one.name, len(one.parameters)) == (other.type, other.name, len(other.parameters)) and all(
        key == other_key and same_form(each, other_each) for (key, each), (other_key, other_each) in sides
    )
