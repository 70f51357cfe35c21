"""Markdown as a reader of CommonMark with tables sees it: its text, and its structure without the text."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from markdown_it import MarkdownIt
from markdown_it.token import Token

PARSER = MarkdownIt("commonmark", {"html": True}).enable("table")
TEXT = {"text", "code_inline", "softbreak"}


def tokens(markdown: str) -> list[Token]:
    return PARSER.parse(markdown)


def inline(markdown: str) -> list[Token]:
    """The tokens within lines."""
    return [child for token in tokens(markdown) for child in token.children or ()]


def text(markdown: str) -> str:
    """What a reader sees of lines, code included."""
    return "".join("\n" if token.type == "softbreak" else token.content for token in inline(markdown))


def loose(markdown: str) -> list[str]:
    """The texts outside of code, in which a forge looks for mentions, links and markup of its own."""
    return [token.content for token in inline(markdown) if token.type not in {"code_inline", "softbreak"}]


def structure(markdown: str) -> list[str]:
    """The kinds of all tokens in order, and what stands in HTML; text and code in a row count as one."""

    def kinds() -> Iterator[str]:
        for token in tokens(markdown):
            if token.type == "inline":
                children = ("text" if child.type in TEXT else child.type for child in token.children or ())
                yield from (kind for kind, _ in groupby(children))
            else:
                yield f"{token.type} {token.content if token.type == 'html_block' else token.info}"

    return list(kinds())
