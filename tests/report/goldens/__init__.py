"""The goldens of the renderers; `pytest tests/report --regenerate` writes them anew, and you read the difference."""

from pathlib import Path

HERE = Path(__file__).parent


def matches(name: str, text: str, regenerate: bool) -> None:
    """Compare a text with a golden, or write it."""
    if regenerate:
        (HERE / name).write_text(text, encoding="utf-8")
    assert text == (HERE / name).read_text(encoding="utf-8")
