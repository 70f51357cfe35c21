"""What the tests of the spec share: the schema, and a spec of a few files that is read in memory."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reconciler.spec.files import SpecFile, SpecFiles
from reconciler.spec.read import SpecReading, read_spec
from reconciler.spec.schema import SpecSchema, ready

SCHEMA = (Path(__file__).parents[2] / "schemas" / "spec.schema.json").read_text(encoding="utf-8")
BASE = """\
version: 1
tenant: {name: contoso, id: 7f3c1f0a-5b7e-4c55-9a53-0d5f2f7c6a11}
"""

Read = Callable[..., SpecReading]


@pytest.fixture(scope="session")
def schema() -> SpecSchema:
    return ready(SCHEMA)


@pytest.fixture
def read_files_of() -> Callable[[dict[str, str]], SpecReading]:
    """Read a spec of these texts by file name."""

    def read_texts(texts: dict[str, str]) -> SpecReading:
        files = tuple(SpecFile(name, text.encode()) for name, text in texts.items())
        return read_spec(SpecFiles(files, (), SCHEMA))

    return read_texts


@pytest.fixture
def read(read_files_of: Callable[[dict[str, str]], SpecReading]) -> Read:
    """Read a spec whose root file holds the text behind what every spec needs, and more files by name."""

    def read_texts(root: str, **others: str) -> SpecReading:
        more = {f"{name}.yaml": text for name, text in sorted(others.items())}
        return read_files_of({"reconciler.yaml": f"{BASE}{root}"} | more)

    return read_texts
