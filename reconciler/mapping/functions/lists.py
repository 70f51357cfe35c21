"""Functions for attributes with several values."""

from __future__ import annotations

from reconciler.mapping.failure import Failed
from reconciler.mapping.functions.function import Example, Function, Kind, Slot
from reconciler.mapping.values import Single, Value, text_of, whole


def values_of(value: Value) -> tuple[Single, ...]:
    """Every value of a list; one of a single value, none of null."""
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _count(value: Value) -> Value:
    return len(values_of(value))


def _item(value: Value, index: Value) -> Value:
    place = whole(index, "the index")
    if place < 1:
        raise Failed("items are counted from 1")
    values = values_of(value)
    return values[place - 1] if place <= len(values) else None


def _join(separator: Value, *sources: Value) -> Value:
    """The values in order; those that are null or empty leave no separator, as in the page's own example."""
    texts: list[str] = []
    for source in sources:
        if type(source) is str:  # the usual case, in one look
            texts.append(source)
        else:
            texts.extend(text_of(each) or "" for each in values_of(source))
    return (text_of(separator) or "").join([text for text in texts if text])


def _split(source: Value, delimiter: Value = None) -> Value:
    """The parts between delimiters, without blanks around them, as in the page's own example."""
    text = text_of(source)
    if text is None:
        return None
    return tuple(part.strip() for part in text.split(text_of(delimiter) or ","))


def _remove_duplicates(value: Value) -> Value:
    """Each value once, where it came first; values that differ in case are different."""
    return tuple(dict.fromkeys(value)) if isinstance(value, tuple) else value


FUNCTIONS = (
    Function(
        "Count", (Slot("attribute", "source", Kind.LIST),), Kind.NUMBER, _count, note="0 where there is no value."
    ),
    Function(
        "Item",
        (Slot("attribute", "source", Kind.LIST), Slot("index", "index", Kind.NUMBER)),
        Kind.TEXT,
        _item,
        note="Counts from 1. Null behind the last item.",
    ),
    Function(
        "Join",
        (Slot("separator", "separator"), Slot("source", "source", Kind.ANY)),
        Kind.TEXT,
        _join,
        repeats=1,
        examples=(
            Example('Join(", ", "", [surname], [givenName])', "Doe, John", {"givenName": "John", "surname": "Doe"}),
        ),
        note="Values that are null or empty leave no separator. Each value of a list is joined.",
    ),
    Function(
        "Split",
        (Slot("source", "source"), Slot("delimiter", "delimiter", optional=True)),
        Kind.LIST,
        _split,
        examples=(
            Example(
                'Split([extensionAttribute5], ",")',
                ("PermissionSetOne", "PermissionSetTwo"),
                {"extensionAttribute5": "PermissionSetOne, PermissionSetTwo"},
            ),
        ),
        note="The listing of functions lets the delimiter out; it is then a comma, which is our reading.",
    ),
    Function("RemoveDuplicates", (Slot("attribute", "source", Kind.LIST),), Kind.LIST, _remove_duplicates),
)
