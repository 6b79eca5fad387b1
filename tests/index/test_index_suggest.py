"""What beginnings are completed to."""

from dataclasses import replace
from datetime import date

import pytest
from made_policies import NOW, make_policy

from index.document import IndexDocument, index_document
from index.suggest import LONGEST, suggest_term, suggest_terms
from index.tantivy_engine import TantivyEngine, TantivyReader
from pipelines.policies import StoredPolicy

TITLES = [
    ("演示省人民政府关于印发养老服务发展规划的通知", "演政发〔2024〕7号", date(2024, 5, 1)),
    ("演示省民政厅关于养老服务补贴的通知", "演民发〔2023〕12号", date(2023, 5, 1)),
    ("演示省民政厅关于养老服务补贴的通知", "演民发〔2023〕13号", date(2022, 5, 1)),
    ("《养老服务补贴办法》解读", "", date(2025, 1, 1)),
    ("关于下达ＡＩ算力补贴资金的公告", "演财预〔2025〕1号", date(2025, 3, 1)),
]


def document(n: int) -> IndexDocument:
    title, number, day = TITLES[n]
    issuers = ("演示省民政厅",) if "民政厅" in title else ("演示省人民政府",)
    policy = make_policy(
        n, title=title, doc_number=number or None, doc_number_key=None, written_date=day, issuers=issuers
    )
    made = index_document(StoredPolicy(policy, "", NOW, NOW, NOW, withdrawn=False, hidden=None))
    assert made
    return made


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> TantivyReader:
    engine = TantivyEngine(tmp_path_factory.mktemp("suggest"))
    with engine.writer() as writer:
        for n in range(len(TITLES)):
            writer.put(document(n))
        writer.commit(1)
    return engine.reader()


@pytest.mark.parametrize(
    ("typed", "kind", "wanted"),
    [
        ("养老", "title", [TITLES[3][0], TITLES[0][0], TITLES[1][0]]),
        ("養老服務補", "title", [TITLES[3][0], TITLES[1][0]]),
        ("ai算", "title", [TITLES[4][0]]),
        ("演示省民政厅关于养老服务补贴的通知", "title", [TITLES[1][0]]),
        ("演示省民政厅关于养老服务补贴的通知书", "title", []),
        ("演民发〔2023", "number", [TITLES[1][1], TITLES[2][1]]),
        ("演民发2023", "number", [TITLES[1][1], TITLES[2][1]]),
        ("民政厅", "issuer", ["演示省民政厅"]),
        ("演示省", "issuer", ["演示省人民政府", "演示省民政厅"]),
        ("！", "title", []),
        ("", "title", []),
    ],
)
def test_suggestions(reader: TantivyReader, typed: str, kind: str, wanted: list[str]) -> None:
    assert [one.text for one in reader.suggest(typed) if one.kind == kind] == wanted


def test_every_beginning_is_a_term_and_none_is_long() -> None:
    title = TITLES[0][0] * 2
    terms = suggest_terms(replace(document(0), title=title))
    assert {suggest_term("title", title[:end]) for end in range(1, 60)} <= terms
    assert max(map(len, terms)) == LONGEST + 1
