"""The language of queries."""

import pytest

from index.parse import MAX_LENGTH, QueryError, parse_query
from index.query import EVERYTHING, All, Not, Number, Phrase, Word, lone_number, loose_tokens


@pytest.mark.parametrize(
    ("text", "nodes"),
    [
        ("", ()),
        ("  \u3000 ", ()),
        ("养老", (Word("养老"),)),
        ("演示市 养老", (Word("演示市"), Word("养老"))),
        ('"养老服务"', (Phrase("养老服务"),)),
        ("“养老 服务”补贴", (Phrase("养老 服务"), Word("补贴"))),
        ("养老 -补贴", (Word("养老"), Not(Word("补贴")))),
        ("养老 －“财政 补贴”", (Word("养老"), Not(Phrase("财政 补贴")))),
        ("养老 - 补贴", (Word("养老"), Word("补贴"))),
        ("2021-2025", (Word("2021-2025"),)),
        ("养老 ！！", (Word("养老"),)),
        ("演政发〔2023〕12号", (Number("演政发2023-12", "演政发〔2023〕12号"),)),
        ("养老 演政发[2023]12", (Word("养老"), Number("演政发2023-12", "演政发[2023]12"))),
        ("-演政发[2023]12", (Not(Number("演政发2023-12", "演政发[2023]12")),)),
    ],
)
def test_parse(text: str, nodes: tuple[object, ...]) -> None:
    assert parse_query(text).nodes == nodes


def test_blank_is_everything() -> None:
    assert parse_query(" ") == EVERYTHING


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ('养老 "补贴', 3, "引号"),
        ("“养老", 0, "引号"),
        ("！！", 0, "没有可以检索"),
        ("养" * (MAX_LENGTH + 1), MAX_LENGTH, "太长"),
        ("养老 " * 30, 90, "太多"),
    ],
)
def test_errors_say_where(text: str, position: int, words: str) -> None:
    with pytest.raises(QueryError, match=words) as caught:
        parse_query(text)
    assert caught.value.position == position


def test_lone_number() -> None:
    assert lone_number(parse_query("演政发 〔２０２３〕 第１２号")) == "演政发2023-12"
    assert lone_number(parse_query("养老 演政发[2023]12")) is None
    assert lone_number(All()) is None


def test_short_words_stand_as_they_are_long_ones_may_miss_a_pair() -> None:
    assert loose_tokens(Word("科技成果")) == ((), 0)
    tokens, needed = loose_tokens(Word("演示省科技成果转化"))
    assert len(tokens) == 8
    assert needed == 6
