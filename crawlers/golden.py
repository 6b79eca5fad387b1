"""Golden files: the pages a site was made from, and what must be read from them.

Beside `<id>.toml` stands the folder `<id>.golden`: the pages as they came, each as a gzip file, and
`expected.json`, which names for every page its address (with form or JSON body where it was a POST) and
holds what a reviewed reading gave: number of items, the first of them, and the fields of some documents.
"""

import asyncio
import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from crawlers.asking import Answer, SavedPages
from crawlers.channel_reading import ChannelReading, DetailReading, read_channel
from crawlers.platforms.list_requests import ListRequest
from crawlers.site import Channel, Site
from crawlers.site_text import MADE
from normalizers.page import ListRow
from normalizers.policy import Policy, encode_policy

EXPECTED = "expected.json"
FIRST_ITEMS = 3
# What is compared of a body: its length and as many characters at either end.
BODY_ENDS = 20
# A page of the genre has 5 to 300 KB; a golden folder is part of the repository.
MAX_PAGE = 8 << 20
# The fields that a site file or a platform can spoil; what is concluded from them (topics, validity, …) has
# tests of its own and would have to be recorded anew for every site whenever its rules learn something.
COMPARED = (
    "title",
    "doc_number",
    "issuers",
    "written_date",
    "published_date",
    "effective_date",
    "expiry_date",
    "index_number",
)


class GoldenError(Exception):
    """Golden files that are missing or cannot be read; said in one line (Chinese)."""


@dataclass(frozen=True, slots=True)
class Golden:
    """The golden files of one site: when they were recorded, the pages, and the record by channel name."""

    day: date
    pages: tuple[Answer, ...]
    channels: Mapping[str, Mapping[str, Any]]


def golden_folder(site_file: Path) -> Path:
    """Where the golden files of a site file lie."""
    return site_file.with_suffix(".golden")


def needs_golden(site: Site) -> bool:
    """Whether a site must have golden files: it was made by `zhengce site new`, or it was confirmed."""
    return site.confirmed is not None or site.observed.endswith(MADE)


# writing


def store_golden(folder: Path, readings: Sequence[ChannelReading], day: date) -> list[Path]:
    """Write pages and expected record of some readings; returns the files, the record last.

    The folder must not exist. It is written aside and then renamed, so that nothing is ever half-written.
    """
    _write_aside(folder, readings, day).rename(folder)
    return sorted(folder.iterdir(), key=lambda path: path.name == EXPECTED)


def replace_golden(folder: Path, readings: Sequence[ChannelReading], day: date) -> bool:
    """As `store_golden`, in the place of golden files that may be there; True where there were some.

    Those are kept until the new ones are written; a run killed between leaves them in `<id>.golden.old`, from
    where the next one takes them back.
    """
    old = folder.with_name(folder.name + ".old")
    if old.exists():
        if folder.exists():
            remove_golden(old)
        else:
            old.rename(folder)
    aside = _write_aside(folder, readings, day)
    before = folder.exists()
    if before:
        folder.rename(old)
    aside.rename(folder)
    if before:
        remove_golden(old)
    return before


def _write_aside(folder: Path, readings: Sequence[ChannelReading], day: date) -> Path:
    """A complete golden folder beside the place it is meant for."""
    aside = folder.with_name(folder.name + ".new")
    if aside.exists():  # left by a run that was killed
        remove_golden(aside)
    aside.mkdir(parents=True)
    try:
        names = _store_pages(aside, readings)
        channels = {reading.channel.name: _record(reading) for reading in readings}
        pages = [_request_of(names[key], answer) for key, answer in _answers(readings).items()]
        _write_expected(aside, day, pages, channels)
    except BaseException:
        remove_golden(aside)
        raise
    return aside


def remove_golden(folder: Path) -> None:
    """Remove a golden folder and its files; nothing else can lie in it."""
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def _write_expected(folder: Path, day: date, pages: Sequence[object], channels: Mapping[str, object]) -> None:
    record = {"day": str(day), "pages": pages, "channels": channels}
    text = json.dumps(record, ensure_ascii=False, indent=1)
    (folder / EXPECTED).write_text(text + "\n", encoding="utf-8")


def _store_pages(folder: Path, readings: Sequence[ChannelReading]) -> dict[int, str]:
    """Write every page once; the names of their files by identity."""
    names: dict[int, str] = {}
    for key, answer in _answers(readings).items():
        kind = "detail" if any(d.answer is answer for r in readings for d in r.details) else "list"
        number = sum(name.startswith(kind) for name in names.values()) + 1
        names[key] = f"{kind}-{number}.gz"
        (folder / names[key]).write_bytes(gzip.compress(answer.data, mtime=0))
    return names


def _answers(readings: Sequence[ChannelReading]) -> dict[int, Answer]:
    answers = [answer for reading in readings for answer in reading.answers]
    answers += [detail.answer for reading in readings for detail in reading.details if detail.answer]
    return {id(answer): answer for answer in answers}


def _request_of(file: str, answer: Answer) -> dict[str, object]:
    asked = answer.request
    entry: dict[str, object] = {"file": file, "url": asked.url}
    if asked.form:
        entry["form"] = dict(asked.form)
    if asked.json:
        entry["json"] = asked.json
    if answer.url != asked.url:
        entry["final_url"] = answer.url
    return entry


# the record


def _record(reading: ChannelReading) -> dict[str, Any]:
    """What a reading gave, in the form in which it is stored and compared."""
    page = reading.page
    following = reading.following
    return {
        "items": len(page.items),
        "first": [_row(row) for row in page.items[:FIRST_ITEMS]],
        "pages": page.pages,
        "total": page.total,
        "next": following.url if following else None,
        "details": [_detail(detail) for detail in reading.details if detail.answer is not None],
    }


def _row(row: ListRow) -> dict[str, object]:
    return {"title": row.title, "date": str(row.date) if row.date else None, "url": row.url or None}


def _detail(detail: DetailReading) -> dict[str, object]:
    found: dict[str, object] = {"url": detail.row.url}
    if detail.failure is not None:
        return found | {"failure": detail.failure.value}
    assert detail.policy is not None
    return found | {"fields": policy_fields(detail.policy), "evidence": _rules(detail.policy)}


def policy_fields(policy: Policy) -> dict[str, Any]:
    """What a Policy says in the compared fields, as JSON values, and its body and attachments."""
    values = msgspec.json.decode(encode_policy(policy))
    found: dict[str, Any] = {name: values[name] for name in COMPARED if values[name]}
    found["body"] = body_ends(policy)
    if policy.attachments:
        found["attachments"] = [{"name": one.name, "url": one.url} for one in policy.attachments]
    return found


def body_ends(policy: Policy) -> dict[str, Any]:
    """The length of a body without white space, and its ends."""
    bare = "".join(policy.text.split())
    return {"characters": len(bare), "start": bare[:BODY_ENDS], "end": bare[-BODY_ENDS:]}


def _rules(policy: Policy) -> dict[str, str]:
    return {name: policy.evidence[name].rule for name in COMPARED if name in policy.evidence}


# reading and comparing


def load_golden(folder: Path) -> Golden:
    """Read the golden files of a site. Raises GoldenError naming the file that is missing or broken."""
    path = folder / EXPECTED
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        pages = tuple(_load_page(folder, entry) for entry in record["pages"])
        return Golden(date.fromisoformat(record["day"]), pages, record["channels"])
    except FileNotFoundError as error:
        raise GoldenError(f"缺少 {error.filename}") from error
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise GoldenError(f"{path} 无法读取：{type(error).__name__}: {error}") from error


def _load_page(folder: Path, entry: Mapping[str, Any]) -> Answer:
    path = folder / Path(entry["file"]).name
    with gzip.open(path) as stream:
        data = stream.read(MAX_PAGE + 1)
    if len(data) > MAX_PAGE:
        raise ValueError(f"{path.name} 超过大小上限")
    request = ListRequest(entry["url"], form=entry.get("form", {}), json=entry.get("json", ""))
    return Answer(request, entry.get("final_url", entry["url"]), data)


def compare_golden(site: Site, folder: Path) -> list[str]:
    """How a reading of the golden pages differs from the record; a line each (Chinese), none where all is as it was.

    Raises GoldenError.
    """
    golden = load_golden(folder)
    lines = [f"栏目「{name}」已不在站点文件中" for name in golden.channels if site.channel(name) is None]
    lines += [f"栏目「{one.name}」没有样本" for one in site.active if one.name not in golden.channels]
    for channel, expected, got in _readings(site, golden):
        for place, was, now in differences(expected, _record(got)):
            lines.append(f"栏目「{channel.name}」{place}：记录为 {_shown(was)}，现读为 {_shown(now)}")
        if got.failure is not None:
            lines.append(f"栏目「{channel.name}」没有读到条目：{got.failure.value} {got.message}")
    return lines


def update_golden(site: Site, folder: Path) -> None:
    """Record anew what is read from the golden pages; the pages stay. Raises GoldenError."""
    golden = load_golden(folder)
    record = json.loads((folder / EXPECTED).read_text(encoding="utf-8"))
    channels = {channel.name: _record(got) for channel, _, got in _readings(site, golden)}
    _write_expected(folder, golden.day, record["pages"], channels)


def _readings(site: Site, golden: Golden) -> Iterator[tuple[Channel, Mapping[str, Any], ChannelReading]]:
    asker = SavedPages(golden.pages)
    for name, expected in golden.channels.items():
        channel = site.channel(name)
        if channel is None:
            continue
        addresses = [detail["url"] for detail in expected.get("details", ())]
        got = asyncio.run(read_channel(asker, site, channel, golden.day, addresses))
        yield channel, expected, got


def differences(expected: Any, got: Any, place: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Where two records differ: place, recorded value, value now; evidence is for reading and not compared."""
    if isinstance(expected, dict) and isinstance(got, dict):
        for key in [*expected, *(key for key in got if key not in expected)]:
            if key != "evidence":
                yield from differences(expected.get(key), got.get(key), f"{place}.{key}" if place else key)
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for number, (was, now) in enumerate(zip(expected, got, strict=True), 1):
            yield from differences(was, now, f"{place}[{number}]")
    elif expected != got:
        yield place, expected, got


def _shown(value: object) -> str:
    if value is None:
        return "（无）"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else text[:117] + "…"
