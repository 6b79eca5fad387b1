"""What every format does: take policies piece by piece, hand out what is ready, end or give up."""

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol

from pipelines.policies import StoredPolicy

# Bytes of a file that are handed on at once.
CHUNK = 1 << 18


class Writer(Protocol):
    """Turns policies into the bytes of one file, of which it holds only what is not ready yet."""

    def write(self, piece: Sequence[StoredPolicy]) -> bytes:
        """Take policies; the bytes that are ready, which may be none."""
        ...

    def finish(self) -> Iterator[bytes]:
        """The rest of the file; before this has ended the file is not whole."""
        ...

    def close(self) -> None:
        """Let go of everything, whether the file is whole or not; may be called again."""
        ...


def file_pieces(writer: Writer, pieces: Iterable[Sequence[StoredPolicy]]) -> Iterator[bytes]:
    """A whole file in pieces, some of which are empty; the writer is closed at the end whatever happens."""
    try:
        for piece in pieces:
            yield writer.write(piece)
        yield from writer.finish()
    finally:
        writer.close()


class Sink(io.RawIOBase):
    """A file for a library to write to, that hands on what was written."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._gone = 0

    def writable(self) -> bool:
        """It can be written to."""
        return True

    def tell(self) -> int:
        """How many bytes were written in all."""
        return self._gone + len(self._held)

    def write(self, data: Any, /) -> int:
        """Hold bytes."""
        self._held += data
        return len(data)

    def taken(self) -> bytes:
        """The bytes that came since the last call."""
        ready = bytes(self._held)
        self._gone += len(ready)
        self._held.clear()
        return ready
