"""Links in answers: followed only where they stay below the endpoint, so that no token leaves its cloud."""

from __future__ import annotations

from urllib.parse import SplitResult, unquote, urlsplit

from reconciler.errors import ReconcilerError

_PORTS = {"https": 443, "http": 80}


class ForeignLink(ReconcilerError):
    """Raised when a link in an answer leaves the endpoint that gave the answer."""

    def __init__(self, kind: str, link: str) -> None:
        super().__init__(f"the {kind} of an answer leaves the endpoint: {origin_of(link)}")


def below(base: str, link: str, *, kind: str = "nextLink") -> str:
    """The path of a link below the endpoint's version root, with its query. Raises ForeignLink."""
    root, target = _split(base), _split(link)
    same = root is not None and target is not None and _origin(root) == _origin(target)
    if root is None or target is None or not same or not target.path.startswith(root.path.rstrip("/") + "/"):
        raise ForeignLink(kind, link)
    path = target.path[len(root.path.rstrip("/")) :]
    return f"{path}?{target.query}" if target.query else path


def same_origin(base: str, link: str) -> bool:
    """Whether two absolute URLs have one scheme, host and port."""
    root, target = _split(base), _split(link)
    return root is not None and target is not None and _origin(root) == _origin(target)


def referenced_id(base: str, link: str) -> str:
    """The id of the object that an `@odata.id` names: its last segment. Raises ForeignLink."""
    last = below(base, link, kind="@odata.id").partition("?")[0].rstrip("/").rpartition("/")[2]
    return unquote(last)


def origin_of(link: str) -> str:
    """Scheme, host and port of a link as a person reads them; cut short, since a link may come from anywhere."""
    split = _split(link)
    if split is None or not split.hostname:
        return "no address"
    return f"{split.scheme}://{split.hostname}{f':{split.port}' if split.port else ''}"[:120]


def _split(link: str) -> SplitResult | None:
    try:
        split = urlsplit(link)
        _ = split.port
    except ValueError:
        return None
    return split


def _origin(split: SplitResult) -> tuple[str, str, int | None]:
    return split.scheme, split.hostname or "", split.port or _PORTS.get(split.scheme)
