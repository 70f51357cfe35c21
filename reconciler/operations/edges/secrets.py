"""Find the text of secrets where the spec says it is: in the environment or in files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from reconciler.model.address import Kind
from reconciler.model.cells import Value
from reconciler.model.finding import Finding
from reconciler.model.place import Place
from reconciler.model.rule import Rule
from reconciler.model.secret import SecretSource, SecretText
from reconciler.model.states import DesiredState

MISSING_SECRET = Rule(
    "EPR420",
    "A secret that is due can be read",
    "An apply needs every secret that it writes before its first call: half a list of secrets takes an app down.",
)

MOST_BYTES = 65536
EMPTY = "it is empty"


def read_secrets(
    sources: Iterable[SecretSource], root: Path, environment: Mapping[str, str], desired: DesiredState
) -> tuple[Mapping[SecretSource, SecretText], tuple[Finding, ...]]:
    """The text of every source that can be read, and one finding for every one that cannot, where `desired` names it.

    Files are relative to `root` and below it, so that a spec that is merged cannot send off what else a runner may
    read; one last line end is not part of a secret. An empty text is no secret: the service takes it as none, so that
    it would end a token that works, and never show as written.
    """
    found: dict[SecretSource, SecretText] = {}
    missing: list[Finding] = []
    uses = _uses(desired)
    for source in dict.fromkeys(sources):
        read = _from_environment(source, environment) if source.env else _from_file(root, source.file)
        if isinstance(read, SecretText):
            found[source] = read
        else:
            address, place = uses.get(source, ("", None))
            message = f"the secret from {source} cannot be read: {read}"
            missing.append(MISSING_SECRET.finding(message, address=address, place=place, hint=_hint(source, read)))
    return found, tuple(missing)


def _uses(desired: DesiredState) -> Mapping[SecretSource, tuple[str, Place | None]]:
    """The first thing that names each source, and where it does."""
    uses: dict[SecretSource, tuple[str, Place | None]] = {}
    for app in desired.of(Kind.APP):
        for cell in app.cells.values():
            match cell:
                case Value(SecretSource() as source, place):
                    uses.setdefault(source, (str(app.address), place))
    return uses


def _hint(source: SecretSource, fault: str) -> str:
    if fault == EMPTY:
        return "put the secret there; where a SCIM server takes none, say `secretToken: null`"
    return "set it before the apply" if source.env else "write the file, or mend its path in the spec"


def _from_environment(source: SecretSource, environment: Mapping[str, str]) -> SecretText | str:
    value = environment.get(source.env)
    return "the variable is not set" if value is None else _secret(value)


def _from_file(root: Path, name: str) -> SecretText | str:
    try:
        path = (root / name).resolve(strict=True)
        if not path.is_relative_to(root.resolve()):
            return "it is outside of the spec's directory"
        if not path.is_file():
            return "it is no ordinary file"
        content = path.read_bytes() if path.stat().st_size <= MOST_BYTES else bytes(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            return f"the file is larger than {MOST_BYTES} bytes"
        text = content.decode("utf-8-sig")
    except OSError as error:
        return (error.strerror or "it cannot be opened").lower()
    except UnicodeDecodeError:
        return "it is not UTF-8 text"
    return _secret(text.removesuffix("\n").removesuffix("\r"))


def _secret(text: str) -> SecretText | str:
    if not text.strip():
        return EMPTY
    return SecretText(text) if text.isprintable() else "it holds line breaks or characters that do not show"
