"""Read the files of a spec from a directory: what is named .yaml, no links, nothing large, nothing special."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path

from reconciler.errors import UsageError
from reconciler.model.finding import Finding
from reconciler.operations.edges.schemas import schema_text
from reconciler.spec import rules
from reconciler.spec.decode import LARGEST_FILE
from reconciler.spec.files import LARGEST_SPEC, MOST_FILES, ROOT_FILE, SpecFile, SpecFiles
from reconciler.spec.ignore import globs_of, is_ignored
from reconciler.spec.parse import parse
from reconciler.spec.tree import first_line

_REPARSE_POINT = 0x400
"""The Windows attribute of links and junctions, which `stat` shows only there."""

_OPENING = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_files(root: Path) -> SpecFiles:
    """Every file of the spec in `root`. Raises UsageError where `root` is not the directory of a spec."""
    _refuse_other_directories(root)
    reading = _Reading(root)
    reading.take(ROOT_FILE)
    parsed = parse(ROOT_FILE, reading.files[0].content) if reading.files else None
    globs = globs_of(parsed) if parsed is not None else ()
    for name in reading.names(globs):
        if reading.is_full:
            break
        reading.take(name)
    return SpecFiles(tuple(reading.files), tuple(reading.findings), schema_text("spec"), parsed)


def _refuse_other_directories(root: Path) -> None:
    try:
        mode = root.stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):
        hint = f"give the directory that holds {ROOT_FILE}"
        raise UsageError(f"there is no directory {root}", hint=hint) from None
    except OSError as error:
        raise UsageError(f"{root} cannot be read: {error.strerror}", hint="check who may read it") from None
    if not stat.S_ISDIR(mode):
        raise UsageError(f"{root} is no directory", hint=f"give its directory: {root.parent}")
    if not os.path.lexists(root / ROOT_FILE):
        _refuse_without_root_file(root)


def _refuse_without_root_file(root: Path) -> None:
    above = spec_around(root)
    if above is not None:
        raise UsageError(f"{root} is a part of the spec in {above}", hint=f"give the whole: {above}")
    raise UsageError(f"{root} holds no {ROOT_FILE}", hint=f"give the directory that holds {ROOT_FILE}")


def spec_around(root: Path) -> Path | None:
    """The directory of the spec that a directory holds or is a part of; None where there is none."""
    whole = root.resolve()
    return next((folder for folder in (whole, *whole.parents) if os.path.lexists(folder / ROOT_FILE)), None)


@dataclass(slots=True)
class _Reading:
    """What was read so far."""

    root: Path
    files: list[SpecFile] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    size: int = 0

    @property
    def is_full(self) -> bool:
        """Whether the spec is larger than any spec is, which is noted once."""
        if len(self.files) >= MOST_FILES:
            text = f"the directory holds more than {MOST_FILES:,} files"
            hint = "give the directory of the spec alone, or list what does not belong to it in `ignore`"
            self.findings.append(rules.TOO_MANY_FILES.finding(text, place=first_line(ROOT_FILE), hint=hint))
            return True
        if self.size > LARGEST_SPEC:
            text = f"the files of the spec are larger than {LARGEST_SPEC >> 20} MiB together"
            hint = "list what does not belong to the spec in `ignore`"
            self.findings.append(rules.TOO_LARGE.finding(text, place=first_line(ROOT_FILE), hint=hint))
            return True
        return False

    def names(self, globs: Sequence[str]) -> Iterator[str]:
        """The names of the spec's files but the root file: sorted, the files of a folder before its folders."""
        waiting = [""]
        while waiting:
            folders: list[str] = []
            for name, entry in self._entries(waiting.pop(), globs):
                if _is_folder(entry):
                    folders.append(f"{name}/")
                elif name.lower().endswith(".yaml"):
                    yield name
                elif name.lower().endswith(".yml"):
                    self._refuse_yml(name)
            waiting.extend(reversed([inner for inner in folders if not self._refuses_spec(inner)]))

    def take(self, name: str) -> None:
        """Read one file, or note why it is not read."""
        path = self.root / name
        try:
            status = path.lstat()
            if not stat.S_ISREG(status.st_mode) or _is_reparse_point(status):
                self._refuse_special(name, status)
                return
            content = _content(path)
        except OSError as error:
            text = f"{name} cannot be read: {error.strerror or error}"
            hint = "check who may read it, and that nothing else is writing it"
            self.findings.append(rules.UNREADABLE_FILE.finding(text, place=first_line(name), hint=hint))
            return
        self.size += len(content)
        self.files.append(SpecFile(name, content))

    def _entries(self, folder: str, globs: Sequence[str]) -> list[tuple[str, os.DirEntry[str]]]:
        """What a folder holds and is not ignored, by name."""
        try:
            with os.scandir(self.root / folder) as entries:
                named = sorted(((f"{folder}{entry.name}", entry) for entry in entries), key=itemgetter(0))
        except OSError as error:
            text = f"the directory {folder} cannot be read: {error.strerror or error}"
            place = first_line(folder or ROOT_FILE)
            self.findings.append(rules.UNREADABLE_FILE.finding(text, place=place, hint="check who may read it"))
            return []
        kept = [(name, entry) for name, entry in named if name != ROOT_FILE and not is_ignored(name, globs)]
        return [(name, entry) for name, entry in kept if not self._refuses_name(name)]

    def _refuses_name(self, name: str) -> bool:
        """Whether a name is no text, so that no place could be shown, which is noted."""
        shown = os.fsencode(name).decode("utf-8", "replace")
        if shown == name:
            return False
        text = f"the name of {shown} is no UTF-8"
        self.findings.append(rules.UNREADABLE_FILE.finding(text, place=first_line(shown), hint="rename it"))
        return True

    def _refuses_spec(self, folder: str) -> bool:
        """Whether a folder is not entered because it holds another spec, which is noted."""
        if not os.path.lexists(self.root / folder / ROOT_FILE):
            return False
        text = f"{folder} holds a spec of its own"
        hint = f"list `{folder}**` in `ignore`, or move it out"
        self.findings.append(rules.NESTED_SPEC.finding(text, place=first_line(f"{folder}{ROOT_FILE}"), hint=hint))
        return True

    def _refuse_yml(self, name: str) -> None:
        text = f"{name} ends in .yml, so it is not read"
        suggestion = f"{name[:-4]}.yaml"
        hint = "rename it, or list it in `ignore`"
        self.findings.append(
            rules.YML_FILE.finding(text, place=first_line(name), hint=hint, found=name, suggestion=suggestion)
        )

    def _refuse_special(self, name: str, status: os.stat_result) -> None:
        kind = "a link" if stat.S_ISLNK(status.st_mode) or _is_reparse_point(status) else "no plain file"
        hint = "put the file itself there, or list the name in `ignore`"
        text = f"{name} is {kind}, so it is not opened"
        self.findings.append(rules.NO_PLAIN_FILE.finding(text, place=first_line(name), found=kind, hint=hint))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    """Whether a directory may be entered: a linked one may lead anywhere."""
    try:
        return entry.is_dir(follow_symlinks=False) and not _is_reparse_point(entry.stat(follow_symlinks=False))
    except OSError:  # Taken away just now, or too deep: to enter it tells which.
        return True


def _is_reparse_point(status: os.stat_result) -> bool:
    return bool(getattr(status, "st_file_attributes", 0) & _REPARSE_POINT)


def _content(path: Path) -> bytes:
    """The beginning of a file, one byte more than it may have. Raises OSError, also for a link put there just now."""
    descriptor = os.open(path, _OPENING)
    try:
        content = chunk = os.read(descriptor, LARGEST_FILE + 1)
        while chunk and len(content) <= LARGEST_FILE:
            chunk = os.read(descriptor, LARGEST_FILE + 1 - len(content))
            content += chunk
    finally:
        os.close(descriptor)
    return content
