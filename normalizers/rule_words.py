"""Rules of evidence in Chinese, for everybody who shows people where a field comes from."""

import re

from normalizers.chinese_names import FIELD_NAMES, SOURCE_NAMES

# Rule → how the field was found. Every rule that is produced is here, or its source is in _NAMED (tested).
WORDS: dict[str, str] = {
    "address:path": "取自网址中的日期",
    "attachment:name": "取自附件名称",
    "attachment:text": "取自文件的文字",
    "body:addressees": "取自主送机关一行",
    "body:adopted": "取自标题下通过日期的括注",
    "body:contacts": "取自正文中的联系方式",
    "body:density": "取自网页中文字最密集的部分",
    "body:form": "由正文的内容推断",
    "body:imprint": "取自版记",
    "body:interpreter": "取自正文中的解读单位",
    "body:note": "取自正文后的附注",
    "body:number": "取自正文开头几行",
    "body:page": "取自整个网页（没有可以认出的正文区域）",
    "body:signature": "取自落款",
    "body:title": "取自正文开头的标题",
    "body:topics": "取自正文用词",
    "body:under_title": "取自标题之下的部分",
    "body:有效期至": "取自正文“有效期至……”一句",
    "body:自…起施行": "取自正文“自……起施行”一句",
    "body:自发布之日起施行": "由正文“自发布之日起施行”一句和成文日期算出",
    "body:至…止": "取自正文“至……止”一句",
    "computed:days": "由施行日期和失效日期算出",
    "computed:有效期": "由正文写明的有效期算出",
    "header:above_source": "取自来源一行之上的文字",
    "header:day": "取自标题与正文之间的日期",
    "header:line": "取自正文上方的标题行",
    "header:mark": "取自标题附近的有效性标注",
    "header:number": "取自正文上方的文号",
    "header:registration number": "取自正文上方的登记号",
    "header:relative": "由标题与正文之间的相对时间和采集日期算出",
    "header:title_tag": "取自正文上方与网页标题相同的一行",
    "header:ucaptitle": "取自网页的标题标签",
    "inferred:subject": "由标题和正文开头的用词推断",
    "issuer:authority": "由发文机关得出（机关名录）",
    "issuer:division": "由发文机关名称中的地名得出",
    "issuer:names": "由发文机关得出（机关名录中的全称）",
    "list_row:date": "取自列表中的日期",
    "list_row:number": "取自列表中的文号",
    "list_row:title": "取自列表中的标题",
    "prefix:authority": "由发文机关代字得出（机关名录）",
    "prefix:letters": "由发文机关代字中的地名得出",
    "readability:summary": "由通用正文提取得出（复核）",
    "site:channel": "取自所在栏目",
    "site:column": "取自所在栏目的名称",
    "site:default": "取自站点文件的默认类型",
    "site:level": "取自站点的层级",
    "site:region": "取自站点的地区",
    "site:title": "取自站点文件指定的标题位置",
    "title:form": "取自标题用词",
    "title:forwarded": "取自标题中被转发的机关",
    "title:head": "取自标题开头的机关",
    "title:instrument": "取自标题中的体裁",
    "title:issuers": "取自标题中的机关",
    "title:kind": "由标题和文种得出",
    "title:mark": "取自标题中的有效性标注",
    "title:number": "取自标题中的文号",
    "title:numbered paper": "由标题和文号得出",
    "title:order or law": "由标题或文号得出（法律、法规、规章或命令）",
    "title:tag": "取自网页标题",
    "title:topics": "取自标题用词",
    "title:type": "取自标题中的文种",
    "title:words": "取自标题用词",
    "trafilatura:precision": "由通用正文提取得出",
}
# Sources whose detail is a name that the page, the site file or a person gave, with what is said of it.
_NAMED: dict[str, str] = {
    "api": "取自网站接口的“{}”",
    "body": "取自网页的正文区域（{}）",
    "correction": "人工更正（{}）",
    "header": "取自标题附近的“{}”",
    "info_table": "取自信息表“{}”一栏",
    "meta": "取自网页元数据 {}",
    "site": "取自已知的正文区域（{}）",
}
# Names of elements: header:h1, header:span.title.
ELEMENT = re.compile(r"[a-z][a-z0-9]*(?:\.title)?")
UNSIGNED = "file"  # of a correction that nobody signed


def rule_text(rule: str) -> str:
    """How a field was found, as a person reads it; a rule that is not known is told by its source."""
    if words := WORDS.get(rule):
        return words
    source, _, detail = rule.partition(":")
    if source == "correction" and detail == UNSIGNED:
        return "人工更正"
    if source == "header" and ELEMENT.fullmatch(detail):
        return "取自网页的标题行"
    if source in _NAMED and detail:
        return _NAMED[source].format(FIELD_NAMES.get(detail, detail))
    return SOURCE_NAMES.get(source, rule)
