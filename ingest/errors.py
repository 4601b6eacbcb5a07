"""What can go wrong on the way from an official source to the index."""


class SourceError(ValueError):
    """An official document can't be read or isn't the one that was asked for; the message says what to do."""


class SourceUnavailable(SourceError):
    """An official document could be had from none of the places that were tried."""
