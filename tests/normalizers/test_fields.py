"""Small fields: types, validity, issuers, notes, titles."""

import pytest

from normalizers.doc_types import extract_doc_type, extract_instrument
from normalizers.issuers import issuers_of_number, issuers_of_title, split_issuers
from normalizers.labels import LABELS, label_of
from normalizers.parties import extract_addressees, extract_note
from normalizers.policy import Block
from normalizers.signature import agree, is_signer, looks_like_body
from normalizers.titles import clean_title, good, without_site
from normalizers.validity import validity_of_cell, validity_of_title


@pytest.mark.parametrize(
    ("title", "doc_type", "instrument"),
    [
        ("演示市人民政府关于印发《演示管理办法》的通知", "通知", "管理办法"),
        ("演示市人民政府关于演示规划的批复（演政函〔2023〕1号）", "批复", "规划"),
        ("演示省人民政府关于加快演示发展的若干措施", None, "若干措施"),
        ("演示条例（试行）", None, "条例"),
        ("演示总局令（第78号） 演示管理办法", "命令", "管理办法"),
        ("关于同意设立演示区的复函", "函", None),
        ("演示市领导调研演示工作", None, None),
    ],
)
def test_types_of_titles(title: str, doc_type: str | None, instrument: str | None) -> None:
    assert (extract_doc_type(title), extract_instrument(title)) == (doc_type, instrument)


@pytest.mark.parametrize(
    ("cell", "state"),
    [("有效", "valid"), ("现行有效", "valid"), ("是", "valid"), ("未废止", "valid"), ("废止", "repealed"), ("失效", "expired"),
     ("否", "expired"), ("已修改", "amended"), ("部分有效", "amended"), ("尚未生效", "not_yet"), ("长期", None)],
)  # fmt: skip
def test_validity_of_cells(cell: str, state: str | None) -> None:
    assert validity_of_cell(cell) == state


def test_validity_of_titles() -> None:
    assert validity_of_title("演示办法（已废止）") == "repealed"
    assert validity_of_title("关于废止演示办法的通知") is None


KNOWN = {"演示市政府办": "演示市人民政府办公室"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("演示市财政局、演示市教育局", ("演示市财政局", "演示市教育局")),
        ("演示市财政局 演示市教育局", ("演示市财政局", "演示市教育局")),
        ("演示省财政厅演示省审计厅", ("演示省财政厅", "演示省审计厅")),
        ("演示市政府办", ("演示市人民政府办公室",)),
    ],
)
def test_joint_issuers(text: str, names: tuple[str, ...]) -> None:
    assert split_issuers(text, KNOWN) == names


def test_issuers_of_titles_and_numbers() -> None:
    assert issuers_of_title("演示省财政厅 演示省审计厅关于做好演示工作的通知", {}) == (
        "演示省财政厅",
        "演示省审计厅",
    )
    assert issuers_of_title("关于做好演示工作的通知", {}) == ()
    assert issuers_of_title("《演示办法》的通知", {}) == ()
    assert issuers_of_number("演示部、示范部令第165号", {}) == ("演示部", "示范部")
    assert issuers_of_number("演财发〔2024〕1号", {}) == ()


def test_abbreviated_bodies_agree() -> None:
    assert agree(["省科技厅"], ["演示省科学技术厅"])
    assert not agree(["演示省教育厅"], ["演示市人民政府"])


def test_signature_lines() -> None:
    assert looks_like_body("演示市人民政府办公室") and looks_like_body("演示省财政厅 演示省审计厅")
    assert not looks_like_body("地址：演示路1号演示局") and not looks_like_body("中医馆")
    assert is_signer("局 长 演 某") and is_signer("国家演示委员会主任 演某某")
    assert not is_signer("各单位主任要认真落实")


def test_addressees_and_notes() -> None:
    blocks = (
        Block("paragraph", "各县人民政府，市直各部门："),
        Block("paragraph", "正文。"),
        Block("paragraph", "（此件公开发布）"),
    )
    found = extract_addressees(blocks)
    assert found is not None and found[0] == ("各县人民政府", "市直各部门")
    assert extract_note(blocks) == ("此件公开发布", "（此件公开发布）")
    assert extract_addressees((Block("paragraph", "现将有关事项公告如下："),)) is None


@pytest.mark.parametrize("printed", ["索 引 号：", "索　引　号", "【索引号】", "索\xa0引\xa0号:", "索引号"])
def test_labels_in_every_spelling(printed: str) -> None:
    assert LABELS[label_of(printed)] == "index_number"


def test_titles_without_site_names() -> None:
    assert without_site("演示办法的通知_政策文件_演示市人民政府", (), tail=True) == "演示办法的通知"
    assert without_site("演示规划（2018-2035年）的批复", (), tail=True) == "演示规划（2018-2035年）的批复"
    assert without_site("演示市人民政府网——演示办法", (), tail=False) == "演示办法"
    assert clean_title("·关于演示<br>工作的通知") == "关于演示工作的通知"
    assert clean_title("关于演示的通知 【时间：2018年01月05日】") == "关于演示的通知"
    assert clean_title("关于演示的通知 文章来源：演示局　发布时间：2024-01-05") == "关于演示的通知"
    assert not good("演示市人民政府门户网站") and not good("（2020年10月29日公布）") and good("演示办法")
