"""Put the files of a spec into their canonical form, or tell which of them are not in it."""

from __future__ import annotations

from pathlib import Path

from reconciler.errors import Refused
from reconciler.model.finding import Finding, has_errors, in_order
from reconciler.operations.edges.spec_files import read_files
from reconciler.operations.edges.spec_writing import write_files
from reconciler.spec.format import formatted
from reconciler.spec.read import SourceLines


def format_spec(root: Path, *, check: bool) -> tuple[str, ...]:
    """The names of the files below `root` that differ from their canonical form; unless `check`, they are rewritten.

    Raises UsageError where there is no spec, and Refused where a file cannot be read: then nothing is written.
    """
    files = read_files(root)
    findings: list[Finding] = list(files.findings)
    changed: dict[str, bytes] = {}
    for file in files.files:
        form = formatted(file.name, file.content)
        if isinstance(form, tuple):
            findings.extend(form)
        elif form != file.content:
            changed[file.name] = form
    if has_errors(findings):
        raise Refused("nothing was formatted", in_order(findings), sources=SourceLines(files.files))
    if not check:
        write_files(root, changed)
    return tuple(changed)
