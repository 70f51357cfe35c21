"""The files of an import, read back as every later run will read them; what no file can hold is left unmanaged."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from reconciler.errors import Refused
from reconciler.model.address import Address, Kind
from reconciler.model.fields import MAPPING_PREFIX
from reconciler.model.finding import Finding, Severity, has_errors, in_order
from reconciler.model.place import Place
from reconciler.model.spec import Spec
from reconciler.policy.rules.registry import judge
from reconciler.spec.files import SpecFile, SpecFiles
from reconciler.spec.filling import Filling
from reconciler.spec.importing.draft import Draft, Remark
from reconciler.spec.importing.gaps import joined
from reconciler.spec.importing.render import APPS_FOLDER, MAPPINGS_FOLDER, Rendered, rendered
from reconciler.spec.importing.sharing import Known
from reconciler.spec.read import SpecReading, read_spec
from reconciler.spec.rules import TOO_LARGE
from reconciler.spec.splice import NotInPlace

_BY_HAND = "write by hand what the spec lacks: `reconciler explain` shows what is live"


class Written(Struct, frozen=True):
    """The files to write by name, the spec that they make with those that stay, and what they leave unmanaged."""

    files: Mapping[str, bytes]
    reading: SpecReading
    findings: tuple[Finding, ...]


@dataclass(slots=True)
class Writing:
    """An import that is written: a draft that the rules allow, into the files that are there, none for a new spec.

    `names` are the display names of principals by id; `free` gives a name of a file that is not taken; `known` are the
    mappings that the spec names already.
    """

    draft: Draft
    spec: Spec
    there: SpecFiles
    names: Mapping[str, str]
    free: Callable[[str], str]
    is_new: bool
    known: Sequence[Known] = ()
    findings: list[Finding] = field(default_factory=list)

    def written(self) -> Written:
        """The files. Raises Refused where they make no spec that validates, whatever is left out."""
        while True:
            made = rendered(self.draft, self.spec, self.names, self.known, whole=self.is_new)
            names = {name: self.free(name) for name in made.texts}
            files = {names[name]: text.encode() for name, text in made.texts.items()} | self._filled(made)
            stays = [file for file in self.there.files if file.name not in files]
            given = [SpecFile(name, content) for name, content in files.items()]
            reading = read_spec(SpecFiles((*stays, *given), (), self.there.schema))
            faults = [*reading.findings, *(judge(reading.spec) if reading.spec is not None else ())]
            if not has_errors(faults):
                self._require_same(reading)
                return Written(files, reading, tuple(self.findings))
            if not self._leave([name for name, given in names.items() if _is_faulty(given, faults)], made):
                raise Refused(
                    "what was found makes no spec that validates, so nothing was written",
                    in_order(faults),
                    sources=reading.sources,
                )

    def _filled(self, made: Rendered) -> dict[str, bytes]:
        """The files that change, since an app in them gets what it does not say yet."""
        files = {file.name: file for file in self.there.files}
        changed: dict[str, SpecFile] = {}
        known = {each.key: each for each in self.known}
        for address in sorted(self.draft.filled.keys() & self.draft.things.keys()):
            place = cast("Place", self.spec.desired.things[address].place)
            file = changed.get(place.file, files[place.file])
            try:
                changed[place.file] = Filling(self.draft.things[address], made.uses, known).into(file)
            except NotInPlace as error:
                raise Refused(f"{address} cannot be filled: {error.message}", (), hint=_BY_HAND) from error
        return {name: file.content for name, file in changed.items() if file != files[name]}

    def _require_same(self, reading: SpecReading) -> None:
        """Raise Refused where the spec would say something else than before of what it said."""
        after = reading.spec.desired.things if reading.spec else {}
        for address, said in self.draft.filled.items():
            gaps = self.draft.things[address].cells if address in self.draft.things else {}
            wanted = joined(said, gaps)
            if any(after[address].cells.get(key) != wanted[key] for key in said):
                raise Refused(f"{address} cannot be filled without saying otherwise what it says", (), hint=_BY_HAND)

    def _leave(self, faulty: Sequence[str], made: Rendered) -> bool:
        """Leave out what files cannot hold; whether there was anything to leave."""
        before = len(self.findings) + len(self.draft.apart)
        for name in faulty:
            key = name.rpartition("/")[2].removesuffix(".yaml")
            if name.startswith(APPS_FOLDER):
                self.draft.apart.add(Address(Kind.APP, key))
            for address, use in made.uses.items():
                if name.startswith(MAPPINGS_FOLDER) and use.named.key == key:
                    self._unmanage(address)
        return before < len(self.findings) + len(self.draft.apart)

    def _unmanage(self, mapping: Address) -> None:
        """Leave a mapping unmanaged that is too large for a file of its own."""
        source = mapping.part.removeprefix(MAPPING_PREFIX)
        text = f"The {source} mapping is left unmanaged: its file would be larger than 1 MiB, the most that one has"
        self.draft.drop(mapping.thing, mapping.part)
        self.draft.remark(mapping.thing, Remark(f"{text}.", mapping.part))
        self.findings.append(
            replace(
                TOO_LARGE.finding(
                    f"{mapping.thing}: {text}",
                    address=str(mapping),
                    hint="manage it at the portal, or make its expressions shorter there and import again",
                ),
                severity=Severity.WARNING,
            )
        )


def _is_faulty(name: str, findings: Iterable[Finding]) -> bool:
    """Whether a file is too large; with any other fault what was found is not as the service describes it."""
    return any(each.rule == TOO_LARGE.id and each.place and each.place.file == name for each in findings)
