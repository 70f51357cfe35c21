"""What jsonschema finds wrong in a document, as findings: one for each fault, at its place, none that only follows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from reconciler.model.finding import Finding
from reconciler.model.place import Related
from reconciler.model.rule import Rule
from reconciler.spec import rules
from reconciler.spec.faults import MOST_FAULTS
from reconciler.spec.schema import Schema, SpecSchema, properties_of
from reconciler.spec.site import Site
from reconciler.spec.tree import Document, Table
from reconciler.spec.wording import alternatives, expected, form, found, nearest, short, type_hint, types_of

Explain = Callable[[ValidationError, Site], Iterator[Finding]]


def explained(document: Document, schema: SpecSchema) -> tuple[Finding, ...]:
    """A finding for each fault of a document's shape, in the order of the file, and at most MOST_FAULTS."""
    errors = list(islice(_validator(schema).iter_errors(document.root), 50 * MOST_FAULTS))
    findings = [finding for error in _causes(errors) for finding in _explain(error, document)]
    ordered = sorted(dict.fromkeys(findings), key=lambda finding: finding.order)
    if len(ordered) > MOST_FAULTS:
        text = f"{document.file} has more faults than the {MOST_FAULTS} that are listed"
        ordered[MOST_FAULTS:] = [rules.TOO_MANY_FAULTS.finding(text, place=ordered[MOST_FAULTS].place)]
    return tuple(ordered)


def _explain(error: ValidationError, document: Document) -> Iterator[Finding]:
    site = Site(document, tuple(error.absolute_path))
    if _is_of_name(error):
        return _bad_name(error, site)
    return _EXPLANATIONS[str(error.validator)](error, site)


@lru_cache(maxsize=1)
def _validator(schema: SpecSchema) -> Validator:
    checker = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    kind = extend(  # type: ignore[no-untyped-call]
        Draft202012Validator, validators={"uniqueItems": _unique_items}, type_checker=checker
    )
    return cast("Validator", kind(schema.root))


def _unique_items(_validator: Validator, wanted: bool, value: object, _schema: Schema) -> Iterator[ValidationError]:
    """Repeated texts, in linear time: jsonschema compares each item with each, which a hostile list makes endless."""
    if wanted and isinstance(value, list):
        texts = [item for item in value if isinstance(item, str)]
        if len(texts) != len(set(texts)):
            yield ValidationError("has repeated items")


def _causes(errors: Sequence[ValidationError]) -> Iterator[ValidationError]:
    """The errors less those that only follow from another one at the same value."""
    typed = {tuple(error.absolute_path) for error in errors if error.validator == "type"}
    unknown = {tuple(error.absolute_path): error for error in errors if error.validator == "additionalProperties"}
    excluded = {tuple(error.absolute_path)[:-1] for error in errors if error.validator == "not"}
    seen: set[object] = set()
    for error in errors:
        path = tuple(error.absolute_path)
        if error.validator != "type" and path in typed and not _is_of_name(error):
            continue
        if error.validator == "dependentRequired" and path in excluded:
            continue
        if error.validator in _FOLLOW_UNKNOWN and path in unknown and _follows(error, unknown[path]):
            continue
        identity = _identity(error, path)
        if identity not in seen:
            seen.add(identity)
            yield error


def _identity(error: ValidationError, path: tuple[str | int, ...]) -> object:
    """What two errors share when one finding serves both."""
    if error.validator == "not":
        return (path[:-1], _partner(error))
    if error.validator in _OF_SCALARS:
        return (path, str(error.instance))
    return id(error)


def _is_of_name(error: ValidationError) -> bool:
    return "propertyNames" in error.absolute_schema_path


def _partner(error: ValidationError) -> str:
    """The key that must not stand beside the one that an error reports."""
    steps = [str(step) for step in error.absolute_schema_path]
    return steps[len(steps) - steps[::-1].index("dependentSchemas")]


def _follows(error: ValidationError, unknown: ValidationError) -> bool:
    """Whether a key is missing, or too few or too many are there, only because one is misspelt."""
    if error.validator in {"minProperties", "maxProperties"}:
        return True
    meant = {_meant(key, unknown) for key in _extras(unknown)}
    return not meant.isdisjoint(_missing(error))


def _missing(error: ValidationError) -> set[str]:
    """The keys whose absence an error of `required` or `dependentRequired` reports."""
    table = cast("Mapping[str, object]", error.instance)
    if error.validator == "required":
        return set(cast("Sequence[str]", error.validator_value)) - table.keys()
    needs = cast("Mapping[str, Sequence[str]]", error.validator_value)
    return {needed for key in needs if key in table for needed in needs[key]} - table.keys()


def _extras(error: ValidationError) -> Iterable[str]:
    known = properties_of(error.schema)
    return [key for key in cast("Table", error.instance) if key not in known]


def _absent(error: ValidationError) -> Iterable[str]:
    """The keys that a table may hold and does not; all that it may hold where it holds them all."""
    known = properties_of(error.schema)
    return [key for key in known if key not in cast("Table", error.instance)] or list(known)


def _meant(key: str, error: ValidationError) -> str:
    """The key that was most likely meant: where a colon or a blank is missing behind it, it is the first word."""
    joined = _JOINED.fullmatch(key)
    return joined["key"] if joined and joined["key"] in properties_of(error.schema) else nearest(key, _absent(error))


_JOINED = re.compile(r"(?P<key>[A-Za-z]+)(?P<mark>:| ) *(?P<rest>\S.*)")


def _unknown_keys(error: ValidationError, site: Site) -> Iterator[Finding]:
    known = properties_of(error.schema)
    for key in islice(_extras(error), MOST_FAULTS + 1):
        inner = next((parent for parent, schema in known.items() if key in properties_of(schema)), "")
        where = f" of `{site.name}`" if site.path else ""
        kind = "key" if site.path else "section"
        meant, hint = _meant(key, error), f"`{key}` belongs in `{inner}`" if inner else ""
        joined = _JOINED.fullmatch(key)
        if joined and joined["key"] == meant:
            missing = "blank after the colon of" if joined["mark"] == ":" else "colon after"
            meant, hint = f"{meant}: {joined['rest']}", f"put a {missing} `{meant}`"
        yield rules.UNKNOWN_KEY.finding(
            f"`{short(key)}` is no {kind}{where}",
            address=site.child(key).address,
            place=site.child(key).key_place,
            found=short(key),
            expected=alternatives(known),
            hint=hint,
            suggestion=meant,
        )


def _wrong_type(error: ValidationError, site: Site) -> Iterator[Finding]:
    yield _of_value(rules.WRONG_TYPE, error, site, hint=type_hint(site.value, types_of(_schema(error))))


def _unknown_word(error: ValidationError, site: Site) -> Iterator[Finding]:
    words = [str(word) for word in cast("Sequence[object]", _schema(error)["enum"])]
    suggestion = nearest(site.value, words) if isinstance(site.value, str) else ""
    hint = type_hint(site.value, ("string",)) if not isinstance(site.value, str) else ""
    yield _of_value(rules.UNKNOWN_WORD, error, site, hint=hint, suggestion=suggestion)


def _other_version(error: ValidationError, site: Site) -> Iterator[Finding]:
    wanted = str(_schema(error)["const"])
    yield rules.UNKNOWN_WORD.finding(
        f"`{site.name}` must be {wanted}",
        place=site.place,
        found=found(site.value),
        expected=wanted,
        hint="remove the quotes" if site.value == wanted else "this program knows no other format",
    )


def _wrong_form(error: ValidationError, site: Site) -> Iterator[Finding]:
    schema, value = _schema(error), site.value
    words = [word for word in cast("Sequence[object]", schema.get("examples", ())) if isinstance(word, str)]
    suggestion = nearest(value, [word for word in words if word.isalpha()]) if isinstance(value, str) else ""
    yield _of_value(rules.WRONG_FORM, error, site, hint=type_hint(value, types_of(schema)), suggestion=suggestion)


def _out_of_range(error: ValidationError, site: Site) -> Iterator[Finding]:
    bound = f"{'at least' if error.validator == 'minimum' else 'at most'} {error.validator_value}"
    yield rules.OUT_OF_RANGE.finding(
        f"`{site.name}` must be {bound}",
        address=site.address,
        place=site.place,
        found=found(site.value),
        expected=bound,
    )


def _wrong_count(error: ValidationError, site: Site) -> Iterator[Finding]:
    texts = [item for item in cast("Sequence[object]", error.instance) if isinstance(item, str)]
    repeated = list(dict.fromkeys(text for text in texts if texts.count(text) > 1)) if len(texts) < 1000 else texts[:1]
    text = f"`{site.name}` names {short(alternatives(repeated))} more than once" if repeated else "the list is empty"
    hint = "name each once" if repeated else "write at least one item, or remove the key"
    if error.validator != "uniqueItems":
        text, hint = f"`{site.name}` is empty", "write at least one item, or remove the key"
    yield rules.WRONG_COUNT.finding(text, address=site.address, place=site.place, hint=hint)


def _missing_key(error: ValidationError, site: Site) -> Iterator[Finding]:
    for key in sorted(_missing(error)):
        yield rules.MISSING_KEY.finding(
            f"`{site.name}` lacks `{key}`",
            address=site.address,
            place=site.key_place,
            expected=_purpose(error, key),
            hint=f"add `{key}:`",
        )


def _too_few_keys(error: ValidationError, site: Site) -> Iterator[Finding]:
    words = alternatives(properties_of(error.schema))
    text = f"`{site.name}` says nothing"
    yield rules.MISSING_KEY.finding(text, address=site.address, place=site.key_place, expected=words)


def _too_many_keys(error: ValidationError, site: Site) -> Iterator[Finding]:
    keys = list(cast("Table", error.instance))
    yield rules.EXCLUSIVE_KEYS.finding(
        f"`{site.name}` has {len(keys)} keys, of which one must stand alone",
        address=site.address,
        place=site.child(keys[1]).key_place,
        related=(Related(site.child(keys[0]).key_place, "another one stands here"),),
        found=", ".join(keys),
        expected=f"one of {alternatives(properties_of(error.schema))}",
        hint="keep one of them",
    )


def _excluded(error: ValidationError, site: Site) -> Iterator[Finding]:
    """A key that must not stand beside another one: the schema says `not` of it under `dependentSchemas`."""
    partner = _partner(error)
    beside = Site(site.document, (*site.path[:-1], partner))
    yield rules.EXCLUSIVE_KEYS.finding(
        f"`{site.path[-1]}` and `{partner}` exclude each other",
        address=site.address,
        place=site.key_place,
        related=(Related(beside.key_place, f"`{partner}` stands here"),),
        expected=f"`{site.path[-1]}` or `{partner}`",
        hint="keep one of them",
    )


def _bad_name(error: ValidationError, site: Site) -> Iterator[Finding]:
    key = str(error.instance)
    yield rules.BAD_NAME.finding(
        f"`{short(key)}` cannot be a key of `{site.name}`",
        place=site.child(key).key_place,
        found=short(key),
        expected=expected(_schema(error)),
    )


def _of_value(rule: Rule, error: ValidationError, site: Site, *, hint: str = "", suggestion: str = "") -> Finding:
    wanted = expected(_schema(error))
    is_shown = not (site.is_secret and isinstance(site.value, str))
    return rule.finding(
        f"`{site.name}` must be {form(_schema(error))}",
        address=site.address,
        place=site.place if site.value is not None else site.key_place,
        found=found(site.value) if is_shown else "text",
        expected=wanted,
        hint=hint,
        suggestion=suggestion,
    )


def _purpose(error: ValidationError, key: str) -> str:
    schema = properties_of(error.schema).get(key)
    return expected(cast("Schema", schema)) if isinstance(schema, Mapping) else ""


def _schema(error: ValidationError) -> Schema:
    return cast("Schema", error.schema)


_OF_SCALARS = frozenset(("type", "const", "enum", "pattern", "minLength", "maxLength", "minimum", "maximum"))
_FOLLOW_UNKNOWN = frozenset(("required", "dependentRequired", "minProperties", "maxProperties"))
_EXPLANATIONS: Mapping[str, Explain] = {
    "additionalProperties": _unknown_keys,
    "type": _wrong_type,
    "enum": _unknown_word,
    "const": _other_version,
    "pattern": _wrong_form,
    "minLength": _wrong_form,
    "maxLength": _wrong_form,
    "minimum": _out_of_range,
    "maximum": _out_of_range,
    "minItems": _wrong_count,
    "maxItems": _wrong_count,
    "uniqueItems": _wrong_count,
    "required": _missing_key,
    "dependentRequired": _missing_key,
    "minProperties": _too_few_keys,
    "maxProperties": _too_many_keys,
    "not": _excluded,
}
