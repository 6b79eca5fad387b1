"""Policies in which every field that a site fills holds a string of a list: over all of them, each field each string."""

from collections.abc import Sequence
from datetime import date

from hostile_strings import STORABLE
from made_policies import page_id
from sqlalchemy import insert

from normalizers.failures import Failure
from normalizers.policy import Attachment, Block, Evidence, Part, Policy
from pipelines import schema as t
from pipelines.catalogue import Catalogue

# Shares no factor with their number, so that hardly two fields of a policy hold the same string.
STEP = 37
# By this word, which is in the title and in several texts of every policy, all are found.
WORD = "养老"
# What differs between policies without anything hostile in them: addresses that are links and others, no text, much.
HARMLESS = ("无害", "http://yanshi.test/无害", "ftp://yanshi.test/", "", "甲\n乙", "丙丁" * 3_000, "2023")


def filled_policy(n: int, strings: Sequence[str] = STORABLE) -> Policy:
    """The n-th policy; its title is the n-th string behind WORD."""

    def s(field: int) -> str:
        return strings[(n + field * STEP) % len(strings)]

    blocks = (
        Block("heading", s(1), 1),
        Block("paragraph", s(2)),
        Block("table", s(3), rows=((s(3), s(4)), (s(5), WORD))),
        Block("list", s(6)),
        Block("image", "", alt=s(7)),
        Block("paragraph", f"{WORD} {s(0)}"),
        Block("signature", s(8)),
    )
    return Policy(
        id=page_id(n),
        url=s(9) if n % 3 else f"http://yanshi.test/{n}.html",
        site=f"yanshi_{n}",
        channels=(s(10),),
        content_type="policy",
        title=f"{WORD} {s(0)}",
        doc_number=s(11) or None,
        doc_number_key=s(11)[:200] or None,
        registration_number=s(12),
        index_number=s(13),
        issuers=_known(s(14), s(15)),
        authorities=_known(s(14), s(15)),
        level="municipal",
        region="990100",
        doc_type="通知",
        instrument=s(16)[:60] or None,
        normative=True,
        subject=s(17)[:60] or None,
        subject_detail=s(18),
        topics=_known(s(19)[:60]),
        written_date=date(2023 + n % 2, 1, 1),
        published_date=date(2023 + n % 2, 1, 2),
        validity="valid",
        validity_reason=s(20),
        addressees=_known(s(21)),
        keywords=_known(s(22)[:60]),
        summary=s(23) if n % 2 else None,
        source=s(24),
        note=s(25),
        contacts=_known(s(26)),
        print_info=s(27),
        blocks=blocks,
        text="\n".join(block.text for block in blocks),
        printed_text=s(28),
        parts=(Part("annex", 1, 3, s(29), s(30)),),
        attachments=(
            Attachment(s(31), s(32), s(33)[:20], f"{WORD} {s(0)}\f{s(34)}"),
            Attachment(f"http://yanshi.test/{n}.pdf", s(35), "pdf", "", Failure.BODY_EMPTY, "document"),
        ),
        evidence={name: Evidence(f"meta:{s(37)}", s(38)) for name in ("title", "issuers", "written_date")},
        warnings=(s(39), f"unknown_label:{s(40)}"),
    )


def _known(*values: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, values)))


def store_sites(catalogue: Catalogue, policies: Sequence[Policy], strings: Sequence[str]) -> None:
    """The sites of these policies, with strings for names."""
    rows = [
        {
            "id": policy.site,
            "name": strings[n % len(strings)] or "无名",
            "level": "municipal",
            "region": "990100",
            "platform": "generic",
            "base": f"http://{policy.site}.test/",
        }
        for n, policy in enumerate(policies)
    ]
    with catalogue.write() as connection:
        connection.execute(insert(t.site), rows)
