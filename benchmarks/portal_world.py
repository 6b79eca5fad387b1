"""The installation of benchmarks/portal.py: the documents of benchmarks/search.py in a catalogue, and their index."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from benchmarks.search import CACHE, SEEN, build, document, made_texts, read_rows
from index.tantivy_engine import TantivyEngine
from normalizers.policy import Attachment, Block, Evidence, Policy, encode_policy
from pipelines import schema as t
from pipelines.catalogue import Catalogue

AT_ONCE = 5000
ANNEX = 600  # characters of the file that every third document has


def installation(count: int) -> tuple[Path, list[dict[str, Any]]]:
    """The data folder, made at the first run and gone on with where that was cut short; its first rows."""
    texts = made_texts(count)
    data = CACHE / f"portal-{count}"
    data.mkdir(exist_ok=True)
    index = CACHE / f"tantivy-{count}"
    build(TantivyEngine(index), texts, count)
    if not (data / "index").exists():
        (data / "index").symlink_to(index)
    with closing(Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}")) as catalogue:
        _fill(catalogue, texts, count)
    return data, list(islice(read_rows(texts), 3000))


def _fill(catalogue: Catalogue, texts: Path, count: int) -> None:
    with catalogue.read() as connection:
        done = connection.execute(select(func.count()).select_from(t.policy)).scalar_one()
    rows = islice(read_rows(texts), done, count)
    while piece := list(islice(rows, AT_ONCE)):
        store(catalogue, [policy(row) for row in piece])


MOMENT = SEEN.replace(tzinfo=None)
SITE: dict[str, str | None] = {
    "platform": "trs",
    "base": "https://www.example.invalid/",
    "level": None,
    "region": None,
}
CHANGE = {"kind": "new", "night": SEEN.date(), "at": MOMENT, "run": None}


def store(catalogue: Catalogue, policies: Sequence[Policy]) -> None:
    """Put policies, their sites and their changes into a catalogue that has none of them."""
    with catalogue.write() as connection:
        sites = {one.site: {"id": one.site, "name": f"演示站点{one.site}"} for one in policies}
        known = set(connection.execute(select(t.site.c.id)).scalars())
        new = [{**SITE, **site} for name, site in sites.items() if name not in known]
        if new:
            connection.execute(insert(t.site), new)
        connection.execute(insert(t.page), [_page(one) for one in policies])
        connection.execute(insert(t.policy), [_record(one) for one in policies])
        connection.execute(insert(t.change), [{"page_id": one.id} | CHANGE for one in policies])


def policy(row: Mapping[str, Any]) -> Policy:
    """A generated row as a policy, with a paragraph a line and evidence, every third with a file."""
    made = document(row)
    lines = made.body.split("\n")
    number, raw = made.number_text, made.title[:20]
    proofs = ("title", "doc_number", "issuers", "written_date", "published_date", "validity")
    with_file = int(made.id[:4], 16) % 3 == 0
    annex = Attachment("https://www.example.invalid/1.pdf", "附件.pdf", "pdf", made.body[:ANNEX])
    return Policy(
        id=made.id,
        url=f"https://www.example.invalid/{made.id}.html",
        site=made.site,
        channels=("政策文件",),
        content_type=made.content_type,
        title=made.title,
        doc_number=number,
        doc_number_key=made.doc_number_key,
        issuers=made.issuers,
        level=made.level,
        region=made.regions[-1],
        doc_type=made.doc_type,
        topics=made.topics,
        written_date=made.written_date,
        published_date=made.published_date,
        validity=made.validity,
        blocks=tuple(Block("paragraph", line) for line in lines),
        text=made.body,
        attachments=(annex,) if with_file else (),
        evidence={name: Evidence("info_table:demo", raw) for name in proofs},
    )


def _page(one: Policy) -> dict[str, Any]:
    return {
        "id": one.id,
        "url": one.url,
        "site": one.site,
        "channel": "政策文件",
        "state": "normalised",
        "first_seen": MOMENT,
        "last_seen": MOMENT,
        "anchor": SEEN.date(),
        "row": b"{}",
        "hints": b"{}",
    }


def _record(one: Policy) -> dict[str, Any]:
    record = encode_policy(one)
    return {
        "page_id": one.id,
        "site": one.site,
        "title": one.title,
        "doc_number_key": one.doc_number_key,
        "written_date": one.written_date,
        "published_date": one.published_date,
        "content_type": one.content_type,
        "record": record,
        "content_hash": sha256(record).hexdigest(),
        "extractor": 1,
        "first_seen": MOMENT,
        "last_seen": MOMENT,
        "changed_at": MOMENT,
        "withdrawn": False,
    }


def ids(data: Path) -> Iterator[str]:
    """The ids of all policies."""
    with (
        closing(Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}")) as catalogue,
        catalogue.read() as connection,
    ):
        yield from connection.execute(select(t.policy.c.page_id)).scalars()
