"""Names of divisions: every level, by the code that site files carry."""

import pytest

from normalizers.regions import region_names


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("110000", "北京市"),
        ("610000", "陕西省"),
        ("610200", "铜川市"),
        ("610204", "耀州区"),
        ("360102", "东湖区"),
        ("469007", "东方市"),
    ],
)
def test_a_code_has_its_name(code: str, name: str) -> None:
    assert region_names()[code] == name


def test_every_code_has_six_digits() -> None:
    assert all(len(code) == 6 and code.isdecimal() for code in region_names())
    assert len(region_names()) > 3000
