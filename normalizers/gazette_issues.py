"""The issue of a gazette 公报 that a text names: its year and its number in that year."""

import re

from normalizers.chars import chinese_number, squeeze

NUMERAL = r"\d{1,3}|[一二三四五六七八九十百]{1,6}"
YEAR = r"(?<!\d)(?P<year>(?:19|20)\d\d|[一二][〇○零一二三四五六七八九]{3})"
# 2023年第5期, 2023年5期, 2023第05期; what an article names by 号 is its own number, so 号 counts behind 公报 only.
YEAR_FIRST = re.compile(rf"{YEAR}年?(?:第(?P<first>{NUMERAL})|(?<=年)(?P<bare>{NUMERAL}))期")
OF_GAZETTE = re.compile(rf"公报[》）)]?[（(]?{YEAR}年?第(?P<first>{NUMERAL})号")
# 第5期（2023年）, 公报第5期（总第321期）2023年
NUMBER_FIRST = re.compile(rf"第(?P<first>{NUMERAL})期[（(]?(?:总第\d+期[）)]?[（(]?)?{YEAR}年")
PATTERNS = (YEAR_FIRST, OF_GAZETTE, NUMBER_FIRST)


def parse_gazette_issue(text: str) -> tuple[int, int] | None:
    """(year, number) of the first issue that a title, column or source names; None where it names none whole.

    `总第321期` alone counts from the first issue ever and is no number in a year.
    """
    line = squeeze(text)
    for pattern in PATTERNS:
        if found := pattern.search(line):
            groups = found.groupdict()
            year = chinese_number(found["year"])
            number = chinese_number(groups["first"] or groups["bare"] or "")
            if year and number:
                return year, number
    return None
