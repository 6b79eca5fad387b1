"""What a night says of itself where nobody watches a terminal."""

import pytest

from pipelines.normalize import StepReport
from zhengce.crawl_children import Figures
from zhengce.nightly import Progress
from zhengce.progress import showing


def test_the_first_and_the_last_state_are_printed(capfd: pytest.CaptureFixture[str]) -> None:
    with showing() as show:
        for sites in (0, *range(5), 5):
            show(Progress(Figures(sites=sites, total=5, failures=2), StepReport(failed=1), 3))
    lines = capfd.readouterr().err.splitlines()
    assert [line.split("  ")[0] for line in lines] == ["站点 0/5", "站点 5/5"]
    assert lines[-1].endswith("入索引 3  失败 3")
    with showing() as show:
        show(Progress(Figures(), StepReport(), 0))
    assert len(capfd.readouterr().err.splitlines()) == 1
