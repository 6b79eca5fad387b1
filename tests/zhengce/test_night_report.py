"""The report of a night as text."""

from collections import Counter

from crawlers.report import FailureCount
from zhengce.night_report import SUMMED, ChannelLine, NightReport, report_lines


def line(site: str, channel: str, **failures: int) -> ChannelLine:
    found = {
        name: FailureCount(count, f"http://{site}.test/{channel}", "") for name, count in failures.items()
    }
    return ChannelLine(site, channel, dict.fromkeys(SUMMED, 0), found, None, None, None, None, "")


def test_what_a_replay_has_not_saved_is_counted_once_a_site() -> None:
    lines = (
        line("a", "x", not_saved=20),
        line("a", "y", not_saved=7, timeout=1),
        line("b", "z"),
        line("c", "w", not_saved=1),
    )
    report = NightReport(lines, Counter(dict.fromkeys(SUMMED, 0)))
    texts = list(report_lines(report))
    unsaved = [text for text in texts if "not_saved" in text]
    assert [text.strip().partition("：")[0] for text in unsaved] == ["not_saved × 27", "not_saved × 1"]
    assert "http://a.test/x" in unsaved[0] and texts.index(unsaved[0]) == 3
    assert sum("timeout × 1" in text for text in texts) == 1
