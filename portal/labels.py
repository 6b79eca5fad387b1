"""Chinese words for values that are stored in English."""

from collections.abc import Mapping
from dataclasses import dataclass

from normalizers.policy import CONTENT_TYPES, INTERPRETATION_FORMS, LEVELS, VALIDITIES, Evidence

FACET_NAMES: dict[str, str] = {
    "level": "层级",
    "region": "地区",
    "issuer": "发文机关",
    "content_type": "内容类型",
    "doc_type": "文种",
    "year": "年份",
    "validity": "有效性",
    "topic": "主题",
    "site": "站点",
    "withdrawn": "撤下",
}
WITHDRAWN = {"true": "原站已撤下", "false": "原站在架"}
SORT_NAMES: dict[str, str] = {
    "relevance": "相关度",
    "written": "成文日期",
    "published": "发布日期",
    "first_seen": "收录时间",
}
# What a file of a page is to its policy.
ROLE_NAMES: dict[str, str] = {"annex": "附件", "document": "正文文件"}
# What a part of a body is.
PART_NAMES: dict[str, str] = {"annex": "附件", "document": "内含文件"}
# What evidence tells beside the fields of a Policy.
NOTED_NAMES: dict[str, str] = {
    "origin": "被转发机关",
    "text": "正文",
    "doc_number_key": "文号检索键",
}
# Fields of Policy in the order of the document page; lists are joined.
FIELD_NAMES: dict[str, str] = {
    "doc_number": "发文字号",
    "issuers": "发文机关",
    "authorities": "机关全称",
    "level": "层级",
    "region": "地区",
    "content_type": "内容类型",
    "doc_type": "文种",
    "instrument": "体裁",
    "normative": "规范性文件",
    "written_date": "成文日期",
    "published_date": "发布日期",
    "effective_date": "施行日期",
    "expiry_date": "失效日期",
    "validity": "有效性",
    "validity_reason": "有效性依据",
    "index_number": "索引号",
    "registration_number": "登记号",
    "subject": "主题分类",
    "subject_detail": "主题细分",
    "topics": "主题标签",
    "keywords": "关键词",
    "addressees": "主送",
    "interpretation_form": "解读形式",
    "source": "来源",
    "note": "附注",
    "contacts": "联系方式",
    "print_info": "版记",
    "channels": "栏目",
    "summary": "摘要",
    "title": "标题",
    "text": "正文",
    "attachments": "附件",
}
_FIXED: dict[str, Mapping[str, str]] = {
    "level": LEVELS,
    "content_type": CONTENT_TYPES,
    "interpretation_form": INTERPRETATION_FORMS,
    "validity": VALIDITIES,
    "withdrawn": WITHDRAWN,
}

# Sources of evidence as normalizers/policy.py documents them, `<source>:<detail>`.
SOURCE_NAMES: dict[str, str] = {
    "correction": "人工更正",
    "info_table": "信息表",
    "header": "页眉与文头",
    "title": "标题",
    "body": "正文",
    "meta": "网页元数据",
    "api": "网站接口",
    "list_row": "列表",
    "attachment": "附件",
    "address": "网址",
    "site": "站点文件",
    "trafilatura": "通用正文提取",
    "readability": "通用正文提取（复核）",
    "issuer": "由发文机关得出",
    "prefix": "由发文机关代字得出",
    "computed": "由其他字段算出",
    "inferred": "由文字推断",
}


@dataclass(frozen=True, slots=True)
class Proof:
    """One row of the evidence of a policy: field, source, detail and text, as a person reads them."""

    field: str
    source: str
    detail: str
    raw: str
    corrected: bool


def proof(field: str, evidence: Evidence) -> Proof:
    """Evidence in Chinese; a correction names who made it, and its text is the reason."""
    source, _, detail = evidence.rule.partition(":")
    corrected = source == "correction"
    unsigned = corrected and detail == "file"
    named = (FIELD_NAMES | NOTED_NAMES).get(field, field)
    return Proof(named, SOURCE_NAMES.get(source, source), "" if unsigned else detail, evidence.raw, corrected)


def value_label(field: str, value: str, names: Mapping[str, Mapping[str, str]]) -> str:
    """What a value of a field is called; `names` knows regions and sites; an unknown value is itself."""
    table = _FIXED.get(field) or names.get(field) or {}
    return table.get(value, value)
