"""JSON Lines: the whole record of a policy a line, as the API gives it."""

from collections.abc import Iterator, Sequence

import msgspec

from pipelines.policies import StoredPolicy
from portal.exports.rows import encodable, without_text
from portal.records import whole


class JsonlWriter:
    """One record a line; without `text` their texts are empty and all other fields stay."""

    def __init__(self, text: bool = True) -> None:
        self._text = text
        self._encoder = msgspec.json.Encoder()

    def write(self, piece: Sequence[StoredPolicy]) -> bytes:
        """The lines of these policies."""
        return b"".join(map(self._line, piece))

    def finish(self) -> Iterator[bytes]:
        """Nothing is left."""
        yield from ()

    def close(self) -> None:
        """Nothing is open."""

    def _line(self, stored: StoredPolicy) -> bytes:
        record = whole(stored if self._text else without_text(stored))
        try:
            return self._encoder.encode(record) + b"\n"
        except UnicodeEncodeError:
            return self._encoder.encode(encodable(msgspec.to_builtins(record))) + b"\n"
