"""Texts in traditional characters and with pinyin in brackets, and bodies that a page prints twice."""

import json
from datetime import date
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_pages import INFO, NUMBER, TEXT, TITLE, URL, context, normalize, page, paragraphs
from opencc import OpenCC

from normalizers.doc_numbers import doc_number_key, parse_doc_numbers
from normalizers.mirrors import ORDINARY, Mirror, has_pinyin, has_tone, restore_text
from normalizers.normalize import PageInput, normalize_policy
from normalizers.page import Hints, ListRow
from normalizers.policy import Attachment
from normalizers.traditional import is_traditional, simplify_mixed

pytestmark = pytest.mark.slow

TO_TRADITIONAL = OpenCC("s2t")
SIMPLIFIED = [chr(code) for code in range(0x4E00, 0x9FA6) if chr(code).encode("gb2312", "ignore")]
PINYIN = dict(
    zip(
        "縣區門單會議過發給們請認貫徹執據時廢辦條為規範關業務",
        [
            "xiàn",
            "qū",
            "mén",
            "dān",
            "huì",
            "yì",
            "guò",
            "fā",
            "gěi",
            "men",
            "qǐng",
            "rèn",
            "guàn",
            "chè",
            "zhí",
            "jù",
            "shí",
            "fèi",
            "bàn",
            "tiáo",
            "wéi",
            "guī",
            "fàn",
            "guān",
            "yè",
            "wù",
        ],
        strict=True,
    )
)


def with_pinyin(text: str) -> str:
    """A text in traditional characters with pinyin behind some of them, as mirrors print it."""
    return "".join(f"{c}({PINYIN[c]})" if c in PINYIN and has_tone(PINYIN[c]) else c for c in text)


@pytest.mark.parametrize("name", ["pinyin_mirror"])
def test_the_sample_of_a_mirror(shared: Path, name: str) -> None:
    printed = (shared / "samples" / f"{name}.txt").read_text(encoding="utf-8")
    expected = (shared / "samples" / f"{name}.expected.txt").read_text(encoding="utf-8")
    text, mirror = restore_text(printed)
    assert text.strip() == expected.strip()
    assert mirror == Mirror(traditional=True, pinyin=True)
    assert mirror.warnings == ("text_restored: traditional", "text_restored: pinyin")


@pytest.mark.parametrize(
    "text",
    [
        "世界贸易组织（WTO）成员与人工智能（AI）产业，附件(a)、二氧化碳(co)、维生素（a）、数字经济（shuzi jingji）",
        "亳（bó）州、泸（lú）州、漯（luò）河三市有关地名读音的通知，请各单位认真学习并贯彻落实，做好宣传推广工作",
        "会议由陳國樑先生主持，香港發展局、澳門特別行政區政府財政局派员参加，各有关部门负责同志介绍了情况",
        "简体正文引用了一段繁体：「國務院關於發展業務的規定，應與各縣單位實施」，其余文字仍为简体，应当保持原样，不得改动这些内容。",
        "乾县、于洪区、萧山、钟书记、著作权、瞭望、藉此、覆盖、乾隆年间的徵字",
        "",
    ],
)
def test_ordinary_texts_stay_as_they_are(text: str) -> None:
    assert restore_text(text) == (text, ORDINARY)


@given(st.text(st.sampled_from([*SIMPLIFIED, *"，。（）()〔〕12abāó\n"]), max_size=300))
def test_a_simplified_text_is_never_changed(text: str) -> None:
    if not has_pinyin(text):
        assert restore_text(text) == (text, ORDINARY)


@given(
    st.text(max_size=200),
    st.lists(
        st.sampled_from(
            [*"國務院辦公廳關於發展業務的規定網數為對門單縣區", *"的一是在，。\n", "網(wǎng)", "(de)"]
        ),
        max_size=200,
    ),
)
def test_restoring_twice_changes_nothing_more(noise: str, pieces: list[str]) -> None:
    once, _ = restore_text("".join(pieces) + noise)
    assert restore_text(once)[0] == once


@given(st.lists(st.sampled_from(TEXT), min_size=2))
def test_what_was_made_traditional_comes_back(lines: list[str]) -> None:
    text = "\n".join([*TEXT, *lines])
    printed = TO_TRADITIONAL.convert(text)
    assert is_traditional(printed) and not is_traditional(text)
    assert restore_text(printed) == (text, Mirror(traditional=True))
    glossed = with_pinyin(printed)
    assert restore_text(glossed) == (text, Mirror(traditional=True, pinyin=True))


@pytest.mark.parametrize(
    "printed, text",
    [
        (
            "香港特別行政區政府發展局表示，裏面的衞生設施着重使用者的需要，並就運輸基建等範疇諮詢",
            "香港特别行政区政府发展局表示，里面的卫生设施着重使用者的需要，并就运输基建等范畴咨询",
        ),
        (
            "內政部令 訂定「演示辦法」，並自即日生效，沿著既有規範，乾隆年間的著作權與顯著變化，專著、論著，軟體",
            "内政部令 订定「演示办法」，并自即日生效，沿着既有规范，乾隆年间的著作权与显著变化，专著、论著，软体",
        ),
    ],
    ids=["Hong Kong", "Taiwan"],
)
def test_forms_of_other_places(printed: str, text: str) -> None:
    assert restore_text(printed) == (text, Mirror(traditional=True))


@pytest.mark.parametrize("config", ["s2t", "s2tw", "s2hk"])
def test_real_texts_come_back_from_every_standard(shared: Path, config: str) -> None:
    converter = OpenCC(config)
    with (shared / "pages" / "fulltext_govcn_2020.jsonl").open(encoding="utf-8") as rows:
        texts = [json.loads(row)["text"] for row in rows][:60]
    restored = [restore_text(converter.convert(text))[0] for text in texts]
    wrong = sum(
        a != b for one, other in zip(restored, texts, strict=True) for a, b in zip(one, other, strict=True)
    )
    assert wrong <= 10  # 覆 is 复 and 覆 in simplified characters
    assert [restore_text(text)[0] for text in texts] == texts


def test_simplified_pieces_of_a_traditional_page_stay() -> None:
    assert simplify_mixed("乾县人民政府国务院") == "乾县人民政府国务院"
    assert simplify_mixed("國務院乾燥") == "国务院干燥"
    assert simplify_mixed("國務院\ud83d乾燥\udfff") == "国务院\ud83d干燥\udfff"  # halves of characters


def fields(markup: str | bytes, row: ListRow | None = None) -> dict[str, object]:
    policy = normalize(markup, row=row)
    names = ("title", "doc_number", "doc_number_key", "index_number", "issuers", "addressees", "text", "blocks",
             "written_date", "published_date", "effective_date", "subject", "validity", "instrument", "note")  # fmt: skip
    return {name: getattr(policy, name) for name in names}


@pytest.mark.parametrize("layout", ["pairs", "th", "header_row", "dl", "seams"])
def test_a_traditional_page_has_the_fields_of_the_simplified_one(layout: str) -> None:
    markup = page(INFO[layout])
    printed = TO_TRADITIONAL.convert(markup)
    assert fields(printed) == fields(markup)
    policy, plain = normalize(printed), normalize(markup)
    assert "text_restored: traditional" in policy.warnings
    assert policy.printed_text == TO_TRADITIONAL.convert(plain.text)
    assert plain.printed_text == ""


def test_a_page_in_big5() -> None:
    markup = OpenCC("s2tw").convert(page(INFO["li"])).replace("<head>", '<head><meta charset="big5">')
    assert fields(markup.encode("big5hkscs")) == fields(page(INFO["li"]))


def test_a_page_in_gbk_that_declares_big5() -> None:
    markup = page(INFO["li"])
    declared = markup.replace("<head>", '<head><meta charset="big5">').encode("gb18030")
    assert fields(declared) == fields(markup)


def test_a_page_with_pinyin() -> None:
    markup = page(INFO["li"])
    printed = with_pinyin(TO_TRADITIONAL.convert(markup))
    assert fields(printed) == fields(markup)
    assert "text_restored: pinyin" in normalize(printed).warnings


def test_simplified_text_with_pinyin_behind_every_character() -> None:
    sounds = {"演": "yǎn", "示": "shì", "办": "bàn", "法": "fǎ", "的": "de", "通": "tōng", "知": "zhī"}
    printed = "".join(f"{c}（{sounds[c]}）" for c in "演示办法的通知") + "（试行）(a)"
    assert restore_text(printed) == ("演示办法的通知（试行）(a)", Mirror(pinyin=True))


def test_row_files_and_links_of_a_traditional_page() -> None:
    body = paragraphs() + '<p><a href="/files/演示_申請表.pdf">附件：演示申請表</a></p>'
    printed = TO_TRADITIONAL.convert(page(body=body))
    row = ListRow(
        URL, TO_TRADITIONAL.convert(TITLE), date(2024, 3, 15), number=TO_TRADITIONAL.convert(NUMBER)
    )
    policy = normalize(printed, row=row)
    assert (policy.title, policy.doc_number_key) == (TITLE, "演政办发2024-7")
    (file,) = policy.attachments
    assert "申请表" in file.name and "申請表" not in file.name


def test_a_file_in_traditional_characters() -> None:
    text = TO_TRADITIONAL.convert("\n".join([TITLE, NUMBER, *TEXT]))
    file = Attachment(URL, "t.pdf", "pdf", text)
    policy = normalize_policy(PageInput("0" * 16, URL, b"", None, Hints(), (), file), context())
    assert policy.title == TITLE and policy.text.startswith("各县、区人民政府")
    assert policy.printed_text.startswith("各縣、區人民政府")


@pytest.mark.parametrize(
    "printed, plain",
    [
        ("國發〔2020〕12號", "国发〔2020〕12号"),
        ("財稅﹝2018﹞ 055號", "财税[2018]55号"),
        ("國務院令第707號", "国务院令第707号"),
        ("商務部公告2018年第1號", "商务部公告2018年第1号"),
        ("國發2020-12", "国发〔2020〕12号"),
    ],
)
def test_numbers_in_traditional_characters_have_one_key(printed: str, plain: str) -> None:
    assert doc_number_key(printed) == doc_number_key(plain)
    for number in parse_doc_numbers(f"根据{printed}的规定"):
        assert number.raw in printed


# --- printed twice ------------------------------------------------------------------------------------

HEAD = f"<p align=center>{TITLE}</p><p align=center>{NUMBER}</p>"
ONCE = " ".join("\n".join(TEXT).split("\u3000")).split("\n")


@pytest.mark.parametrize(
    "body, after",
    [
        (paragraphs() * 2, ""),
        ((HEAD + paragraphs()) * 2, ""),
        ("", f'<div class="pages_content pchide">{paragraphs()}</div>'),
        (HEAD + paragraphs(), f'<div class="mobile">{HEAD}{paragraphs()}</div>'),
    ],
    ids=["pasted twice", "with its title", "two containers", "two containers with title"],
)
def test_a_text_printed_twice_is_kept_once(body: str, after: str) -> None:
    policy = normalize(page(INFO["pairs"], body=body, after=after))
    assert policy.text.split("\n") == ONCE
    assert "text_printed_twice" in policy.warnings
    assert policy.printed_text.count(ONCE[-1]) == 2
    assert policy.doc_number == NUMBER


@pytest.mark.parametrize(
    "body",
    [
        paragraphs() + paragraphs(TEXT[1:]),
        paragraphs() + "<p>存根联</p>" + paragraphs(),
        paragraphs(TEXT[:2]) + "<p>详见附件</p>" * 2,
        paragraphs() + paragraphs(TEXT[:-1]),
        "<p>单位（盖章）：　　　　　　　　　　　　年　月　日前报送演示材料清单</p>" * 4,
    ],
    ids=[
        "without its first line",
        "with a line between",
        "a short line",
        "without its last line",
        "equal lines",
    ],
)
def test_a_text_that_repeats_parts_is_left_alone(body: str) -> None:
    policy = normalize(page(body=body))
    assert "text_printed_twice" not in policy.warnings and policy.printed_text == ""


def test_a_short_text_printed_twice_is_left_alone() -> None:
    policy = normalize(page(body="<p>演示通知的全部内容详见附件，请下载查看。</p>" * 2))
    assert policy.text.count("详见附件") == 2


@pytest.mark.parametrize("end", ["", "<p>完</p>"])
def test_many_equal_lines_take_no_long(end: str) -> None:
    line = "<p>为了规范演示工作，明确责任</p>"
    started = process_time()
    normalize(page(body=line * 5_000 + end, after=line * 5_000))
    assert process_time() - started < 5
