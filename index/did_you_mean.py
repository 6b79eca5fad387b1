"""Other queries that someone may have meant whose query finds nothing or nearly nothing."""

from index.engine import Reader
from index.parse import Parsed


def did_you_mean(parsed: Parsed, reader: Reader, most: int = 3) -> tuple[str, ...]:
    """Whole query texts to offer, each proved to find something, best first; () where none is known."""
    return ()
