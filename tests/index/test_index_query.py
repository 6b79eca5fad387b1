"""The language of queries."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.parse import MAX_DEPTH, MAX_LENGTH, MAX_TERMS, NOTHING, parse_query
from index.query import (
    EVERYTHING,
    All,
    Days,
    Either,
    Filter,
    Not,
    Number,
    Phrase,
    TextField,
    Word,
    lone_number,
    loose_tokens,
    terms,
)
from index.synonyms import other_words, table
from index.tokens import runs
from index.vocabulary import Names

NAMES = Names(
    {"990000": "演示省", "990100": "演示省演城市"}, {"yanshi": "演示省人民政府", "yancheng": "演城市"}
)


def nodes(text: str, names: Names = NAMES) -> tuple[object, ...]:
    """What a query without mistakes and synonyms is read into."""
    parsed = parse_query(text, names, synonyms=False)
    assert not parsed.mistakes
    return parsed.tree.nodes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("  \u3000 ", ()),
        ("养老", (Word("养老"),)),
        ("演示市 养老", (Word("演示市"), Word("养老"))),
        ('"养老服务"', (Phrase("养老服务"),)),
        ("“养老 服务”补贴", (Phrase("养老 服务"), Word("补贴"))),
        ("「养老」『服务』", (Phrase("养老"), Phrase("服务"))),
        ("养老 -补贴", (Word("养老"), Not(Word("补贴")))),
        ("养老 NOT 补贴", (Word("养老"), Not(Word("补贴")))),
        ("养老 －“财政 补贴”", (Word("养老"), Not(Phrase("财政 补贴")))),
        ("养老 - 补贴", (Word("养老"), Word("补贴"))),
        ("2021-2025", (Word("2021-2025"),)),
        ("养老 ！！", (Word("养老"),)),
        ("养老 AND 补贴", (Word("养老"), Word("补贴"))),
        ("养老 OR 托育", (Either((Word("养老"), Word("托育"))),)),
        ("养老 | 托育 或 助餐", (Either((Word("养老"), Word("托育"), Word("助餐"))),)),
        (
            "养老 补贴 OR 托育",
            (Either((All((Word("养老"), Word("补贴"))), Word("托育"))),),
        ),
        ("(养老 OR 托育) 补贴", (Either((Word("养老"), Word("托育"))), Word("补贴"))),
        ("-(养老 OR 托育) 补贴", (Not(Either((Word("养老"), Word("托育")))), Word("补贴"))),
        ("（养老 托育）", (Word("养老"), Word("托育"))),
        ("OR 养老 OR", (Word("养老"),)),
        ("关于印发办法（试行）的通知", (Word("关于印发办法（试行）的通知"),)),
        ("(办法（试行） 通知)", (Word("办法（试行）"), Word("通知"))),
        ("ＴＩＴＬＥ：养老 標題:补贴", (Word("养老", "title"), Word("补贴", "title"))),
        ("部门:教育局 发布单位：教育局", (Word("教育局", "issuer"), Word("教育局", "issuer"))),
        ("发布时间:2023 时间：2023", (Days(date(2023, 1, 1), date(2023, 12, 31)),) * 2),
        ("标题:养老 补贴", (Word("养老", "title"), Word("补贴"))),
        ("TITLE:养老", (Word("养老", "title"),)),
        ("标题: 养老 补贴", (Word("养老", "title"), Word("补贴"))),
        ("标题:-养老", (Not(Word("养老", "title")),)),
        ("正文：“财政 补贴”", (Phrase("财政 补贴", "body"),)),
        ("附件:(表 OR 名单)", (Either((Word("表", "attachment"), Word("名单", "attachment"))),)),
        ("-机关:财政厅", (Not(Word("财政厅", "issuer")),)),
        ("文号:演政发", (Word("演政发", "number"),)),
        ("演政发〔2023〕12号", (Number("演政发2023-12", "演政发〔2023〕12号"),)),
        ("演政发 〔2023〕 12 号", (Number("演政发2023-12", "演政发 〔2023〕 12 号"),)),
        ("养老 演政发[2023]12", (Word("养老"), Number("演政发2023-12", "演政发[2023]12"))),
        (
            "养老 演政发 (2023) 12号 补贴",
            (Word("养老"), Number("演政发2023-12", "演政发 (2023) 12号"), Word("补贴")),
        ),
        ("-演政发[2023]12", (Not(Number("演政发2023-12", "演政发[2023]12")),)),
        ("发文字号：演政发〔2023〕12号", (Number("演政发2023-12", "演政发〔2023〕12号", "number"),)),
        ("(养老 演政发〔2023〕12号)", (Word("养老"), Number("演政发2023-12", "演政发〔2023〕12号"))),
        ("层级:省级", (Filter("level", ("provincial",)),)),
        ("level:national,市", (Filter("level", ("national", "municipal")),)),
        ("层级:(省级 OR 市级)", (Filter("level", ("provincial", "municipal")),)),
        ("地区:陕西", (Filter("region", ("610000",)),)),
        ("地区:雁塔区", (Filter("region", ("610113",)),)),
        ("region:610100", (Filter("region", ("610100",)),)),
        ("地区:演示省", (Filter("region", ("990000",)),)),
        ("年份:2023", (Filter("year", ("2023",)),)),
        ("年份:2021-2023", (Filter("year", ("2021", "2022", "2023")),)),
        ("有效性:现行", (Filter("validity", ("valid",)),)),
        ("year:2021..2023", (Filter("year", ("2021", "2022", "2023")),)),
        ("有效性:废止", (Filter("validity", ("repealed",)),)),
        ("站点:yanshi", (Filter("site", ("yanshi",)),)),
        ("站点:演城", (Filter("site", ("yancheng",)),)),
        ("关键词:养老", (Filter("keyword", ("养老",)),)),
        ("主题:农业、林业、水利", None),
        ("类型:解读", (Filter("content_type", ("interpretation",)),)),
        ("文种:通知", (Filter("doc_type", ("通知",)),)),
        ("收录:2026-03", (Days(date(2026, 3, 1), date(2026, 3, 31), "first_seen"),)),
        ("collected:..2026-03-02", (Days(None, date(2026, 3, 2), "first_seen"),)),
        ("体裁:办法", (Filter("instrument", ("办法",)),)),
        ("文种:公告", (Filter("doc_type", ("公告",)),)),
        ("类型:公告", (Filter("doc_type", ("公告",)),)),
        ("内容类型:公告", (Filter("content_type", ("notice",)),)),
        ("类型:政策", (Filter("content_type", ("policy",)),)),
        ("文种:决定，办法", (Either((Filter("doc_type", ("决定",)), Filter("instrument", ("办法",)))),)),
        ("类型:意见", (Either((Filter("doc_type", ("意见",)), Filter("instrument", ("意见",)))),)),
        ("日期:2023", (Days(date(2023, 1, 1), date(2023, 12, 31)),)),
        ("date:2023-01..2024-06", (Days(date(2023, 1, 1), date(2024, 6, 30)),)),
        ("date:2024年2月", (Days(date(2024, 2, 1), date(2024, 2, 29)),)),
        ("date:2023.5.1～", (Days(date(2023, 5, 1), None),)),
        ("date:..2023-12", (Days(None, date(2023, 12, 31)),)),
        ("http://demo.test/a.html", (Word("http://demo.test/a.html"),)),
        ("年份：２０２１－２０２３", (Filter("year", ("2021", "2022", "2023")),)),
        ("日期：２０２３－０５", (Days(date(2023, 5, 1), date(2023, 5, 31)),)),
        ("日期:2023…2024", (Days(date(2023, 1, 1), date(2024, 12, 31)),)),
        ("通知：补贴", (Word("通知：补贴"),)),
        ("通知:补贴", (Word("通知:补贴"),)),
        ("国务院:养老", (Word("国务院:养老"),)),
    ],
)
def test_parse(text: str, expected: tuple[object, ...] | None) -> None:
    if expected is not None:
        assert nodes(text) == expected


def test_blank_is_everything() -> None:
    assert parse_query(" ").tree == EVERYTHING


@pytest.mark.parametrize(
    ("text", "start", "end", "words", "rest"),
    [
        ('养老 "补贴', 3, 4, "引号", ("养老", "补贴")),
        ("养老 (补贴", 3, 4, "括号", ("养老", "补贴")),
        ("养老 标题:", 3, 6, "缺少", ("养老",)),
        ("养老 NOT", 3, 6, "缺少", ("养老",)),
        ("养老 -", 3, 4, "缺少", ("养老",)),
        ("养老) 补贴", 2, 3, "括号没有配对", ("养老)", "补贴")),
        ("作者:张三", 0, 3, "没有字段 作者", ("作者:张三",)),
        ("养老 来源：演示网", 3, 6, "没有字段 来源", ("养老", "来源：演示网")),
        ("foo:养老", 0, 4, "可用 标题（title）、文号（number）", ("foo:养老",)),
        ("日期:2023-13", 0, 10, "没有 2023-13 这个月", ()),
        ("日期:2023-02-30", 0, 13, "没有 2023-02-30 这一天", ()),
        ("养老 标题:)", 3, 6, "缺少", ("养老",)),
        ("养老 服务*", 5, 6, "没有通配符", ("养老", "服务*")),
        ("养?老", 1, 3, "没有通配符", ("养?老",)),
        ("养老 年份:2023..2021", 3, 16, "颠倒", ("养老",)),
        ("养老 level:foo", 3, 12, "国家、省级", ("养老",)),
        ("养老 colour:red", 3, 10, "没有字段", ("养老", "colour:red")),
        ("养老 date:2023-13", 3, 15, "没有 2023-13", ("养老",)),
        ("养老 date:2024..2023", 3, 18, "颠倒", ("养老",)),
        ("养老 date:昨天", 3, 10, "看不懂日期", ("养老",)),
        ("养老 年份:二三年", 3, 9, "看不懂年份", ("养老",)),
        ("养老 地区:乌有乡", 3, 9, "没有地区", ("养老",)),
        ("养老 站点:别处", 3, 8, "没有站点", ("养老",)),
        ("养老 标签:没有的", 3, 9, "没有标签", ("养老",)),
        ("养老 类型:诗歌", 3, 8, "没有类型", ("养老",)),
        ("养老 文种:解读", 3, 8, "没有文种或体裁", ("养老",)),
        ("养" * (MAX_LENGTH + 1), MAX_LENGTH, MAX_LENGTH + 1, "太长", ("养" * MAX_LENGTH,)),
        ("养老 " * 30, 74, 90, "太多", ("养老",) * MAX_TERMS),
        (
            "(" * (MAX_DEPTH + 1) + "养老" + ")" * (MAX_DEPTH + 1),
            MAX_DEPTH,
            MAX_DEPTH + 1,
            "括号最多",
            ("养老",),
        ),
    ],
)
def test_a_mistake_says_where_and_the_rest_is_searched(
    text: str, start: int, end: int, words: str, rest: tuple[str, ...]
) -> None:
    parsed = parse_query(text, NAMES, synonyms=False)
    (mistake,) = parsed.mistakes
    assert words in mistake.message
    assert (mistake.span.start, mistake.span.end) == (start, end)
    assert tuple(term.text for term in terms(parsed.tree)) == rest


@pytest.mark.parametrize("text", ["！！", "level:foo", '"', "NOT", "标题:"])
def test_nothing_but_mistakes_finds_nothing(text: str) -> None:
    parsed = parse_query(text)
    assert parsed.mistakes
    assert parsed.tree == All((NOTHING,))


def test_spans_are_the_characters_of_the_query() -> None:
    text = "  标题:养老 (“财政 补贴” OR -演政发〔2023〕 12号) 年份:2023"
    tree = parse_query(text, synonyms=False).tree
    found = [text[node.span.start : node.span.end] for node in tree.nodes]
    assert found == ["养老", "“财政 补贴” OR -演政发〔2023〕 12号", "年份:2023"]


def test_lone_number() -> None:
    assert lone_number(parse_query("演政发 〔２０２３〕 第１２号").tree) == "演政发2023-12"
    assert lone_number(parse_query("文号:演政发〔2023〕12号").tree) == "演政发2023-12"
    assert lone_number(parse_query("养老 演政发[2023]12").tree) is None
    assert lone_number(parse_query("-演政发[2023]12").tree) is None
    assert lone_number(All()) is None


def test_short_words_stand_as_they_are_long_ones_may_miss_a_pair() -> None:
    assert loose_tokens(Word("科技成果")) == ((), 0)
    tokens, needed = loose_tokens(Word("演示省科技成果转化"))
    assert len(tokens) == 8
    assert needed == 6


@pytest.mark.parametrize(
    ("word", "where", "others"),
    [
        ("国办", None, ("国务院办公厅",)),
        ("国家发改委", None, ("国家发展和改革委员会",)),
        ("发改委", None, ("发展和改革委员会",)),
        ("高企", None, ("高新技术企业",)),
        ("高新技术企业", None, ("高企",)),
        ("高企认定", None, ("高新技术企业认定",)),
        ("高企", "number", ()),
        ("养老", None, ()),
        ("国务院办公厅", None, ()),
        ("醫保", None, ("医疗保险", "医疗保障")),
        ("ｐｍ2.5", None, ("细颗粒物",)),
        ("市人社局", None, ("市人力资源和社会保障局",)),
        ("演示省政府办公厅", "issuer", ("演示省人民政府办公厅",)),
        ("环保局", None, ("生态环境局",)),
        ("政府办公厅", None, ()),
    ],
)
def test_other_words(word: str, where: TextField | None, others: tuple[str, ...]) -> None:
    assert other_words(word, where) == others


def test_words_are_widened_and_said_so_phrases_are_not() -> None:
    parsed = parse_query('标题:高企 "高企"')
    assert parsed.tree.nodes == (
        Either((Word("高企", "title"), Phrase("高新技术企业", "title"))),
        Phrase("高企"),
    )
    (also,) = parsed.also
    assert (also.word, also.others) == ("高企", ("高新技术企业",))
    assert parse_query("高企", synonyms=False).also == ()


def test_every_synonym_can_be_searched_and_is_another_word() -> None:
    for word, others in table().items():
        assert runs(word), word
        assert len(set(others)) == len(others), word
        for other in others:
            assert runs(other), other
            assert word != other


@given(st.text(alphabet='养老()（）"“”-:：,.. ORNT标题年份2023〔〕号发政', max_size=60))
def test_any_text_is_read(text: str) -> None:
    parsed = parse_query(text)
    for mistake in parsed.mistakes:
        assert 0 <= mistake.span.start <= mistake.span.end <= len(text)
        assert mistake.message
    for term in terms(parsed.tree):
        assert runs(term.text)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("养老或托育", "养老 或 托育"),
        ("养老或者托育", "养老 或者 托育"),
        ("养老或托育或助餐", "养老 或 托育 或 助餐"),
        ("养老或有负债", ""),
        ("或有负债", ""),
        ("一个或多个", ""),
        ("养老 或者", ""),
        ("养老 或 托育", ""),
        ("关于受灾地区或者困难群众的若干补助措施", ""),
    ],
)
def test_two_words_with_or_between_them_want_spaces(typed: str, told: str) -> None:
    parsed = parse_query(typed)
    assert told in "".join(mistake.message for mistake in parsed.mistakes)
    assert bool(parsed.mistakes) == bool(told)
    if told:
        (mistake,) = parsed.mistakes
        assert typed[mistake.span.start : mistake.span.end].startswith("或")
        assert (parsed.tree.nodes, parsed.also) == ((Word(typed),), ())
