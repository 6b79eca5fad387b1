"""Made-up policies and the way into a catalogue, for the tests of index and portal."""

import hashlib
import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from normalizers.policy import Attachment, Policy, encode_policy
from pipelines import schema as t
from pipelines.catalogue import Catalogue
from pipelines.changes import ChangeKind, append_changes
from pipelines.database import upsert
from pipelines.hiding import hide_policy

NOW = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
LEVELS = ("national", "provincial", "municipal", "county")
REGIONS = (None, "990000", "990100", "990101", "980000")
BODIES = ("演示省人民政府", "演示市财政局", "演示县教育局", "演示市科学技术局", "演示省人民政府办公厅")
KINDS = ("通知", "意见", "办法", "决定")
SUBJECTS = (
    "科技成果转化",
    "养老服务",
    "粮食安全",
    "住房公积金",
    "新能源汽车",
    "职业教育",
    "政务公开",
    "森林防火",
)
PARTS = (
    "支持企业创新",
    "完善工作机制",
    "加强组织领导",
    "落实财政补贴",
    "优化营商环境",
    "开展试点示范",
    "强化监督检查",
)


def page_id(n: int) -> str:
    """An id as the catalogue would give it."""
    return hashlib.sha256(str(n).encode()).hexdigest()[:16]


def make_policy(n: int, seed: int = 7, **fields: Any) -> Policy:
    """The n-th policy of a made-up world; `fields` override."""
    r = random.Random(seed * 1_000_003 + n)
    body, subject, kind = r.choice(BODIES), r.choice(SUBJECTS), r.choice(KINDS)
    written = date(2020, 1, 1) + timedelta(days=r.randrange(2000)) if r.random() < 0.9 else None
    published = written + timedelta(days=r.randrange(20)) if written else None
    number = f"演政发〔{written.year}〕{n + 1}号" if written and r.random() < 0.8 else None
    lines = [
        f"为{r.choice(PARTS)}，现就{subject}有关事项通知如下：",
        *r.sample(PARTS, 4),
        f"附件{n}：2023年度计划。",
    ]
    values: dict[str, Any] = {
        "id": page_id(n),
        "url": f"http://demo{n % 5}.test:8147/art/{n}.html",
        "site": f"demo_{n % 5}",
        "channels": ("政策文件",),
        "content_type": r.choice(("policy", "interpretation", "notice")),
        "title": f"{body}关于{subject}的{kind}（第{n}期）",
        "doc_number": number,
        "doc_number_key": f"演政发{written.year}-{n + 1}" if number and written else None,
        "issuers": (body,) if r.random() < 0.8 else tuple(r.sample(BODIES, 2)),
        "level": r.choice((*LEVELS, None)),
        "region": r.choice(REGIONS),
        "doc_type": kind,
        "topics": tuple(r.sample(SUBJECTS, r.randrange(3))),
        "written_date": written,
        "published_date": published,
        "validity": r.choice((None, "valid", "repealed")),
        "text": "\n".join(lines),
        "attachments": (Attachment("http://demo.test/a.pdf", "附件.pdf", "pdf", f"补贴标准{n}元"),)
        if n % 5 == 0
        else (),
    }
    return Policy(**(values | fields))


def store(
    catalogue: Catalogue,
    policies: Sequence[Policy],
    kind: ChangeKind = ChangeKind.NEW,
    *,
    at: datetime = NOW,
    withdrawn: bool = False,
    hidden: str | None = None,
) -> None:
    """Put policies and their changes into a catalogue, as the stages before would have."""
    moment, night = at.replace(tzinfo=None), at.date()
    with catalogue.write() as connection:
        for policy in policies:
            page = t.page.c
            known = connection.execute(select(page.id).where(page.id == policy.id)).first()
            if known is None:
                connection.execute(
                    insert(t.page).values(
                        id=policy.id,
                        url=policy.url,
                        site=policy.site,
                        channel="政策文件",
                        state="normalised",
                        first_seen=moment,
                        anchor=night,
                        row=b"{}",
                        hints=b"{}",
                    )
                )
            record = encode_policy(policy)
            row = {
                "page_id": policy.id,
                "site": policy.site,
                "title": policy.title,
                "doc_number_key": policy.doc_number_key,
                "written_date": policy.written_date,
                "published_date": policy.published_date,
                "content_type": policy.content_type,
                "record": record,
                "content_hash": hashlib.sha256(record).hexdigest(),
                "extractor": 1,
                "first_seen": moment,
                "last_seen": moment,
                "changed_at": moment,
                "withdrawn": withdrawn,
                "hidden": hidden,
            }
            upsert(
                connection,
                t.policy,
                [row],
                update=[name for name in row if name not in ("page_id", "first_seen")],
            )
            append_changes(connection, [(policy.id, kind)], night=night, at=at, run=None)


def hide(catalogue: Catalogue, page: str, reason: str) -> None:
    """Take a policy out of every view."""
    with catalogue.write() as connection:
        hide_policy(connection, page, reason, NOW)
