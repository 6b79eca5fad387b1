"""Chinese names of what is stored in English: fields, their closed lists of values, sources of evidence."""

from collections.abc import Mapping

from normalizers.policy import CONTENT_TYPES, INTERPRETATION_FORMS, LEVELS, VALIDITIES

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
# Values of the fields that have a closed list of them.
VALUE_NAMES: dict[str, Mapping[str, str]] = {
    "level": LEVELS,
    "content_type": CONTENT_TYPES,
    "interpretation_form": INTERPRETATION_FORMS,
    "validity": VALIDITIES,
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
