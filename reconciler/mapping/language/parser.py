"""Reads an expression: text becomes a tree in one pass, with no recursion, so that no text can exhaust the stack."""

from __future__ import annotations

from dataclasses import dataclass, field

from reconciler.mapping.language.tokens import Sort, SyntaxFault, Token, token_at, unescaped
from reconciler.mapping.language.tree import Attribute, Bare, Call, Comparison, Empty, Expression, Node, Number, Text

LONGEST = 10_000
"""Characters of an expression that the service takes.

Source: https://learn.microsoft.com/entra/identity/app-provisioning/known-issues
"""

DEEPEST = 200
"""How deep calls may stand within each other."""


def parse(text: str) -> Expression:
    """The tree of an expression. Raises SyntaxFault with the first place where the text is none."""
    if len(text) > LONGEST:
        raise SyntaxFault(LONGEST, f"the expression has {len(text):,} characters", f"at most {LONGEST:,}")
    return Expression(text, _Reading(text).root())


def fault_in(text: str) -> SyntaxFault | None:
    """The first place where a text is no expression; None where it is one."""
    try:
        parse(text)
    except SyntaxFault as fault:
        return fault
    return None


def function_called(text: str) -> str | None:
    """The name of the outermost function of an expression; None where it is no call, or no expression."""
    try:
        root = parse(text).root
    except SyntaxFault:
        return None
    return root.name if isinstance(root, Call) else None


@dataclass(slots=True)
class _Level:
    """A call that was opened, or with no name the whole: what stood in its slots, and a comparison half read."""

    name: str = ""
    start: int = 0
    opening: int = 0
    arguments: list[Node] = field(default_factory=list)
    left: Node | None = None
    operator: Token | None = None

    def side(self, node: Node) -> Node:
        """The node, or where it is the right side of a comparison, the whole of that."""
        if self.left is None or self.operator is None:
            return node
        whole = Comparison(self.left, self.operator.text, node, self.left.start, node.end)
        self.left = self.operator = None
        return whole


@dataclass(slots=True)
class _Reading:
    text: str
    levels: list[_Level] = field(default_factory=lambda: [_Level()])
    at: int = 0

    def root(self) -> Node:
        """Read all of the text."""
        while True:
            node = self._operand()
            if node is None:
                continue
            whole = self._ended(node)
            if whole is not None:
                return whole

    def _operand(self) -> Node | None:
        """The next operand; None where a call was opened, whose first slot comes next."""
        token = token_at(self.text, self.at)
        match token.sort:
            case Sort.WORD:
                return self._word(token)
            case Sort.TEXT:
                node: Node = Text(unescaped(token.text), token.start, token.end)
            case Sort.NUMBER:
                node = Number(token.text, token.start, token.end)
            case Sort.ATTRIBUTE:
                node = self._attribute(token)
            case _:
                return self._nothing(token)
        self.at = token.end
        return node

    def _word(self, token: Token) -> Node | None:
        self.at = token.end
        following = token_at(self.text, self.at) if not token.text.startswith("%") else token
        if following.sort is not Sort.OPENING:
            return Bare(token.text, token.start, token.end)
        if len(self.levels) > DEEPEST:
            raise SyntaxFault(token.start, f"calls stand within each other more than {DEEPEST} deep")
        self.levels.append(_Level(token.text, token.start, following.start))
        self.at = following.end
        closing = token_at(self.text, self.at)
        if closing.sort is not Sort.CLOSING:
            return None
        self.levels.pop()
        self.at = closing.end
        return Call(token.text, (), token.start, closing.end)

    def _attribute(self, token: Token) -> Node:
        name = token.text[1:-1].strip()
        if not name:
            raise SyntaxFault(token.start, "the brackets name no attribute", "a name", "as in `[displayName]`")
        return Attribute(name, token.start, token.end)

    def _nothing(self, token: Token) -> Node:
        """An empty slot, where nothing may stand."""
        level = self.levels[-1]
        if level.operator is not None:
            raise SyntaxFault(token.start, f"nothing stands behind `{level.operator.text}`", _OPERAND)
        if token.sort is Sort.OPERATOR:
            raise SyntaxFault(token.start, f"nothing stands before `{token.text}`", _OPERAND)
        if token.sort is Sort.END:
            raise self._unclosed(token) if level.name else SyntaxFault(token.start, "the expression is empty", _OPERAND)
        if token.sort is Sort.OPENING:
            raise SyntaxFault(token.start, "a parenthesis opens here with no function before it", "a function's name")
        if not level.name:
            raise self._outside(token)
        return Empty(token.start, token.start)

    def _ended(self, node: Node) -> Node | None:
        """Go on behind an operand: the whole expression where the text ends, else None."""
        while True:
            token = token_at(self.text, self.at)
            level = self.levels[-1]
            match token.sort:
                case Sort.OPERATOR:
                    self._compare(level, node, token)
                    return None
                case Sort.COMMA if level.name:
                    level.arguments.append(level.side(node))
                    self.at = token.end
                    return None
                case Sort.CLOSING if level.name:
                    node = self._closed(level, node, token)
                case Sort.END if not level.name:
                    return level.side(node)
                case _:
                    raise self._unexpected(token, level)

    def _compare(self, level: _Level, node: Node, token: Token) -> None:
        if level.operator is not None:
            raise SyntaxFault(
                token.start,
                "a comparison has two sides",
                "a comma or `)`",
                "nest one `IIF` in another for two conditions",
            )
        level.left, level.operator, self.at = node, token, token.end

    def _closed(self, level: _Level, node: Node, token: Token) -> Node:
        level.arguments.append(level.side(node))
        self.levels.pop()
        self.at = token.end
        return Call(level.name, tuple(level.arguments), level.start, token.end)

    def _unexpected(self, token: Token, level: _Level) -> SyntaxFault:
        if token.sort is Sort.END:
            return self._unclosed(token)
        if not level.name:
            return self._outside(token)
        return SyntaxFault(
            token.start,
            f"`{_shown(token)}` stands where an argument of {level.name} has ended",
            "a comma or `)`",
            'a comma parts arguments; a quote within a text is written `\\"`',
        )

    def _outside(self, token: Token) -> SyntaxFault:
        if token.sort is Sort.CLOSING:
            return SyntaxFault(token.start, "a parenthesis closes here that was never opened", "the end")
        if token.sort is Sort.COMMA:
            return SyntaxFault(
                token.start, "a comma stands outside of every function", "the end", "join texts with `Join`"
            )
        return SyntaxFault(
            token.start,
            f"`{_shown(token)}` stands behind the end of the expression",
            "the end",
            "join texts with `Join`",
        )

    def _unclosed(self, token: Token) -> SyntaxFault:
        """A call that was never closed is told where it was opened: the end of the text says nothing."""
        level = self.levels[-1]
        return SyntaxFault(
            level.opening,
            f"the parenthesis of {level.name} opens here and is never closed",
            f"`)`, at the latest in column {token.start + 1}",
            f"close {level.name} with `)`",
        )


_OPERAND = "an attribute, a text, a number or a function"


def _shown(token: Token) -> str:
    return token.text if len(token.text) <= 20 else f"{token.text[:19]}…"
