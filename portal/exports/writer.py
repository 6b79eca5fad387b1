"""What every format does: take policies piece by piece, hand out what is ready, end or give up."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

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
