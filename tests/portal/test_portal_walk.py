"""A walk through all results of a search, whatever happens meanwhile."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from made_policies import make_policy, store

from index.engine import SearchRequest
from index.parse import parse_query
from index.sync import sync_index
from index.tantivy_engine import TantivyEngine
from pipelines import schema as t
from pipelines.catalogue import Catalogue
from portal.library import Library

MANY = 23


@pytest.fixture
def shelf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Library, Catalogue, TantivyEngine]]:
    """A library of policies on one subject, walked through by fives."""
    monkeypatch.setattr("portal.library.WALKED", 5)
    with closing(Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")) as catalogue:
        store(catalogue, [make_policy(n, title=f"演示养老办法{n}") for n in range(MANY)])
        engine = TantivyEngine(tmp_path / "index")
        sync_index(catalogue, engine)
        yield Library(engine.reader(), catalogue, {}), catalogue, engine


def walked(library: Library, **fields: Any) -> list[str]:
    request = SearchRequest(parse_query("养老").tree, **fields)
    return [one.policy.id for piece in library.walk(request) for one in piece]


@pytest.mark.parametrize("sort", ["relevance", "written", "published", "first_seen"])
@pytest.mark.parametrize("order", ["desc", "asc"])
def test_all_come_once(shelf: tuple[Library, Catalogue, TantivyEngine], sort: str, order: str) -> None:
    found = walked(shelf[0], sort=sort, order=order, limit=3, facets=("level",))
    assert len(found) == len(set(found)) == MANY
    page = SearchRequest(parse_query("养老").tree, sort="written", order=order, limit=MANY)
    if sort == "written":
        assert found == [hit.id for hit in shelf[0].reader.search(page).hits]


def test_it_goes_on_from_the_first_piece_to_the_last_whatever_was_asked(
    shelf: tuple[Library, Catalogue, TantivyEngine],
) -> None:
    assert len(walked(shelf[0], offset=7)) == MANY


def test_nobody_comes_twice_while_documents_come_and_go(
    shelf: tuple[Library, Catalogue, TantivyEngine],
) -> None:
    library, catalogue, engine = shelf
    found: list[str] = []
    for n, piece in enumerate(library.walk(SearchRequest(parse_query("养老").tree, sort="first_seen"))):
        found += [one.policy.id for one in piece]
        store(catalogue, [make_policy(MANY + n, title=f"演示养老办法{MANY + n}")])
        with engine.writer() as writer:
            writer.delete(found[0])
            writer.commit(writer.applied_seq())
        sync_index(catalogue, engine)
    assert len(found) == len(set(found))
    assert {make_policy(n).id for n in range(MANY)} <= set(found)


def test_the_hidden_do_not_come(shelf: tuple[Library, Catalogue, TantivyEngine]) -> None:
    library, catalogue, _ = shelf
    secret = make_policy(3).id
    with catalogue.write() as connection:
        connection.execute(t.policy.update().where(t.policy.c.page_id == secret).values(hidden="演示"))
    assert set(walked(library)) == {make_policy(n).id for n in range(MANY)} - {secret}


def test_what_is_asked_more_loosely_is_walked_as_it_was_found(
    shelf: tuple[Library, Catalogue, TantivyEngine],
) -> None:
    request = SearchRequest(parse_query("演示养老办法 收储赔偿金标准").tree)
    total = shelf[0].reader.search(request).total
    assert total == sum(map(len, shelf[0].walk(request))) == MANY
