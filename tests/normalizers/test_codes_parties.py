"""Registration and index numbers, contacts, imprint, keywords."""

import pytest

from normalizers.codes import find_registration_number, index_number, is_code, registration_number
from normalizers.keywords import clean_keywords, split_keywords
from normalizers.parties import extract_addressees, extract_contacts, extract_print_info
from normalizers.policy import Block


@pytest.mark.parametrize(
    ("printed", "code"),
    [("HNPR—2024—01005", "HNPR-2024-01005"), ("CSCR-2024-02003", "CSCR-2024-02003"), ("SDPR - 2024 - 0010002", "SDPR-2024-0010002"),
     ("ZJSP00－2024－0001", "ZJSP00-2024-0001"), ("ZJCC01-2020-0006", "ZJCC01-2020-0006"), ("GZ0320240012", "GZ0320240012"),
     ("登记号：杨管规〔2012〕001—民政001", "杨管规〔2012〕001-民政001"), ("国办发〔2023〕12号", None), ("演政规〔2024〕1号", None),
     ("000014349/2024-00012", None), ("", None)],
)  # fmt: skip
def test_registration_numbers(printed: str, code: str | None) -> None:
    assert registration_number(printed) == code


@pytest.mark.parametrize(
    "printed",
    ["000014349/2024-00012", "11411082094577395T/2024-00012", "014717475N/2023-0040295", "113325000026455663/2023-43887",
     "331024ZF010000/2013-108249", "0000505978028/2021-00063", "000/2021-00475", "Whgs-16-02-010", "索引号：000014349 / 2024-00012"],
)  # fmt: skip
def test_index_numbers(printed: str) -> None:
    assert index_number(printed) and is_code(printed)


@pytest.mark.parametrize(
    "printed",
    ["国办发〔2023〕12号", "国令第707号", "财政部公告2020年第27号", "无", "2024-05-01", "演政发[2024]1号"],
)
def test_document_numbers_are_no_codes(printed: str) -> None:
    assert not is_code(printed)


def test_registration_numbers_inside_lines() -> None:
    assert find_registration_number("规范性文件统一编号：HNPR—2024—01005") == "HNPR-2024-01005"
    assert find_registration_number("演示局关于印发办法的通知（GZ0320240012）") == "GZ0320240012"
    assert find_registration_number("电话：GZ03202") is None


def paragraphs(*texts: str) -> tuple[Block, ...]:
    return tuple(Block("paragraph", text) for text in texts)


@pytest.mark.parametrize(
    ("texts", "contacts"),
    [
        (("（联系人：演某，联系电话：010－62223104）",), ("联系人：演某，联系电话：010－62223104",)),
        (("市演示委联系人：演某某，联系电话：81085234",), ("市演示委联系人：演某某，联系电话：81085234",)),
        (
            ("各单位在使用中如有问题，请及时与我中心联系，联系电话：0512-36830000。技术支持另行通知。",),
            ("联系电话：0512-36830000",),
        ),
        (
            ("联系人及电话：", "演某、示某，（010）65290000，传真（010）65290001。"),
            ("演某、示某，（010）65290000，传真（010）65290001。",),
        ),
        (("经营者应当公布有效联系方式等信息。",), ()),
        (("地址：演示路1号（总台电话：025-86880000）",), ()),
    ],
)
def test_contacts(texts: tuple[str, ...], contacts: tuple[str, ...]) -> None:
    assert extract_contacts(paragraphs(*texts)) == contacts


def test_imprint() -> None:
    last = ("抄送：市委各部门，市纪委。", "演示市人民政府办公室 2024年3月8日印发")
    assert extract_print_info(paragraphs("正文。", *last)) == "\n".join(last)
    assert extract_print_info(paragraphs("正文。", "演示部办公厅印发")) is None


def test_keywords_without_noise() -> None:
    title, text = "演示市关于促进人工智能发展的意见", "发展人工智能和机器人。"
    words = split_keywords("人工智能，机器人;演示市政府 信息公开|演示市人民政府门户网站、your keywords、海洋")
    assert clean_keywords(words, title, text, ["演示市人民政府"]) == ("人工智能", "机器人")
    assert clean_keywords(["演示市关于促进人工智能发展的意见"], title, text, []) == ()


@pytest.mark.parametrize(
    ("line", "parties"),
    [
        (
            "各省、自治区、直辖市人民政府，国务院各部委、各直属机构：",
            ("各省、自治区、直辖市人民政府", "国务院各部委、各直属机构"),
        ),
        ("市财政局、市教育局（体育局）：", ("市财政局", "市教育局（体育局）")),
        ("演示区人民政府，市直各单位：", ("演示区人民政府", "市直各单位")),
    ],
)
def test_addressees_as_printed(line: str, parties: tuple[str, ...]) -> None:
    found = extract_addressees(paragraphs(line))
    assert found is not None and found[0] == parties
