"""Issuers by weaker signs, full names, and where a document belongs wherever it is reposted."""

from datetime import date

import pytest

from normalizers.normalize import PageInput, normalize_policy
from normalizers.page import Hints
from normalizers.policy import Evidence, Policy, SiteContext

XIAN = SiteContext("yanshi", "", (), "policy", "municipal", "610100", date(2026, 3, 2))
UNKNOWN = SiteContext("yanshi", "", (), "policy", None, None, date(2026, 3, 2))
BODY = ("各有关单位：", "现将演示工作有关事项通知如下，请结合实际认真贯彻执行，并及时报告演示情况。")


def read(
    title: str, *last: str, table: tuple[tuple[str, str], ...] = (), context: SiteContext = XIAN
) -> Policy:
    cells = "".join(f"<tr><td>{label}：</td><td>{value}</td></tr>" for label, value in table)
    lines = "".join(f"<p>{line}</p>" for line in (*BODY, *last))
    markup = (
        f"<html><head><title>{title}</title></head><body><h1>{title}</h1><table>{cells}</table>"
        f'<div class="TRS_Editor">{lines}</div></body></html>'
    )
    url = "http://www.yanshi.test/zwgk/t20240315_1.html"
    return normalize_policy(PageInput("1", url, markup.encode(), None, Hints()), context)


def place(policy: Policy) -> tuple[str | None, str | None, str]:
    return policy.level, policy.region, policy.evidence["level"].rule if policy.level else ""


def test_a_reposted_document_keeps_the_level_of_its_issuer() -> None:
    policy = read("陕西省人民政府办公厅关于做好演示工作的通知", "陕西省人民政府办公厅", "2024年3月8日")
    assert place(policy) == ("provincial", "610000", "issuer:authority")
    assert policy.evidence["region"].raw == "陕西省人民政府办公厅"
    nation = read("关于做好演示工作的通知", "国家发展改革委", "财政部", "2024年3月8日")
    assert place(nation) == ("national", None, "issuer:authority")
    assert nation.issuers == ("国家发展改革委", "财政部")
    assert nation.authorities == ("国家发展和改革委员会", "财政部")


def test_the_prefix_beats_who_put_it_online() -> None:
    table = (("索引号", "1"), ("发布机构", "西安市统计局"), ("文号", "陕政发〔2024〕7号"))
    policy = read("关于做好演示工作的通知", table=table)
    assert policy.issuers == ("陕西省人民政府",)
    assert policy.evidence["issuers"].rule == "prefix:authority"
    assert place(policy)[:2] == ("provincial", "610000")


@pytest.mark.parametrize("publisher", ["省政府", "陕西省人民政府", "省人民政府"])
def test_a_publisher_that_is_the_prefixs_body_keeps_its_printed_form(publisher: str) -> None:
    table = (("索引号", "1"), ("发布机构", publisher), ("文号", "陕政发〔2024〕7号"))
    policy = read("关于做好演示工作的通知", table=table)
    assert policy.issuers == (publisher,)
    assert policy.authorities == ("陕西省人民政府",)


def test_without_issuer_and_number_the_site_tells_the_place() -> None:
    assert place(read("关于做好演示工作的通知")) == ("municipal", "610100", "site:level")
    unknown = read("关于做好演示工作的通知", context=UNKNOWN)
    assert place(unknown) == (None, None, "")


def test_an_unknown_body_is_kept_as_printed_and_reported() -> None:
    policy = read("关于做好演示工作的通知", "演示事务协调推进办公室", "2024年3月8日")
    assert policy.issuers == policy.authorities == ("演示事务协调推进办公室",)
    assert "issuer_unknown: 演示事务协调推进办公室" in policy.warnings
    assert place(policy)[2] == "site:level"


def test_the_interpreting_body() -> None:
    policy = read(
        "《关于做好演示工作的通知》政策解读", "解读机关：雁塔区民政局，解读人：演示科，联系方式：000000。"
    )
    assert policy.issuers == ("雁塔区民政局",)
    assert policy.authorities == ("西安市雁塔区民政局",)
    assert place(policy)[:2] == ("county", "610113")


def test_the_forwarding_body_is_the_issuer_and_the_other_has_its_own_role() -> None:
    policy = read("陕西省人民政府办公厅转发省财政厅关于做好演示工作意见的通知")
    assert policy.issuers == ("陕西省人民政府办公厅",)
    assert policy.evidence["origin"].raw == "省财政厅"


@pytest.mark.parametrize(
    ("signature", "warning"),
    [
        (("国土资源部", "2015年3月8日"), ""),
        (("自然资源部", "2015年3月8日"), "date_conflict: 自然资源部设立于2018年，文件为2015年"),
        (
            ("国土资源部", "2020年3月8日"),
            "date_conflict: 国土资源部止于2018年（其后为自然资源部），文件为2020年",
        ),
    ],
)
def test_issuers_that_did_not_exist_in_the_year(signature: tuple[str, str], warning: str) -> None:
    policy = read("关于做好演示工作的通知", *signature)
    assert policy.issuers == policy.authorities == (signature[0],)
    assert [w for w in policy.warnings if w.startswith("date_conflict")] == ([warning] if warning else [])


def test_the_origin_of_a_forwarded_document() -> None:
    cover = ("各县人民政府：", "现转发给你们，请认真执行。", "陕西省人民政府办公厅", "2024年3月8日")
    inner = ("请各地做好演示工作。", "国家发展改革委 财政部", "2024年2月1日")
    named = read("陕西省人民政府办公厅转发国家发展改革委 财政部关于做好演示工作的通知", *cover, *inner)
    assert named.issuers == ("陕西省人民政府办公厅",) and str(named.written_date) == "2024-03-08"
    assert named.evidence["origin"].raw == "国家发展改革委、财政部"
    quoted = read("陕西省人民政府办公厅转发《国务院办公厅关于演示的意见》的通知", *cover)
    assert quoted.evidence["origin"].raw == "国务院办公厅"
    unnamed = read("关于转发演示工作意见的通知", *cover, *inner)
    assert unnamed.issuers == ("陕西省人民政府办公厅",)
    assert unnamed.evidence["origin"] == Evidence("body:signature", "国家发展改革委、财政部")
    bare = read("转发国家发展改革委关于演示的通知", *inner)
    assert bare.written_date is None and "国家发展改革委" not in bare.issuers
    assert "origin" not in read("关于做好演示工作的通知", *cover).evidence


def test_an_interpretation_is_not_by_the_body_it_explains() -> None:
    assert read("国家卫生健康委办公厅关于做好演示工作的通知文件解读").issuers == ()
    assert read("财政部关于演示事项的通知").issuers == ("财政部",)


def test_seventeen_joint_bodies() -> None:
    names = [
        "国家发展改革委",
        "教育部",
        "科技部",
        "工业和信息化部",
        "公安部",
        "民政部",
        "财政部",
        "人力资源社会保障部",
        "自然资源部",
        "住房城乡建设部",
        "交通运输部",
        "水利部",
        "农业农村部",
        "商务部",
        "文化和旅游部",
        "国家卫生健康委",
        "税务总局",
    ]
    policy = read("关于做好演示工作的通知", *names, "2024年3月8日")
    assert policy.issuers == tuple(names)
    assert len(policy.authorities) == 17
    assert not [w for w in policy.warnings if w.startswith("issuer_unknown")]


def test_names_in_a_bracket_are_no_bodies_of_their_own() -> None:
    table = (
        ("索引号", "1"),
        ("发文机关", "市政府办公室（市外办、市金融办）"),
        ("文号", "市政办发〔2024〕7号"),
    )
    policy = read("关于做好演示工作的通知", table=table)
    assert policy.issuers == ("市政府办公室（市外办、市金融办）",)
    assert policy.authorities == ("西安市人民政府办公厅",)


def test_three_characters_are_a_body_where_the_file_knows_it() -> None:
    policy = read("关于做好演示工作的通知", "人民银行", "银保监会", "证监会", "2024年3月8日")
    assert policy.issuers == ("人民银行", "银保监会", "证监会")


def test_a_signature_that_the_last_paragraph_runs_on_into() -> None:
    long = (
        "演示工作关系全局，各有关单位要切实加强领导，严格按照有关规定周密组织实施，妥善处理好各项工作。" * 3
    )
    policy = read(
        "关于做好演示工作的批复",
        f"{long}特此批复。\xa0\xa0仙居县人民政府\xa0\xa0 2013年9月9日",
        context=UNKNOWN,
    )
    assert policy.issuers == ("仙居县人民政府",)
    assert policy.written_date == date(2013, 9, 9)
    assert place(policy)[:2] == ("county", "331024")


def test_the_lead_of_many_departments() -> None:
    policy = read("浙江省商务厅等17部门关于做好演示工作的通知")
    assert policy.issuers == ("浙江省商务厅",)


@pytest.mark.parametrize(
    ("number", "issuers"),
    [
        ("粤科函资字〔2024〕7号", ("广东省科学技术厅",)),
        ("国发明电〔2020〕7号", ()),
        ("演政发〔2024〕7号", ()),
    ],
)
def test_a_number_alone_tells_its_issuer_where_it_is_known(number: str, issuers: tuple[str, ...]) -> None:
    policy = read(f"关于做好演示工作的通知（{number}）", context=UNKNOWN)
    assert policy.doc_number == number
    assert policy.issuers == issuers
