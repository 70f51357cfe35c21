"""Values as YAML: what is written is canonical, is read as what was meant, and fits a screen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reconciler.spec.decode import UNSEEN
from reconciler.spec.format import formatted
from reconciler.spec.importing.text import Node, Remarked, Row, document
from reconciler.spec.parse import parse


def plain(node: Node) -> object:
    match node:
        case Remarked(inner):
            return plain(inner)
        case Row(members):
            return plain(members)
        case dict():
            return {key: plain(value) for key, value in node.items()}
        case list():
            return [plain(item) for item in node]
    return node


def test_short_tables_stand_in_brackets_and_long_ones_in_blocks() -> None:
    text = document(
        {
            "a": Row({"b": 1, "c": ["x", "z"], "d": Row({"e": None})}),
            "f": Row({"long": "x" * 70, "longer": "y" * 70}),
            "g": {},
            "h": [],
            "i": [Row({"j": True}), {"k": {"l": "m"}}, "o"],
            "o": "z" * 150,
            "p": ["q" * 60, "r" * 60],
        }
    )
    assert text == (
        "a: {b: 1, c: [x, z], d: {e: null}}\n"
        f"\nf:\n  long: {'x' * 70}\n  longer: {'y' * 70}\n"
        "\ng: {}\n\nh: []\n"
        "\ni:\n  - {j: true}\n  - k:\n      l: m\n  - o\n"
        f"\no: {'z' * 150}\n"
        f"\np:\n  - {'q' * 60}\n  - {'r' * 60}\n"
    )


def test_remarks_stand_above_and_beside_and_at_the_end() -> None:
    node = Remarked({"b": Remarked(1, beside="two\u202e\nlines ")}, ("why " * 40,))
    text = document({"a": node}, ["Left out:", f"- {'because ' * 20}"])
    assert text.splitlines()[0] == f"# {('why ' * 27).strip()}"
    assert "  b: 1  # two\\u202e\\u000alines\n" in text
    assert "\n# Left out:\n# - because" in text
    assert "\n#   because" in text
    assert formatted("a.yaml", text.encode()) == text.encode()


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.text(max_size=8).filter(
        lambda text: (
            not any(letter in text for letter in "\x85\u2028\u2029")
            and text.isprintable()
            and not set(text) & set(UNSEEN)
        )
    )
    | st.sampled_from(["yes", "1:2", "# no", "a: b", "two\nlines", "[", ""])
)
KEYS = st.sampled_from(["a", "b c", "yes", "1", "d: e", 'f["g"]', "-h"])
NODES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(KEYS, inner, min_size=1, max_size=3)
        | st.dictionaries(KEYS, SCALARS, min_size=1, max_size=3).map(Row)
    ),
    max_leaves=8,
)


REMARKED = st.builds(Remarked, NODES, st.sampled_from([(), ("why",), ("why", "# and")]), st.sampled_from(["", "so"]))


@given(st.dictionaries(KEYS, NODES | REMARKED | st.dictionaries(KEYS, REMARKED, min_size=1, max_size=2), min_size=1))
def test_what_is_written_is_canonical_and_means_what_was_meant(sections: dict[str, Node]) -> None:
    content = document(sections).encode()
    read = parse("a.yaml", content)
    assert read.findings == ()
    assert read.root == plain(sections)
    assert formatted("a.yaml", content) == content
