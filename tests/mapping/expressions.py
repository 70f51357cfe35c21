"""Expressions that hypothesis draws: well formed ones of every shape, and texts of the letters that matter."""

from __future__ import annotations

from hypothesis import strategies as st

BLANKS = st.sampled_from(["", "", "", " ", "  ", "\n", "\t"])
NAMES = st.sampled_from(["a", "mail", "extensionAttribute1", "urn:x:User:a-b", 'emails[type eq "work"].value'])
LETTERS = st.text(st.sampled_from("abÄß ()[],=<>%-.0"), max_size=6)


def leaves() -> st.SearchStrategy[str]:
    """Attributes, texts, numbers and words."""
    return st.one_of(
        NAMES.map(lambda name: f"[{name}]"),
        LETTERS.map(lambda text: f'"{text}"'),
        st.sampled_from([r'"a\"b"', r'"\\"', '""', "0", "-1", "12.5", "&HFF", "%DomainFQDN%", "IgnoreAttributeFlow"]),
    )


def expressions() -> st.SearchStrategy[str]:
    """Well formed expressions, with blanks wherever they may stand."""
    return st.recursive(leaves(), _calls, max_leaves=12).flatmap(
        lambda text: st.tuples(BLANKS, BLANKS).map(lambda around: f"{around[0]}{text}{around[1]}")
    )


def _calls(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    slot = st.one_of(st.just(""), inner, _comparisons(inner))
    spaced = st.tuples(BLANKS, slot, BLANKS).map("".join)
    names = st.sampled_from(["Join", "IIF", "Switch", "Trim", "Replace", "Unknown"])
    return st.tuples(names, BLANKS, st.lists(spaced, max_size=5)).map(
        lambda call: f"{call[0]}{call[1]}({','.join(call[2])})"
    )


def _comparisons(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = st.sampled_from(["=", "<>", "<", "<=", ">", ">="])
    return st.tuples(inner, BLANKS, operators, BLANKS, inner).map("".join)


def texts() -> st.SearchStrategy[str]:
    """Texts of the letters that mean something, well formed or not."""
    return st.one_of(st.text(st.sampled_from('ab1-%&H[]()",=<> \\\n“'), max_size=40), st.text(max_size=40))
