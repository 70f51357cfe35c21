"""Parse the text of `$filter` into a tree.

    or-chain   = and-chain { "or" and-chain }
    and-chain  = term { "and" term }
    term       = "not" term | "(" or-chain ")" | startswith(path, string) | path operator literal

Whatever else OData knows (`in`, lambdas, arithmetic, other functions, a literal on the left) is refused: a filter that
is not understood must never answer with everything.
"""

from collections.abc import Callable

from reconciler.emulator.odata.fault import MAX_DEPTH, QueryError
from reconciler.emulator.odata.filter_tree import (
    And,
    Compare,
    Filter,
    Guid,
    Literal,
    Moment,
    Not,
    Operator,
    Or,
    Path,
    StartsWith,
)
from reconciler.emulator.odata.lexer import Kind, Token, tokens

_OPERATORS = {operator.value: operator for operator in Operator}
_RESERVED = frozenset({"and", "or", "not", "null", "true", "false", *_OPERATORS})
_NAMED_LITERALS: dict[str, Literal] = {"null": None, "true": True, "false": False}


def parse_filter(text: str) -> Filter:
    """Return the tree of a filter.

    Raises QueryError for anything that is not a whole filter of the grammar above, or nests deeper than MAX_DEPTH.
    """
    parser = _Parser(tokens(text))
    tree = parser.alternatives(0)
    parser.take(Kind.END)
    return tree


class _Parser:
    """A cursor over tokens; one method for each line of the grammar."""

    def __init__(self, found: tuple[Token, ...]) -> None:
        self._tokens = found
        self._next = 0

    def alternatives(self, depth: int) -> Filter:
        return self._chain("or", Or, lambda: self._chain("and", And, lambda: self._term(depth)))

    def take(self, kind: Kind) -> Token:
        token = self._tokens[self._next]
        if token.kind is not kind:
            raise _refusal(token)
        self._next += 1
        return token

    def _chain(self, word: str, build: Callable[[tuple[Filter, ...]], Filter], part: Callable[[], Filter]) -> Filter:
        terms = [part()]
        while self._accept(word):
            terms.append(part())
        return terms[0] if len(terms) == 1 else build(tuple(terms))

    def _accept(self, word: str) -> bool:
        token = self._tokens[self._next]
        if token.kind is Kind.NAME and token.text == word:
            self._next += 1
            return True
        return False

    def _term(self, depth: int) -> Filter:
        if depth > MAX_DEPTH:
            raise QueryError(f"Invalid filter clause: nested deeper than {MAX_DEPTH} levels.")
        if self._accept("not"):
            return Not(self._term(depth + 1))
        if self._tokens[self._next].kind is Kind.OPEN:
            self._next += 1
            inner = self.alternatives(depth + 1)
            self.take(Kind.CLOSE)
            return inner
        name = self.take(Kind.NAME)
        if self._tokens[self._next].kind is Kind.OPEN:
            return self._call(name)
        return self._comparison(name)

    def _call(self, name: Token) -> Filter:
        if name.text != "startswith":
            raise QueryError(f"Invalid filter clause: the function '{name.text}' is not supported.")
        self.take(Kind.OPEN)
        path = _path(self.take(Kind.NAME))
        self.take(Kind.COMMA)
        prefix = _unquote(self.take(Kind.STRING).text)
        self.take(Kind.CLOSE)
        return StartsWith(path, prefix)

    def _comparison(self, name: Token) -> Filter:
        path = _path(name)
        word = self.take(Kind.NAME)
        if word.text not in _OPERATORS:
            raise _refusal(word)
        return Compare(path, _OPERATORS[word.text], self._literal())

    def _literal(self) -> Literal:
        token = self._tokens[self._next]
        self._next += 1
        match token.kind:
            case Kind.STRING:
                return _unquote(token.text)
            case Kind.GUID:
                return Guid(token.text)
            case Kind.MOMENT:
                return Moment(token.text)
            case Kind.NUMBER:
                return int(token.text) if token.text.lstrip("-").isdigit() else float(token.text)
            case Kind.NAME if token.text in _NAMED_LITERALS:
                return _NAMED_LITERALS[token.text]
            case _:
                raise _refusal(token)


def _path(token: Token) -> Path:
    parts = tuple(token.text.split("/"))
    if parts[0] in _RESERVED:
        raise _refusal(token)
    return parts


def _unquote(text: str) -> str:
    return text[1:-1].replace("''", "'")


def _refusal(token: Token) -> QueryError:
    found = "the end" if token.kind is Kind.END else f"'{token.text[:64]}'"
    return QueryError(f"Invalid filter clause: syntax error at position {token.position}, at {found}.")
