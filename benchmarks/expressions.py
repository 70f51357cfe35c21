"""What evaluating an expression costs, against a plain function with the same result; and what mutated texts come to.

    python benchmarks/expressions.py [MUTATIONS]

A mutated text, one letter of an expression changed, is an expression still or has one fault with its column.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from measure import alternate, timed

from reconciler.mapping.evaluation import compiled
from reconciler.mapping.functions.table import FUNCTIONS
from reconciler.mapping.language.parser import fault_in, parse
from reconciler.mapping.sources import Sources
from reconciler.mapping.values import Value

AT_MOST = 12
LOOPS = 100_000
MUTATIONS = 100_000
LETTERS = 'ab1-%&H[]()",=<> \\\n“é'
SOURCES = Sources(lambda: datetime.now(UTC), lambda _count: 0)
ADA: dict[str, Value] = {
    "givenName": "Ada",
    "surname": "Lovelace",
    "country": "UK",
    "department": "Engines",
    "mailNickname": "ADA",
    "IsSoftDeleted": "False",
    "mail": None,
    "userPrincipalName": "ada@contoso.com",
}

PLAIN: Mapping[str, Callable[[dict[str, Value]], Value]] = {
    'Join(" ", [givenName], [surname])': lambda user: f"{user['givenName']} {user['surname']}",
    'IIF([country]="USA", [country], [department])': lambda user: (
        user["country"] if user["country"] == "USA" else user["department"]
    ),
    'ToLower(Append([mailNickname], "@contoso.com"))': lambda user: f"{user['mailNickname']}@contoso.com".lower(),
    'Switch([IsSoftDeleted], , "False", "True", "True", "False")': lambda user: {"False": "True", "True": "False"}.get(
        str(user["IsSoftDeleted"])
    ),
    "Coalesce([mail], [userPrincipalName])": lambda user: (
        user["mail"] if user["mail"] is not None else user["userPrincipalName"]
    ),
}
"""Expressions as they occur, each with the least that the same result takes."""


def evaluations() -> None:
    """Print what each expression costs."""
    for text, plain in PLAIN.items():
        run = compiled(parse(text))
        if run(ADA, SOURCES) != plain(ADA):
            raise SystemExit(f"{text} and its floor differ")
        subject = timed(lambda run=run: [run(ADA, SOURCES) for _ in range(LOOPS)])
        floor = timed(lambda plain=plain: [plain(ADA) for _ in range(LOOPS)])
        print(alternate(f"{LOOPS:,} x {text[:30]}", subject, floor, at_most=AT_MOST))


def mutations(count: int) -> None:
    """Change one letter of an expression, many times; ends at the first text with anything but one answer."""
    chance = random.Random(1)
    texts = [*PLAIN, *(example.expression for function in FUNCTIONS.values() for example in function.examples)]
    begun, faults, slowest = time.perf_counter(), 0, 0.0
    for _ in range(count):
        text = chance.choice(texts)
        place = chance.randrange(len(text))
        changed = text[:place] + chance.choice(LETTERS) + text[place + chance.randrange(2) :]
        started = time.perf_counter()
        fault = fault_in(changed)
        slowest = max(slowest, time.perf_counter() - started)
        if fault is not None:
            faults += 1
            if not 1 <= fault.column <= len(changed) + 1 or not fault.message:
                raise SystemExit(f"{changed!r} has a fault without a place: {fault.column}")
    took = time.perf_counter() - begun
    told = f"{count:,} mutated texts: {faults:,} faults, each with its column"
    print(f"{told}, {took:.0f} s, the slowest {slowest * 1000:.1f} ms")


def main() -> None:
    """Print both."""
    evaluations()
    mutations(int(sys.argv[1]) if len(sys.argv) > 1 else MUTATIONS)


if __name__ == "__main__":
    main()
