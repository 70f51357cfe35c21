"""The one way in which a document is refused."""


class DocumentFault(Exception):
    """A document that the service does not take; the message is the service's, answered with 400."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
