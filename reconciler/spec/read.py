"""Read a spec: parse each file, check its shape, merge, build, and report every fault at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct, field

from reconciler.model.address import Address, Kind
from reconciler.model.finding import Finding, Severity, has_errors, in_order
from reconciler.model.place import Place
from reconciler.model.spec import Spec
from reconciler.spec.build import built
from reconciler.spec.check import check
from reconciler.spec.decode import lines_of
from reconciler.spec.files import SpecFile, SpecFiles
from reconciler.spec.merge import Merged, merged
from reconciler.spec.parse import parse
from reconciler.spec.schema import SpecSchema, properties_of, ready
from reconciler.spec.site import KINDS
from reconciler.spec.tree import Document, Table


class SourceLines(Mapping[str, Sequence[str]]):
    """The lines of each file by its name; split only for the files that somebody shows, and once for each."""

    def __init__(self, files: Sequence[SpecFile]) -> None:
        self._contents = {file.name: file.content for file in files}
        self._lines: dict[str, Sequence[str]] = {}

    def __getitem__(self, name: str) -> Sequence[str]:
        if name not in self._lines:
            self._lines[name] = lines_of(self._contents[name])
        return self._lines[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._contents)

    def __len__(self) -> int:
        return len(self._contents)


class SpecReading(Struct, frozen=True):
    """What reading gave: every finding in order, the lines of each file, and the spec.

    `spec` is None where a file could not be read to its end. Where it has faults of form, what is whole in it is there,
    so that rules can judge it at once: `faulty` holds the things that have such faults. `defaults` tells where the
    defaults of each kind stand.
    """

    spec: Spec | None
    findings: tuple[Finding, ...]
    sources: Mapping[str, Sequence[str]]
    faulty: frozenset[Address] = frozenset()
    defaults: Mapping[Kind, Place] = field(default_factory=dict)

    def stands(self, finding: Finding) -> bool:
        """Whether what a rule found holds whatever the faulty things were meant to say, and is no mere consequence."""
        if not finding.address or not self.faulty:
            return True
        thing = Address.parse(finding.address).thing
        hidden = thing.kind is Kind.AGENT and any(faulty.kind is Kind.GROUP for faulty in self.faulty)
        return not hidden and thing not in self.faulty


def read_spec(files: SpecFiles) -> SpecReading:
    """Read a spec from its files. Never raises for what the files hold."""
    schema = ready(files.schema)
    documents = _documents(files, schema)
    refused = {document.file for document in documents if has_errors(document.findings)}
    shape = [finding for document in documents for finding in (*document.findings, *check(document, schema))]
    merge = merged(documents)
    complete = not files.findings and all(document.whole for document in documents)
    spec, names = built(merge, complete=complete and not any(_misspelt(documents, schema)))
    referring = [finding for finding in names.findings if finding.place is None or finding.place.file not in refused]
    formal = [*files.findings, *shape, *merge.findings]
    return SpecReading(
        spec if complete else None,
        in_order((*formal, *referring)),
        SourceLines(files.files),
        frozenset((*_blamed(formal), *_defined_in(merge, refused))),
        {KINDS[name]: slot.place for name, slot in merge.entries("defaults").items() if name in KINDS},
    )


def _documents(files: SpecFiles, schema: SpecSchema) -> list[Document]:
    """Every file as it was read, or as far as it can be; the root was read before, to find the others."""
    parsed = [] if files.root is None else [files.root]
    parsed += (parse(file.name, file.content) for file in files.files[len(parsed) :])
    return [
        document if document.whole else _repaired(document, file.content, schema)
        for document, file in zip(parsed, files.files, strict=True)
    ]


def _misspelt(documents: Iterable[Document], schema: SpecSchema) -> Iterator[str]:
    """Sections that there are not: what stands in one may be all that others refer to."""
    known = properties_of(schema.root)
    return (key for each in documents if isinstance(each.root, Table) for key in each.root if key not in known)


def _repaired(document: Document, content: bytes, schema: SpecSchema) -> Document:
    from reconciler.spec.repair import repaired  # noqa: PLC0415 - for files with a fault alone

    return repaired(document, content, schema)


def _blamed(findings: Iterable[Finding]) -> Iterator[Address]:
    """The things that findings are about."""
    return (
        Address.parse(finding.address).thing
        for finding in findings
        if finding.address and finding.severity is Severity.ERROR
    )


def _defined_in(merge: Merged, files: Collection[str]) -> Iterator[Address]:
    """The things that files define: where a file was refused, its values may be made up."""
    return (
        Address(kind, key)
        for section, kind in KINDS.items()
        for key, slot in (merge.entries(section).items() if files else ())
        if slot.table.file in files
    )
