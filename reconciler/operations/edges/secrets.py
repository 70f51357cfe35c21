"""Find the text of secrets where the spec says it is: in the environment or in files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from reconciler.model.finding import Finding
from reconciler.model.rule import Rule
from reconciler.model.secret import SecretSource, SecretText

MISSING_SECRET = Rule(
    "EPR420",
    "A secret that is due can be read",
    "An apply needs every secret that it writes before its first call: half a list of secrets takes an app down.",
)

MOST_BYTES = 65536


def read_secrets(
    sources: Iterable[SecretSource], root: Path, environment: Mapping[str, str]
) -> tuple[Mapping[SecretSource, SecretText], tuple[Finding, ...]]:
    """The text of every source that can be read, and one finding for every one that cannot.

    Files are relative to `root`; one last line end is not part of a secret.
    """
    found: dict[SecretSource, SecretText] = {}
    missing: list[Finding] = []
    for source in dict.fromkeys(sources):
        read = _from_environment(source, environment) if source.env else _from_file(root / source.file)
        if isinstance(read, SecretText):
            found[source] = read
        else:
            hint = "set it before the apply" if source.env else "write the file, or mend its path in the spec"
            missing.append(MISSING_SECRET.finding(f"the secret from {source} cannot be read: {read}", hint=hint))
    return found, tuple(missing)


def _from_environment(source: SecretSource, environment: Mapping[str, str]) -> SecretText | str:
    value = environment.get(source.env)
    return "the variable is not set" if value is None else SecretText(value)


def _from_file(path: Path) -> SecretText | str:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            return f"the file is larger than {MOST_BYTES} bytes"
        text = content.decode("utf-8-sig")
    except OSError as error:
        return (error.strerror or "it cannot be opened").lower()
    except UnicodeDecodeError:
        return "it is not UTF-8 text"
    return SecretText(text.removesuffix("\n").removesuffix("\r"))
