"""Mistakes as people make them in a spec that is right: typos in keys, words and references, types, indentation."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT

CONTOSO = ROOT / "examples" / "contoso"
SCHEMA = json.loads((ROOT / "schemas" / "spec.schema.json").read_text(encoding="utf-8"))
Texts = Mapping[str, str]


def contoso() -> dict[str, str]:
    """The files of the spec by name."""
    files = sorted(path for path in CONTOSO.rglob("*.yaml") if not _is_hidden(path))
    return {path.relative_to(CONTOSO).as_posix(): path.read_text(encoding="utf-8") for path in files}


def _is_hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(CONTOSO).parts)


@dataclass(frozen=True)
class Mistake:
    """One mistake: what kind, in which file, which stretch of its text became what."""

    kind: str
    file: str
    start: int
    end: int
    wrong: str

    def made_in(self, texts: Texts) -> dict[str, str]:
        text = texts[self.file]
        return {**texts, self.file: f"{text[: self.start]}{self.wrong}{text[self.end :]}"}


def _names(schema: object) -> Iterator[str]:
    """Every key that the format knows."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for each in schema.values():
            yield from _names(each)
    elif isinstance(schema, list):
        for each in schema:
            yield from _names(each)


_KEYS = "|".join(sorted(set(_names(SCHEMA)), key=len, reverse=True))
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _typo(word: str, chance: random.Random) -> str:
    """A slip of the fingers: two letters swapped, one left out, one twice, one wrong, or the wrong case."""
    at = chance.randrange(len(word) - 1)
    slips = (
        f"{word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}",
        f"{word[:at]}{word[at + 1 :]}",
        f"{word[:at]}{word[at] * 2}{word[at + 1 :]}",
        f"{word[: at + 1]}{chance.choice(_LETTERS)}{word[at + 2 :]}",
        word.upper() if at % 2 else word.capitalize(),
    )
    return chance.choice(slips)


def _spots(pattern: str) -> Callable[[str], list[tuple[int, int]]]:
    """Where the groups named `it` of a pattern stand in a text, comments aside."""
    compiled = re.compile(pattern)

    def find(text: str) -> list[tuple[int, int]]:
        return [found.span("it") for found in compiled.finditer(text) if "#" not in _before(text, found.start("it"))]

    return find


def _before(text: str, at: int) -> str:
    return text[text.rfind("\n", 0, at) + 1 : at]


_KEY = _spots(rf"(?<![\w.\-'\"/])(?P<it>{_KEYS}):(?=\s)")
_WORDS = (
    _spots(r"\b(?:purpose|scope|apply|availability|endpoint): (?P<it>[a-zA-Z\-]+)"),
    _spots(r"\bflow: \[(?P<it>add)"),
    _spots(r"\bflow: \[add, (?P<it>update)"),
)
_REFERENCES = (
    _spots(r"\b(?:group|host|use|proxy): (?P<it>[a-z0-9\-]+)"),
    _spots(r"\bagents: \[(?P<it>[a-z0-9\-]+)"),
    _spots(r"\bagents: \[[a-z0-9\-]+, (?P<it>[a-z0-9\-]+)"),
    _spots(r"\bstandby: \[(?P<it>[a-z0-9\-]+)"),
    _spots(r"\bmappings: \[(?P<it>[a-z0-9\-]+)"),
)
_SWITCH = _spots(r": (?P<it>true|false)\b")
_NUMBER = _spots(r"\b(?:deleteThreshold|port|version|maxAppsChanged): (?P<it>\d+)\b")
_LIST = _spots(r"\b(?:agents|standby|match|mappings|flow|protect): (?P<it>\[[a-zA-Z0-9\-]+\])")
_COLON = _spots(r"(?<=\w)(?P<it>: )(?=[\w{])")
_LINE = _spots(r"(?m)^(?P<it> {2,})(?=[\w\-])")


def _keys(text: str, chance: random.Random) -> Iterator[tuple[int, int, str]]:
    yield from ((start, end, _typo(text[start:end], chance)) for start, end in _KEY(text))


def _words(text: str, chance: random.Random) -> Iterator[tuple[int, int, str]]:
    yield from ((start, end, _typo(text[start:end], chance)) for find in _WORDS for start, end in find(text))


def _references(text: str, chance: random.Random) -> Iterator[tuple[int, int, str]]:
    yield from ((start, end, _typo(text[start:end], chance)) for find in _REFERENCES for start, end in find(text))


def _types(text: str, chance: random.Random) -> Iterator[tuple[int, int, str]]:
    for start, end in _SWITCH(text):
        switch = {"true": ("yes", "on", '"true"', "Yes"), "false": ("no", "off", '"false"', "No")}[text[start:end]]
        yield start, end, chance.choice(switch)
    for start, end in _NUMBER(text):
        yield start, end, f'"{text[start:end]}"'
    for start, end in _LIST(text):
        yield start, end, text[start + 1 : end - 1]
    for start, end in _COLON(text):
        if chance.random() < 0.2:
            yield start, end, chance.choice((":", " "))


def _indentation(text: str, chance: random.Random) -> Iterator[tuple[int, int, str]]:
    for start, end in _LINE(text):
        blanks = text[start:end]
        yield start, end, chance.choice((blanks[:-1], f"{blanks} ", f"{blanks[:-2]}\t"))


_KINDS: Mapping[str, Callable[[str, random.Random], Iterator[tuple[int, int, str]]]] = {
    "key": _keys,
    "word": _words,
    "reference": _references,
    "type": _types,
    "indentation": _indentation,
}


def mistakes(texts: Texts, number: int, seed: int) -> Iterator[Mistake]:
    """So many different mistakes, as many of each kind as of every other, the same for one seed."""
    chance = random.Random(seed)
    pools = {
        kind: [Mistake(kind, name, *spot) for name, text in texts.items() for spot in make(text, chance)]
        for kind, make in _KINDS.items()
    }
    for kind, pool in pools.items():
        real = [each for each in dict.fromkeys(pool) if each.made_in(texts) != texts]
        chance.shuffle(real)
        pools[kind] = real
    turn = 0
    while turn < number:
        kind = tuple(_KINDS)[turn % len(_KINDS)]
        if pools[kind]:
            yield pools[kind].pop()
        turn += 1
