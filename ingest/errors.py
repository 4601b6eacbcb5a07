"""What can go wrong on the way from an official source to the index."""


class SourceError(ValueError):
    """An official document can't be read or isn't the one that was asked for; the message says what to do."""


class SourceUnavailable(SourceError):
    """An official document could be had from none of the places that were tried."""


class EmbedderError(RuntimeError):
    """The embedding model can't be used; the message says what to do."""


class IndexMissing(RuntimeError):
    """There is no index yet, or it can't be read; the message says how to build it."""
