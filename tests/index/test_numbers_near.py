"""Numbers that exist beside one that does not."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from benchmarks.search_corpus import demo_documents
from benchmarks.search_engines import TANTIVY, filled
from demo.world import World
from index.engine import Reader
from index.numbers_near import MOST_LOOKED_UP, numbers_near

BORNE = ("演政办发2023-12", "演政办发2024-7", "国务院令-730", "演财函2025-101")


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    """Four documents with numbers of their own."""
    made = [known.document for known in demo_documents(World(60))][: len(BORNE)]
    documents = [replace(one, doc_number_key=key) for one, key in zip(made, BORNE, strict=True)]
    with filled(TANTIVY, documents) as engine:
        yield engine.reader()


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("演政办发2023-21", ("演政办发〔2023〕12号",)),
        ("演政办发2023-112", ("演政办发〔2023〕12号",)),
        ("演政办发2023-13", ("演政办发〔2023〕12号",)),
        ("演政办发2032-12", ("演政办发〔2023〕12号",)),
        ("演政办发2022-12", ("演政办发〔2023〕12号",)),
        ("演政办法2024-7", ("演政办发〔2024〕7号",)),
        ("演财函2025-11", ()),
        ("演财含2025-101", ("演财函〔2025〕101号",)),
        ("国务院令-703", ("国务院令第730号",)),
        ("演政办发2023-12", ()),
        ("演政办发2023-99", ()),
        ("别处政发2023-12", ()),
        ("不是文号", ()),
        ("演政办发2023-" + "9" * 60, ()),
    ],
)
def test_what_exists_is_offered(reader: Reader, typed: str, offered: tuple[str, ...]) -> None:
    assert numbers_near(typed, reader.find_number) == offered


def test_few_numbers_are_looked_up(reader: Reader) -> None:
    asked: list[str] = []

    def bearers(key: str) -> tuple[str, ...]:
        asked.append(key)
        return reader.find_number(key)

    assert numbers_near("演政办发2019-123456", bearers) == ()
    assert len(asked) <= MOST_LOOKED_UP + 1
    assert len(set(asked)) == len(asked)
