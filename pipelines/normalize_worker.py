"""The child process of the normalise stage: a page of the archive in, its policy out.

Run as `python -m pipelines.normalize_worker`; it speaks the frames of `pipelines.worker_pool`.
"""

import os
import resource
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from normalizers.attachments.as_attachment import read_attachment
from normalizers.attachments.contained import ContainedReader
from normalizers.attachments.reading import sniff_kind
from normalizers.corrections import apply_corrections
from normalizers.failures import Failure
from normalizers.normalize import NormalizeError, PageInput, normalize_policy
from normalizers.policy import Attachment
from pipelines.archive import ArchiveDamaged, ArchiveReader
from pipelines.items import ArchiveRef
from pipelines.own_tables import OwnTables
from pipelines.work import Normalised, ReadAttachment, WorkAttachment, WorkItem, normalised
from pipelines.worker_pool import read_frame, write_frame

# Kinds of `sniff_kind` that are pages; everything else that a list row points at is a file.
PAGE_KINDS = frozenset({"html", "text", "mhtml", "unknown", "empty"})
# Perhaps no property of the file but of the hour: it is read again when the page is, a few times.
PASSING = frozenset({Failure.ATTACHMENT_TIMEOUT, Failure.ATTACHMENT_CRASHED})
# Characters of all attachments of a page together; one file alone may have as many.
MAX_TEXT = 8_000_000
# The exit code after a MemoryError: what is left of the process is not to be trusted.
OUT_OF_MEMORY = 12


@dataclass(frozen=True, slots=True)
class Setup:
    """What a child is told once: its archive, its limits for a page and the installation's own tables."""

    archive: str
    memory_bytes: int
    cpu_seconds: int
    tables: OwnTables


@dataclass(frozen=True, slots=True)
class Outcome:
    """A policy, or a failure with its message (Chinese); `read` are attachments that were read now."""

    made: Normalised | None
    failure: Failure | None = None
    message: str = ""
    read: tuple[ReadAttachment, ...] = ()


class Normalizer:
    """Turns work items into outcomes; owns a reader of the archive and one of attachments."""

    def __init__(self, setup: Setup) -> None:
        self._tables = setup.tables
        self._archive = ArchiveReader(Path(setup.archive))
        self._files = ContainedReader()

    def close(self) -> None:
        """End the child that reads attachments and close the archive."""
        self._files.close()
        self._archive.close()

    def normalize(self, item: WorkItem) -> Outcome:
        """The outcome of one page; MemoryError is the only exception let through."""
        read: list[ReadAttachment] = []
        try:
            body = self._archive.read(item.archive).body
            attachments = self._read_attachments(item.attachments, read)
            page = self._page(item, body, attachments)
            tables = self._tables
            context = replace(item.context, issuers=tables.issuers, regions=tables.regions)
            policy = normalize_policy(page, context)
            if item.corrections:
                policy = apply_corrections(policy, item.corrections, context)
            return Outcome(normalised(policy, item.attachments), read=tuple(read))
        except ArchiveDamaged as error:
            return Outcome(None, Failure.ARCHIVE_DAMAGED, str(error))
        except NormalizeError as error:
            return Outcome(None, error.failure, str(error), tuple(read))
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001  one page's trouble is a named failure, never the night's
            return Outcome(None, Failure.NORMALIZE_CRASHED, _where(error), tuple(read))

    def _page(self, item: WorkItem, body: bytes, attachments: tuple[Attachment, ...]) -> PageInput:
        name = file_name(item.url)
        if sniff_kind(body, name) in PAGE_KINDS:
            page = PageInput(item.page_id, item.url, body, item.row, item.hints, attachments)
            return replace(page, opened=item.opened)
        file, _ = read_attachment(self._files, body, item.url, name)
        return PageInput(item.page_id, item.url, b"", item.row, item.hints, attachments, file)

    def _read_attachments(
        self, wanted: tuple[WorkAttachment, ...], read: list[ReadAttachment]
    ) -> tuple[Attachment, ...]:
        done: list[Attachment] = []
        room = MAX_TEXT
        for item in wanted:
            found = item.read or self._read_attachment(item, read)
            if len(found.text) > room:
                found = replace(found, text="", failure=Failure.ATTACHMENT_TOO_LARGE)
            room -= len(found.text)
            done.append(found)
        return tuple(done)

    def _read_attachment(self, item: WorkAttachment, read: list[ReadAttachment]) -> Attachment:
        if item.archive is None:
            return Attachment(item.url, item.name, failure=item.failure)
        body = self._body(item.archive)
        if body is None:
            return Attachment(item.url, item.name, failure=Failure.ARCHIVE_DAMAGED)
        found, reader = read_attachment(self._files, body, item.url, item.name)
        tries = item.tries + 1 if found.failure in PASSING else 0
        read.append(ReadAttachment(item.url, item.sha256, found, reader, tries))
        return found

    def _body(self, ref: ArchiveRef) -> bytes | None:
        try:
            return self._archive.read(ref).body
        except ArchiveDamaged:
            return None


def file_name(url: str) -> str:
    """The last part of an address, which carries the extension of a file."""
    return unquote(urlsplit(url).path.rpartition("/")[2])


def _where(error: Exception) -> str:
    """The kind of an exception and the line of ours that raised it."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__}（{place}）：{error}"[:500]


def _limit(kind: int, soft: int) -> None:
    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (soft if hard == resource.RLIM_INFINITY else min(soft, hard), hard))


def _allow_cpu(seconds: int) -> None:
    used = resource.getrusage(resource.RUSAGE_SELF)
    _limit(resource.RLIMIT_CPU, int(used.ru_utime + used.ru_stime) + 1 + seconds)


def main() -> None:
    """Answer tasks until the pipe ends."""
    tasks = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever a library prints must not get between the frames
    first = read_frame(tasks)
    if first is None:
        return
    setup = msgspec.msgpack.decode(first, type=Setup)
    _limit(resource.RLIMIT_AS, setup.memory_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    decode = msgspec.msgpack.Decoder(WorkItem).decode
    encode = msgspec.msgpack.Encoder().encode
    worker = Normalizer(setup)
    write_frame(answers, b"")
    try:
        while (frame := read_frame(tasks)) is not None:
            _allow_cpu(setup.cpu_seconds)
            write_frame(answers, encode(worker.normalize(decode(frame))))
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except BrokenPipeError:
        return
    finally:
        worker.close()


if __name__ == "__main__":
    main()
