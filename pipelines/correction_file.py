"""The file of corrections by people: read whole or not at all, changed by one entry at a time.

TOML, kept in the data folder or wherever a repository keeps it; a person may edit it at any time. What
the program changes in it is one `[[correction]]` with its lines: comments and order stay.
"""

import fcntl
import json
import os
import re
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from normalizers.addresses import address_key, page_id
from normalizers.chars import tidy
from normalizers.correction_fields import NEVER_UNKNOWN, CorrectionError, Value, kind_of, normalize_value
from normalizers.corrections import Correction
from pipelines.disk import storage_error

KEYS = ("page", "field", "value", "unknown", "reason", "by", "date", "was")
# A hundred thousand entries of 300 bytes.
MAX_BYTES = 32 << 20
MAX_TEXT = 2_000
ID = re.compile(r"[0-9a-f]{16}")
HEAD = re.compile(r"\s*\[\[\s*correction\s*\]\]\s*(?:#.*)?$")
ASIDE = re.compile(r"\s*(?:#.*)?$")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake of the file; `place` names entry, field and key, "" where the whole file is meant."""

    file: str
    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}：{self.place}：{self.message}" if self.place else f"{self.file}：{self.message}"


class CorrectionFileError(Exception):
    """A file of corrections that cannot be used; `str()` gives a line for every mistake."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))


def load_corrections(path: Path) -> tuple[Correction, ...]:
    """The corrections of a file in its order; () where there is no file. Raises CorrectionFileError."""
    return parse_corrections(_read(path), path.name)


def parse_corrections(data: bytes, label: str) -> tuple[Correction, ...]:
    """The corrections that a file holds; raises CorrectionFileError with every mistake of every entry."""
    return read_entries(_entries(data, label), label)


def read_entries(entries: Iterable[Mapping[str, Any]], label: str) -> tuple[Correction, ...]:
    """The corrections that tables with the keys of an entry stand for; raises CorrectionFileError with all mistakes."""
    mistakes: list[Mistake] = []
    found: list[Correction] = []
    first: dict[tuple[str, str], int] = {}
    for number, entry in enumerate(entries, 1):
        reader = _Entry(label, number, entry, mistakes)
        if (correction := reader.correction()) is None:
            continue
        found.append(correction)
        other = first.setdefault((identity(correction.page), correction.field), number)
        if other != number:
            reader.wrong("", f"与第 {other} 条是同一页的同一字段，请只留一条")
    if mistakes:
        raise CorrectionFileError(mistakes)
    return tuple(found)


def identity(page: str) -> str:
    """The id that a page has under this id or address, unless it was first seen under another address."""
    return page if ID.fullmatch(page) else page_id(address_key(page))


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise CorrectionFileError([Mistake(str(path), "", f"无法读取（{error.strerror}）")]) from error
    if len(data) > MAX_BYTES:
        raise CorrectionFileError([Mistake(str(path), "", f"文件过大（超过 {MAX_BYTES >> 20} MiB）")])
    return data


def _entries(data: bytes, label: str) -> list[dict[str, Any]]:
    try:
        table = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        why = f"不是 UTF-8 编码（第 {line} 行起；可能是 GBK）；请另存为 UTF-8"
        raise CorrectionFileError([Mistake(label, "", why)]) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise CorrectionFileError([Mistake(label, "", f"不是有效的 TOML（{error}）")]) from error
    entries = table.get("correction", [])
    unknown = [key for key in table if key != "correction"]
    if unknown or not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        why = f"没有这个键：{'、'.join(unknown)}；" if unknown else ""
        raise CorrectionFileError([Mistake(label, "", f"{why}每条更正以 [[correction]] 一行开头")])
    return entries


@dataclass(frozen=True, slots=True)
class _Entry:
    """An entry under examination: every getter notes what is wrong and returns a harmless value."""

    label: str
    number: int
    data: Mapping[str, Any]
    mistakes: list[Mistake]

    def wrong(self, key: str, message: str) -> None:
        said = [str(value)[:80] for name in ("page", "field") if (value := self.data.get(name))]
        place = f"第 {self.number} 条" + (f"（{' '.join(said)}）" if said else "")
        self.mistakes.append(Mistake(self.label, f"{place}：{key}" if key else place, message))

    def correction(self) -> Correction | None:
        """The entry as a value; None where something in it is wrong."""
        before = len(self.mistakes)
        for key in self.data:
            if key not in KEYS:
                self.wrong(key, f"没有这个键。可用的键：{'、'.join(KEYS)}")
        correction = Correction(
            page=self._page(),
            field=(field := self._field()),
            value=self._value(field),
            reason=self._text("reason", "写明为什么更正，例如依据哪份原件"),
            by=self._text("by", required=False),
            day=self._date(),
            was=self._was(),
        )
        return correction if len(self.mistakes) == before else None

    def _text(self, key: str, purpose: str = "", *, required: bool = True) -> str:
        value = self.data.get(key)
        if value is None and not required:
            return ""
        if value is None:
            self.wrong(key, "缺少这个键" + (f"：{purpose}" if purpose else ""))
            return ""
        if not isinstance(value, str) or not tidy(value) or len(value) > MAX_TEXT:
            self.wrong(key, f"应为不超过 {MAX_TEXT} 字的非空文字")
            return ""
        return tidy(value)

    def _page(self) -> str:
        page = self._text("page")
        try:
            if page and not ID.fullmatch(page) and not (is_address(page) and address_key(page)):
                raise ValueError(page)
        except ValueError:
            self.wrong("page", f"{page!r} 应为政策编号（16 位），或以 http:// 或 https:// 开头的网址")
            return ""
        return page

    def _field(self) -> str:
        field = self._text("field")
        try:
            kind_of(field) if field else None
        except CorrectionError as error:
            self.wrong("field", str(error))
            return ""
        return field

    def _value(self, field: str) -> Value:
        unknown = self.data.get("unknown")
        if unknown not in (None, True) or (unknown is None) == ("value" not in self.data):
            self.wrong("value", "value 与 unknown = true 必须且只能写一个（unknown 表示确实没有值）")
        elif unknown and field in NEVER_UNKNOWN:
            self.wrong("unknown", f"{field} 必须有值")
        elif field and not unknown:
            try:
                return normalize_value(field, self.data["value"])
            except CorrectionError as error:
                self.wrong("value", str(error))
        return None

    def _date(self) -> date | None:
        value = self.data.get("date")
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        self.wrong("date", "应为日期，不加引号，例如 2026-03-02")
        return None

    def _was(self) -> str | None:
        value = self.data.get("was")
        if value is None or isinstance(value, str):
            return value
        self.wrong("was", "应为文字（更正时程序读出的值，由 zhengce correct 写入，可以删去）")
        return None


def is_address(page: str) -> bool:
    """Whether a page is named by its address."""
    return page.lower().startswith(("http://", "https://"))


def put_correction(path: Path, correction: Correction, same: Callable[[Correction], bool], note: str) -> None:
    """Write a correction at the end of the file, in the place of the one that is the `same`, if there is one.

    `note` stands behind the page as a comment. Raises CorrectionFileError and StorageError; the file is
    as it was then.
    """
    with _edited(path) as edit:
        edit.remove(same)
        edit.append(correction, note)


def add_corrections(path: Path, corrections: Sequence[Correction]) -> int:
    """Write many corrections at the end of the file, each in the place of one of its page and field.

    Returns how many were there before; raises as `put_correction`.
    """
    given = {(identity(c.page), c.field) for c in corrections}
    replaced = 0
    with _edited(path) as edit:
        while edit.remove(lambda c: (identity(c.page), c.field) in given):
            replaced += 1
        for correction in corrections:
            edit.append(correction, "")
    return replaced


def remove_correction(path: Path, same: Callable[[Correction], bool]) -> Correction | None:
    """Take the `same` correction out of the file and return it; None where there is none. Raises as `put`."""
    with _edited(path) as edit:
        return edit.remove(same)


@dataclass(slots=True)
class _Edit:
    """The text of a file under change, always with the corrections that it must hold."""

    label: str
    text: str
    corrections: tuple[Correction, ...]

    def remove(self, same: Callable[[Correction], bool]) -> Correction | None:
        number = next((n for n, found in enumerate(self.corrections) if same(found)), None)
        if number is None:
            return None
        self.text = _without(self.text, number)
        removed = self.corrections[number]
        self.corrections = (*self.corrections[:number], *self.corrections[number + 1 :])
        return removed

    def append(self, correction: Correction, note: str) -> None:
        gap = "" if not self.text else "\n" if self.text.endswith("\n") else "\n\n"
        self.text += gap + _written(correction, note)
        self.corrections = (*self.corrections, correction)

    def check(self) -> None:
        """Nothing is written that does not read as it should."""
        try:
            right = parse_corrections(self.text.encode(), self.label) == self.corrections
        except (CorrectionFileError, UnicodeEncodeError):
            right = False
        if not right:
            why = "程序改不了这种写法的文件：请手工修改，或把更正都写成 [[correction]] 及其下各行"
            raise CorrectionFileError([Mistake(self.label, "", why)])


@contextmanager
def _edited(path: Path) -> Iterator[_Edit]:
    """The file for one change, written aside and renamed; a link to it stays a link."""
    path = path.resolve()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)  # two commands at once would lose one change
            data = _read(path)
            edit = _Edit(path.name, data.decode("utf-8-sig", "replace"), parse_corrections(data, path.name))
            before = edit.text
            yield edit
            if edit.text != before:
                edit.check()
                _replace(path, edit.text.encode())
                os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise storage_error(error, path) from error


def _replace(path: Path, data: bytes) -> None:
    mode = path.stat().st_mode & 0o777 if path.exists() else 0o640
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as out:
        try:
            out.write(data)
            out.flush()
            os.fchmod(out.fileno(), mode)
            os.fsync(out.fileno())
            Path(out.name).replace(path)
        except BaseException:
            Path(out.name).unlink(missing_ok=True)
            raise


def _without(text: str, number: int) -> str:
    """The text without one entry; what stands between its last line and the next entry belongs to that."""
    lines = text.splitlines(keepends=True)
    heads = [i for i, line in enumerate(lines) if HEAD.match(line)]
    if number >= len(heads):
        return text
    start = heads[number]
    end = heads[number + 1] if number + 1 < len(heads) else len(lines)
    while end > start + 1 and ASIDE.match(lines[end - 1]):
        end -= 1
    while end < len(lines) and not lines[end].strip():
        end += 1
    return "".join(lines[:start] + lines[end:])


def _written(correction: Correction, note: str) -> str:
    """One entry as text."""
    lines = ["[[correction]]", f"page = {_quoted(correction.page)}" + (f"  # {tidy(note)}" if note else "")]
    lines.append(f"field = {_quoted(correction.field)}")
    if correction.value is None:
        lines.append("unknown = true")
    else:
        lines.append(f"value = {_valued(correction.value)}")
    for key in ("was", "reason", "by"):
        text = getattr(correction, key)
        if text or (key == "was" and text is not None):
            lines.append(f"{key} = {_quoted(text)}")
    if correction.day:
        lines.append(f"date = {correction.day.isoformat()}")
    return "\n".join(lines) + "\n"


def _valued(value: Value) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(map(_quoted, value))}]"
    return ("true" if value else "false") if isinstance(value, bool) else _quoted(value or "")


def _quoted(text: str) -> str:
    """A basic string of TOML: JSON's, but that DEL is escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
