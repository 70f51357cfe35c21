"""The one way in which a query is refused, and the limits that every part of the parser keeps."""

MAX_DEPTH = 24
"""How deep parentheses, `not` and nested `$expand` may stand in each other: beyond it no script has any use for it."""

MAX_TEXT = 8_000
"""Characters of one option; the service's front refuses longer addresses anyway."""


class QueryError(Exception):
    """A query that the service cannot answer as asked; always answered 400, never with everything."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
