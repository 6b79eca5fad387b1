"""What counts the rules must itself count right."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.alternatives import Twin
from benchmarks.sources import source_of

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize(
    ("pattern", "text", "took_part"),
    [
        ("甲|乙", "乙", ["乙"]),
        ("x(?:aa|b[|)]c|\\|)y", "xb|cy", ["b[|)]c"]),
        ("(?!甲|乙)丙|丁", "丙", ["(?!甲|乙)丙"]),
        ("(?:甲|乙)?(?:丙|丁(?:戊|己))$", "乙丁己", ["乙", "丁(?:戊|己)", "己"]),
        ("[]|]x|y", "|x", ["[]|]x"]),
        ("(?P<o>\\[)?号(?(o)\\])|年", "[号]", ["(?P<o>\\[)?号(?(o)\\])"]),
        ("(?:打印|关闭|大)+", "打印大", ["打印", "大"]),
        ("(甲|乙)\\1", "乙乙", []),
        ("(?<=甲|乙)丙", "乙丙", ["乙"]),
    ],
)
def test_alternatives_that_take_part_are_told(pattern: str, text: str, took_part: list[str]) -> None:
    twin = Twin(pattern, 0)
    found = twin.compiled.search(text)
    assert found is not None
    assert [twin.texts[i] for i in twin.matched(found)] == took_part


@given(st.text("甲乙丙123号第〔〕[]年 ", max_size=30))
def test_a_twin_matches_what_its_pattern_matches(text: str) -> None:
    for pattern, flags in (
        (r"\[\s*(?P<year>\d\d)\s*年?\s*\]\s*(?:[第号]\s*)*(?P<serial>\d{1,5}|[甲乙]{1,6})(?!\d)", 0),
        (r"甲|(?:乙|丙(?:1|2)?)号? # 第|年", re.VERBOSE),
        (r"^(?:第|〔)?(?:1|12|123)(?:号|年|)$", 0),
    ):
        twin = Twin(pattern, flags)
        assert twin.texts
        wanted = [(m.span(), m[0]) for m in re.finditer(pattern, text, flags)]
        assert [(m.span(), m[0]) for m in twin.compiled.finditer(text)] == wanted


def test_a_source_is_found_where_the_code_names_one() -> None:
    lines = (ROOT / "normalizers" / "doc_types.py").read_text(encoding="utf-8").splitlines()
    at = next(i for i, line in enumerate(lines, 1) if line.startswith("TYPES"))
    assert "党政机关公文处理工作条例" in source_of("doc_types", at)
    assert source_of("chars", 0) == ""


@pytest.mark.slow
def test_rules_are_counted_in_a_process_of_their_own(shared: Path) -> None:
    command = [sys.executable, "-m", "benchmarks.rules", "--documents", "0", "--every", "8", "--all"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout
    assert re.search(r"^ +\d{2,} written_date  body:signature$", told, re.MULTILINE)
    assert re.search(r"^ +\d{2,} normalize\.py:\d+ put 'title' ", told, re.MULTILINE)
    assert re.search(r"labels\.py:\d+ LABELS: \d+ of \d+", told)
