"""Corrections by people: what a value may be, and what a corrected policy says."""

from dataclasses import fields, replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from normalizers.correction_fields import (
    FIELDS,
    NEVER_UNKNOWN,
    REFUSED,
    CorrectionError,
    kind_of,
    normalize_value,
    shown_value,
    value_of,
)
from normalizers.corrections import Correction, apply_corrections
from normalizers.policy import Evidence, Policy, SiteContext, decode_policy, encode_policy

CONTEXT = SiteContext("yanshi", "演示市人民政府", (), "policy", "municipal", "610200", date(2026, 3, 2))
POLICY = Policy(
    id="0" * 16,
    url="http://yanshi.test/zc/t1.html",
    site="yanshi",
    channels=("政策文件",),
    content_type="policy",
    title="演示通知",
    doc_number="演政发〔2025〕3号",
    doc_number_key="演政发2025-3",
    issuers=("演示某处",),
    authorities=("演示某处",),
    level="municipal",
    region="610200",
    subject="科技、教育",
    subject_detail="科技",
    written_date=date(2025, 2, 1),
    date_precision={"written_date": "day"},
    validity="valid",
    validity_reason="自2025-02-01起施行，有效期至2030-01-31",
    effective_date=date(2025, 2, 1),
    expiry_date=date(2030, 1, 31),
    text="正文",
    evidence={
        "title": Evidence("meta:ArticleTitle", "演示通知"),
        "doc_number": Evidence("info_table:文号", "演政发〔2025〕3号"),
        "issuers": Evidence("info_table:发布机构", "演示某处"),
        "level": Evidence("site:level", "yanshi"),
        "validity": Evidence("computed:days", "自2025-02-01起施行，有效期至2030-01-31"),
        "subject_detail": Evidence("info_table:主题分类", "科技"),
    },
    warnings=("issuer_unknown: 演示某处",),
)


def correct(policy: Policy, **values: object) -> Policy:
    given = [
        Correction(POLICY.id, name, normalize_value(name, value) if value is not None else None, "见原件")
        for name, value in values.items()
    ]
    return apply_corrections(policy, given, CONTEXT)


@pytest.mark.parametrize(
    ("field", "raw", "value"),
    [
        ("title", " 演示市\n关于演示的通知 ", "演示市关于演示的通知"),
        ("doc_number", "演政发 [2026] 第001号", "演政发[2026]第001号"),
        ("doc_number", "演示市人民政府令第 5 号", "演示市人民政府令第 5 号"),
        ("written_date", "2023-05-01", "2023-05-01"),
        ("written_date", date(2023, 5, 1), "2023-05-01"),
        ("expiry_date", "2023-05", "2023-05"),
        ("published_date", "1999", "1999"),
        ("issuers", ["甲局", "乙局", "甲局"], ("甲局", "乙局")),
        ("level", "市级", "municipal"),
        ("level", "county", "county"),
        ("region", "610200", "610200"),
        ("region", "610202001", "610202001"),
        ("content_type", "解读", "interpretation"),
        ("doc_type", "通知", "通知"),
        ("normative", True, True),
        ("normative", "否", False),
        ("subject", "科技、教育", "科技、教育"),
        ("validity", "已废止", "repealed"),
        ("interpretation_form", "图解", "infographic"),
        ("keywords", ("演示",), ("演示",)),
    ],
)
def test_values_that_are_taken(field: str, raw: object, value: object) -> None:
    assert normalize_value(field, raw) == value


@pytest.mark.parametrize(
    ("field", "raw", "said"),
    [
        ("title", "", "非空文字"),
        ("title", " \u200b ", "非空文字"),
        ("title", 3, "非空文字"),
        ("title", "长" * 2001, "2000 字"),
        ("doc_number", "无", "不是发文字号"),
        ("doc_number", "〔〕号", "不是发文字号"),
        ("doc_number", "演示公告", "不是发文字号"),
        ("written_date", "2023-02-30", "2023-02-30 不是日期"),
        ("written_date", "2023-5-1", "应为 2023-05-01"),
        ("written_date", "2023年5月1日", "应为 2023-05-01"),
        ("written_date", "1066-10-14", "1949"),
        ("written_date", datetime(2023, 5, 1, 8), "不是日期"),
        ("written_date", 2023, "不是日期"),
        ("issuers", "甲局", "文字列表"),
        ("issuers", [], "文字列表"),
        ("issuers", ["甲局", 3], "非空文字"),
        ("level", "muncipal", "是否想写 municipal（市级）？"),
        ("region", 610200, "写成文字"),
        ("region", "6102", "6 位数字代码"),
        ("normative", "也许", "true（是）或 false（否）"),
        ("normative", 1, "true（是）或 false（否）"),
        ("subject", "教育科技", "可用的值：国务院组织机构"),
        ("topics", ["没有的标签"], "可用的值"),
        ("validity", "有效期内", "现行有效"),
        ("url", "http://x.test/", "页面的身份"),
        ("text", "正文", "以原件为准"),
        ("doc_number_key", "x2023-1", "请更正 doc_number"),
        ("docnumber", "x", "是否想写 doc_number（发文字号）？"),
    ],
)
def test_values_that_are_refused_with_what_is_allowed(field: str, raw: object, said: str) -> None:
    with pytest.raises(CorrectionError) as error:
        normalize_value(field, raw)
    assert said in str(error.value)


def test_every_field_of_a_policy_is_either_corrected_or_refused_with_a_reason() -> None:
    names = {f.name for f in fields(Policy)}
    assert names == FIELDS.keys() | REFUSED.keys()
    assert not FIELDS.keys() & REFUSED.keys()


def test_a_corrected_field_has_its_own_evidence_and_what_the_rules_said() -> None:
    signed = Correction(POLICY.id, "title", "演示市关于演示的通知", "标题被截断", by="演示员")
    made = apply_corrections(POLICY, [signed], CONTEXT)
    assert made.title == "演示市关于演示的通知"
    assert made.evidence["title"] == Evidence("correction:演示员", "标题被截断")
    assert made.warnings[-1] == "corrected: title, was 演示通知"
    assert made.evidence["doc_number"] == POLICY.evidence["doc_number"]
    assert correct(POLICY, title="演示").evidence["title"].rule == "correction:file"


def test_the_key_follows_the_number() -> None:
    made = correct(POLICY, doc_number="演政办发[2026] 12号")
    assert (made.doc_number, made.doc_number_key) == ("演政办发[2026]12号", "演政办发2026-12")
    none = correct(POLICY, doc_number=None)
    assert (none.doc_number, none.doc_number_key) == (None, None)
    assert none.evidence["doc_number"].rule == "correction:file"
    assert none.warnings[-1] == "corrected: doc_number, was 演政发〔2025〕3号"


def test_names_level_and_region_follow_the_issuers() -> None:
    made = correct(POLICY, issuers=["陕西省发改委"])
    assert made.authorities == ("陕西省发展和改革委员会",)
    assert (made.level, made.region) == ("provincial", "610000")
    assert made.evidence["level"].rule == "issuer:authority"
    assert not [w for w in made.warnings if w.startswith("issuer_unknown")]
    kept = correct(POLICY, issuers=["陕西省发改委"], level="municipal")
    assert (kept.level, kept.region) == ("municipal", "610000")
    assert kept.evidence["level"].rule == "correction:file"


def test_aliases_that_an_installation_knows_are_made_whole() -> None:
    known = replace(CONTEXT, issuers={"演示办": "演示市演示办公室"})
    signed = Correction(POLICY.id, "issuers", ("演示办",), "见原件")
    made = apply_corrections(POLICY, [signed], known)
    assert (made.issuers, made.authorities) == (("演示办",), ("演示市演示办公室",))


def test_the_validity_follows_the_term_unless_the_page_says_it() -> None:
    made = correct(POLICY, expiry_date="2025-12-31")
    assert (made.validity, made.validity_reason) == ("expired", "有效期至2025-12-31")
    said = replace(POLICY, evidence={**POLICY.evidence, "validity": Evidence("info_table:有效性", "有效")})
    assert correct(said, expiry_date="2025-12-31").validity == "valid"
    open_ended = correct(POLICY, expiry_date=None, effective_date=None)
    assert (open_ended.validity, open_ended.validity_reason) == (None, None)


def test_a_corrected_validity_gives_its_reason() -> None:
    made = correct(POLICY, validity="已废止")
    assert (made.validity, made.validity_reason) == ("repealed", "见原件")
    both = correct(POLICY, validity_reason="演示市公告第1号", validity="repealed")
    assert both.validity_reason == "演示市公告第1号"
    assert correct(POLICY, validity=None).validity_reason is None


def test_the_detail_of_another_subject_is_void() -> None:
    made = correct(POLICY, subject="国防")
    assert (made.subject, made.subject_detail) == ("国防", None)
    assert "subject_detail" not in made.evidence


def test_a_month_stays_a_month() -> None:
    made = correct(POLICY, written_date="2025-01")
    assert (made.written_date, made.date_precision["written_date"]) == (date(2025, 1, 1), "month")
    assert value_of(made, "written_date") == "2025-01"
    assert "written_date" not in correct(made, written_date=None).date_precision


def test_what_the_rules_say_too_is_not_needed_and_changes_nothing() -> None:
    made = correct(POLICY, title="演示通知", written_date="2025-02-01", note=None)
    assert made.warnings[1:] == (
        "correction_not_needed: title",
        "correction_not_needed: written_date",
        "correction_not_needed: note",
    )
    assert replace(made, warnings=POLICY.warnings) == POLICY


def test_a_page_that_says_something_new_asks_for_a_second_look() -> None:
    old = Correction(POLICY.id, "title", "演示市通知", "见原件", was="演示通")
    assert apply_corrections(POLICY, [old], CONTEXT).warnings[-1] == (
        "correction_to_review: title, was 演示通, now 演示通知"
    )
    same = replace(old, was="演示通知")
    assert apply_corrections(POLICY, [same], CONTEXT).warnings[-1] == "corrected: title, was 演示通知"


WORDS = st.text("演示甲乙丙丁〔〕2025号a ", min_size=1, max_size=20).filter(str.strip)
RAW = st.one_of(
    WORDS, st.lists(WORDS, max_size=3), st.booleans(), st.dates(date(1950, 1, 1), date(2090, 1, 1)),
    st.sampled_from(["通知", "2023-05", "repealed", "county", "610200", "国防", "数据"]),
)  # fmt: skip


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), RAW | st.none(), max_size=6))
def test_any_corrections_give_a_policy_that_says_them(raw: dict[str, object]) -> None:
    taken = []
    for name, value in raw.items():
        try:
            kept = None if value is None and name not in NEVER_UNKNOWN else kind_of(name)(value)
        except CorrectionError:
            continue
        assert kept is None or kind_of(name)(kept) == kept
        taken.append(Correction(POLICY.id, name, kept, "见原件"))
    made = apply_corrections(POLICY, taken, CONTEXT)
    assert decode_policy(encode_policy(made)) == made
    for correction in taken:
        assert value_of(made, correction.field) == correction.value, shown_value(correction.value)
    assert {made.id, made.url, made.text} == {POLICY.id, POLICY.url, POLICY.text}
