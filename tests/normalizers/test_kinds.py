"""Content types, document types, normative documents and forms of interpretations."""

from datetime import date

import pytest

from normalizers.content_types import (
    content_type_of_column,
    content_type_of_title,
    form_of_interpretation,
)
from normalizers.doc_types import (
    TYPES,
    doc_type_of_cell,
    doc_type_of_number,
    extract_doc_type,
    extract_instrument,
)
from normalizers.normalize import PageInput, normalize_policy
from normalizers.normative import above_normative, normative_of_prefix, normative_of_words, not_normative
from normalizers.page import Hints
from normalizers.policy import CONTENT_TYPES, INTERPRETATION_FORMS, Policy, SiteContext


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("一图读懂《演示市住房租赁管理办法》", "interpretation"),
        ("《演示市住房租赁管理办法》政策解读", "interpretation"),
        ("解读《关于切实做好演示工作的紧急通知》", "interpretation"),
        ("演示部有关负责人就《演示条例》答记者问", "interpretation"),
        ("2025年度积分制入户工作热点13问", "interpretation"),
        ("创业担保贷款常见问题", "interpretation"),
        ("演示市财政局关于印发《政策解读工作办法》的通知", None),
        ("关于做好政策解读工作的通知", None),
        ("关于征求《演示市电子证照管理办法（征求意见稿）》意见的公告", "consultation"),
        ("关于公开征求行政规范性文件清理结果意见的通知", "consultation"),
        ("演示市司法局关于向社会公开征集2021年度政府规章立法建议的公告", "consultation"),
        ("关于组织征集科技计划项目的通知", None),
        ("宜春市2022年国民经济和社会发展统计公报", "data"),
        ("转发《演示市实施统计数据网上直报工作管理办法》的通知", None),
        ("演示省人民政府公报2024年第3期", "gazette"),
        ("演示市人民政府信息公开申请答复书", "disclosure_request"),
        ("关于某某反映演示路积水问题的投诉回复", "letter"),
        ("药品GMP认证审查公示（第219号）", "notice"),
        ("演示市2020年公开招聘应届毕业生面试、体检公告", "notice"),
        ("北京市中医管理局关于对评审结论进行公示的通知", "notice"),
        ("财政部 税务总局关于公益性捐赠税前扣除有关事项的公告", None),
        ("演示市人民政府关于禁止燃放烟花爆竹的通告", None),
        ("演示市人民政府关于加快发展演示产业的意见", None),
    ],
)
def test_content_types_of_titles(title: str, kind: str | None) -> None:
    found = content_type_of_title(title)
    assert (found[0] if found else None) == kind
    assert kind is None or kind in CONTENT_TYPES


@pytest.mark.parametrize(
    ("column", "kind"),
    [("政策解读", "interpretation"), ("政策文件", "policy"), ("征集调查", "consultation"), ("依申请公开", "disclosure_request"),
     ("统计公报", "data"), ("咨询投诉", "letter"), ("公示公告", "notice"), ("通知公告", None), ("工作动态", None), ("5", None)],
)  # fmt: skip
def test_content_types_of_columns(column: str, kind: str | None) -> None:
    assert content_type_of_column(column) == kind


@pytest.mark.parametrize(
    ("title", "text", "pictures", "video", "form"),
    [
        ("图解：《演示办法》", "", True, False, "infographic"),
        ("一图读懂《演示办法》", "长" * 300, True, False, "infographic"),
        ("视频解读《演示办法》", "", False, True, "video"),
        ("专家解读：演示条例的意义", "长" * 300, False, False, "expert"),
        ("演示局局长做客在线访谈", "长" * 300, False, False, "interview"),
        ("演示部负责人就《演示条例》答记者问", "长" * 300, False, False, "interview"),
        ("市政府新闻发布会介绍演示情况", "长" * 300, False, False, "press_conference"),
        ("《演示办法》解读", "长" * 300, False, False, "text"),
        ("《演示办法》解读", "", True, False, "infographic"),
        ("《视频监控管理办法》解读", "长" * 300, False, False, "text"),
        ("演示", "", False, False, None),
    ],
)  # fmt: skip
def test_forms(title: str, text: str, pictures: bool, video: bool, form: str | None) -> None:
    found = form_of_interpretation(title, text, pictures=pictures, video=video)
    assert (found[0] if found else None) == form
    assert form is None or form in INTERPRETATION_FORMS


def test_the_fifteen_types() -> None:
    assert len(set(TYPES.values())) == 15


@pytest.mark.parametrize(
    ("title", "doc_type", "instrument"),
    [
        ("演示省人民政府办公厅会议纪要", "纪要", None),
        ("国家税务总局公告2024年第1号", "公告", None),
        ("关于印发《App违法违规行为认定方法》的通知", "通知", None),
        ("中华人民共和国网络安全法", None, "法"),
        ("四川省医药健康产业供需对接活动举行 现场发布产业供需清单", None, None),
        ("演示部关于印发《演示工作规则》的通知", "通知", "工作规则"),
        ("演示市行政处罚裁量基准（2024版）", None, "裁量基准"),
        ("上海公安司令", None, None),
        ("陕西省人民政府关于某某免职的通知", "通知", None),
    ],
)
def test_more_types_of_titles(title: str, doc_type: str | None, instrument: str | None) -> None:
    assert (extract_doc_type(title), extract_instrument(title)) == (doc_type, instrument)


def test_types_of_numbers_and_cells() -> None:
    assert doc_type_of_number("国家市场监督管理总局令 第 78 号") == "命令"
    assert doc_type_of_number("财政部公告2020年第27号") == "公告"
    assert doc_type_of_number("国办函〔2024〕1号") is None
    assert (doc_type_of_cell("通知"), doc_type_of_cell("意见类"), doc_type_of_cell("其他")) == (
        "通知",
        "意见",
        None,
    )


@pytest.mark.parametrize(
    ("prefix", "marks"),
    [("穗人社规字", True), ("发改能源规", True), ("沪府规", True), ("粤科规范字", True), ("津政规", True), ("沪科规", True), ("川办规", True), ("沪发改规范", True), ("金府规发", True), ("辽国资法规", False), ("国办发", False),
     ("沪规", False), ("京规", False), ("沪规土资", False), ("云交规划", False), ("演自然资规", False), ("演建规", False)],
)  # fmt: skip
def test_prefixes_of_normative_documents(prefix: str, marks: bool) -> None:
    assert normative_of_prefix(prefix) is marks


@pytest.mark.parametrize(
    ("title", "against"),
    [("关于调整演示市防汛指挥部组成人员的通知", True), ("关于成立演示工作领导小组的通知", True), ("演示省人民政府关于某某免职的通知", True),
     ("关于任命某某职务的通知", True), ("关于2024年劳动节放假安排的通知", True), ("关于表彰演示先进集体的决定", True), ("关于2023年度科学技术奖励的决定", True),
     ("关于修改《演示省科学技术奖励规定》的决定", False), ("关于印发演示表彰奖励办法的通知", False), ("关于印发专业技术职务评聘办法的通知", False),
     ("演示工作领导小组办公室关于印发演示管理办法的通知", False), ("关于印发2008年节能减排工作安排的通知", False)],
)  # fmt: skip
def test_titles_of_papers_that_are_no_normative_documents(title: str, against: bool) -> None:
    assert bool(not_normative(title, extract_doc_type(title))) is against


def test_words_for_and_against_normative_documents() -> None:
    assert normative_of_words("行政规范性文件") and not normative_of_words("规范性文件解读")
    assert not normative_of_words("规范性文件清理")
    assert above_normative("中华人民共和国广告法", "") and above_normative("", "国令第706号")
    assert not above_normative("演示市责令改正办法", "演政发〔2024〕1号")
    assert not_normative("关于调整领导小组成员的通知", "通知") and not_normative("演示的批复", "批复")
    assert not_normative("关于印发演示管理办法的通知", "通知") is None


CONTEXT = SiteContext(
    "demo", "演示市人民政府", ("政策文件",), "policy", "municipal", "990100", date(2026, 1, 1)
)
BODY = (
    "<p>各县人民政府：</p><p>为加强住房公积金和保障性住房管理，现就有关事项通知如下。</p>"
    + "<p>各单位要认真落实。</p>" * 8
)


def read(title: str, table: str = "", context: SiteContext = CONTEXT, meta: str = "") -> Policy:
    markup = (
        f"<html><head><title>{title}</title><meta name='ArticleTitle' content='{title}'>{meta}</head><body>"
        f"<table>{table}</table><h1>{title}</h1><div class='TRS_Editor'>{BODY}</div></body></html>"
    )
    page = PageInput("0" * 16, "https://演示.test/1.html", markup.encode(), None, Hints())
    return normalize_policy(page, context)


def row(label: str, value: str) -> str:
    return f"<tr><td>{label}：</td><td>{value}</td></tr>"


def test_a_page_speaks_before_its_channel() -> None:
    policy = read("《演示市住房公积金管理办法》政策解读")
    assert (policy.content_type, policy.interpretation_form) == ("interpretation", "text")
    assert (policy.doc_type, policy.instrument, policy.normative) == (None, None, None)
    assert policy.evidence["content_type"].rule == "title:words"
    plain = read("关于演示住房公积金工作的通知")
    assert (plain.content_type, plain.evidence["content_type"].rule) == ("policy", "site:channel")


def test_a_numbered_paper_in_a_column_of_interpretations_is_a_policy() -> None:
    context = SiteContext("demo", "", ("政策解读",), "interpretation", None, None, date(2026, 1, 1))
    table = row("发文字号", "演政规〔2024〕7号") + row("索引号", "000014349/2024-00012")
    policy = read("关于演示住房公积金工作的通知", table, context)
    assert (policy.content_type, policy.normative) == ("policy", True)
    assert policy.evidence["normative"].raw == "演政规〔2024〕7号"


def test_a_column_of_the_page_speaks_before_the_channel() -> None:
    policy = read("2024年演示情况", meta="<meta name='ColumnType' content='数据发布'>")
    assert (policy.content_type, policy.evidence["content_type"].rule) == ("data", "meta:columntype")


def test_codes_under_wrong_labels() -> None:
    table = row("发文字号", "SDPR-2024-0010002") + row("索引号", "000014349/2024-00012")
    policy = read("关于演示住房公积金工作的通知", table)
    assert (policy.doc_number, policy.registration_number) == (None, "SDPR-2024-0010002")
    assert (policy.index_number, policy.normative) == ("000014349/2024-00012", True)
    swapped = read(
        "关于演示工作的通知", row("文号", "11411082094577395T/2024-00012") + row("发布机构", "演示市财政局")
    )
    assert (swapped.doc_number, swapped.index_number) == (None, "11411082094577395T/2024-00012")
    other = read("关于演示工作的通知", row("索引号", "演政发〔2024〕7号") + row("发布机构", "演示市财政局"))
    assert (other.doc_number, other.index_number) == ("演政发〔2024〕7号", None)


def test_subject_and_topics_of_a_page() -> None:
    table = row("主题分类", "城乡建设、环境保护\\城乡建设（含住房）") + row("索引号", "000014349/2024-00012")
    policy = read("关于加强演示住房公积金管理的通知", table)
    assert (policy.subject, policy.subject_detail) == ("城乡建设、环境保护", "城乡建设（含住房）")
    assert policy.evidence["subject"].rule == "info_table:主题分类"
    assert policy.topics == ("住房与房地产",)
    inferred = read("关于加强演示住房公积金和保障性住房管理的通知")
    assert inferred.subject == "城乡建设、环境保护" and inferred.subject_detail is None
    assert inferred.evidence["subject"].rule == "inferred:subject"
    assert "公积金" in inferred.evidence["subject"].raw


def test_explicit_and_computed_validity() -> None:
    marked = read("关于演示工作的通知（已废止）")
    assert (marked.validity, marked.evidence["validity"].rule) == ("repealed", "title:mark")
    context = SiteContext("demo", "", ("失效文件",), "policy", None, None, date(2026, 1, 1))
    assert read("关于演示工作的通知", context=context).validity == "expired"
    table = row("有效性", "有效") + row("有效期至", "2020-12-31") + row("索引号", "000014349/2019-00012")
    told = read("关于演示工作的通知", table)
    assert (told.validity, told.expiry_date) == ("valid", date(2020, 12, 31))
    assert any(w.startswith("validity_conflict") for w in told.warnings)
    table = (
        row("施行日期", "2019-01-01") + row("有效期至", "2020-12-31") + row("索引号", "000014349/2019-00012")
    )
    past = read("关于演示工作的通知", table)
    assert (past.validity, past.validity_reason) == ("expired", "有效期至2020-12-31")
    assert past.evidence["validity"].rule == "computed:days"
    assert read("关于演示工作的通知").validity is None


@pytest.mark.parametrize(
    ("label", "value", "unknown"),
    [
        ("公文种类", "通知", None),
        ("体裁分类", "实施方案", None),
        ("体裁分类", "其他", None),
        ("公文种类", "演示文书", "doc_type_unknown: 演示文书"),
    ],
)
def test_a_cell_of_an_unknown_type_is_reported(label: str, value: str, unknown: str | None) -> None:
    policy = read("演示市关于停车的通知", row("索引号", "000014349/2024-00012") + row(label, value))
    told = [w for w in policy.warnings if w.startswith("doc_type_unknown")]
    assert told == ([unknown] if unknown else [])
