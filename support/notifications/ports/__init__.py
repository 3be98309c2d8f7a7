"""Ways out of the house. An adapter takes a message, and returns the provider's reference or raises one of these."""


class Later(Exception):
    """The provider did not take it now (down, busy, our own settings wrong): keep the row and try again.

    `after` is the number of seconds the provider asked to wait, if it did.
    """

    def __init__(self, message: str, *, after: int | None = None):
        self.after = after
        super().__init__(message)


class Refused(Exception):
    """The provider, or we, will never take this message: trying again is useless."""


class Gone(Refused):
    """The device or subscription does not exist any more."""


def retry_after(value: str | None) -> int | None:
    """Seconds of a Retry-After header, at most a day; a date or rubbish counts as not given."""
    return min(int(value), 86400) if value and value.strip().isdecimal() else None
