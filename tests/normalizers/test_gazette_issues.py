"""Issues of gazettes."""

import pytest

from normalizers.gazette_issues import parse_gazette_issue


@pytest.mark.parametrize(
    ("text", "issue"),
    [
        ("演示省人民政府公报2023年第5期", (2023, 5)),
        ("《演示省人民政府公报》 2023 年 第 05 期", (2023, 5)),
        ("2023年12期", (2023, 12)),
        ("2021第3期（总第321期）", (2021, 3)),
        ("演示市人民政府公报第5期（2019年）", (2019, 5)),
        ("公报第5期（总第321期）2019年", (2019, 5)),
        ("二〇二二年第十一期", (2022, 11)),
        ("演示部公报2020年第36号", (2020, 36)),
        ("关于印发办法的通知（2023年第5号）", None),
        ("演示省人民政府公报", None),
        ("总第321期", None),
        ("第5期", None),
        ("2023年统计公报", None),
        ("12023年第5期", None),
        ("", None),
        ("公报" * 50_000, None),
    ],
)
def test_issue(text: str, issue: tuple[int, int] | None) -> None:
    assert parse_gazette_issue(text) == issue
