"""Read every secret that a plan writes before its first call, and name all that are missing or wrong at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.apply.ports import Ledger, Ports
from reconciler.errors import Refused
from reconciler.model.address import Address
from reconciler.model.cells import Value
from reconciler.model.finding import Finding, Severity, has_errors, in_order
from reconciler.model.plan import PlannedStep
from reconciler.model.rule import Rule
from reconciler.model.secret import SecretSource, SecretText
from reconciler.model.states import AppliedState
from reconciler.model.steps import WriteConnection
from reconciler.policy.rules.epr008_secret_tokens import TOKEN

SecretTexts = Mapping[SecretSource, SecretText]

VALUE_WITHOUT_VERSION = Rule(
    "EPR421",
    "A secret's version is raised when its value changes",
    "Only the version tells that a secret is due: an app whose list is not written would keep the old value.",
    Severity.WARNING,
)


def collect(
    steps: Iterable[PlannedStep], applied: AppliedState, ports: Ports
) -> tuple[SecretTexts, tuple[Finding, ...]]:
    """The text of every secret that these steps write, and warnings. Raises Refused with every fault."""
    wanted = dict(_wanted(steps))
    texts, missing = ports.secrets(wanted.values())
    if missing:
        raise Refused("secrets that this plan writes cannot be read", in_order(missing))
    values = {address: (source, texts[source]) for address, source in wanted.items()}
    judged = in_order(ports.judge({key.thing: value for key, value in values.items() if key.part == TOKEN}))
    if has_errors(judged):
        raise Refused("secrets that this plan writes are not fit to be used", judged)
    return texts, in_order((*judged, *_changed_quietly(values, applied, ports.ledger)))


def _wanted(steps: Iterable[PlannedStep]) -> Iterator[tuple[Address, SecretSource]]:
    for planned in steps:
        match planned.step:
            case WriteConnection(app, _, secrets):
                yield from ((app.within(key), source) for key, source in secrets.items())


def _changed_quietly(
    values: Mapping[Address, tuple[SecretSource, SecretText]], applied: AppliedState, ledger: Ledger
) -> Iterator[Finding]:
    for address, (source, text) in values.items():
        match applied.cell(address.thing, address.part):
            case Value(SecretSource(version)) if version == source.version:
                digest = applied.secret_digests.get(address)
                if digest is not None and ledger.fits(text, digest) is False:
                    yield VALUE_WITHOUT_VERSION.finding(
                        f"the value of {source} changed, and its version is still {version}",
                        address=str(address.thing),
                        hint="it is written now, with the whole list; raise its `version` so that this shows",
                    )
