"""How channels stand is asked by every front page: no table that grows with the years is read row by row."""

from pathlib import Path

from sqlalchemy import event, text

from pipelines.catalogue import Catalogue
from pipelines.standing import load_standing

GROWING = ("listing", "run_channel")


def test_what_grows_is_read_from_indexes_alone(tmp_path: Path) -> None:
    catalogue = Catalogue.open(f"sqlite:///{tmp_path / 'catalogue.sqlite'}")
    asked: list[str] = []
    event.listen(catalogue.engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    with catalogue.read() as connection:
        load_standing(connection)
        plans = [connection.execute(text(f"EXPLAIN QUERY PLAN {query}")).all() for query in tuple(asked)]
    steps = [step for plan in plans for *_, step in plan]
    scans = [step for step in steps if step.startswith(tuple(f"SCAN {table}" for table in GROWING))]
    assert len(scans) == len(GROWING)
    assert all("COVERING INDEX" in step for step in scans), steps
    catalogue.close()
