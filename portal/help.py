"""What the help page shows: the language of queries by examples, and calls of the API."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Example:
    """A query that may be tried, and what it asks for."""

    query: str
    meaning: str


EXAMPLES: tuple[Example, ...] = (
    Example("养老 补贴", "两个词都要出现，次序不限；标题里的排在前面"),
    Example("养老服务补贴标准", "一个长词：相连的字词大多要出现，一字不差的排在前面"),
    Example('"养老服务补贴"', "引号里的文字要一字不差地相连出现（标点、空格不计）"),
    Example("养老 -通知", "有“养老”而没有“通知”；也可写 非 或 NOT"),
    Example("养老 OR 托育", "任一即可；也可写 或、|"),
    Example("(养老 OR 托育) 补贴", "括号分组，最多五层"),
    Example(
        "国办发〔2023〕1号",
        "文号可用任意写法：国办发[2023]1号、国办发2023-1、国办发（2023）第1号；只有一件时直接打开",
    ),
    Example("高企 认定", "简称与同义词一并检索（高新技术企业），结果上方有说明，可以关闭"),
    Example("最新养老服务政策", "按日期排序，列出标题符合的文件；要检索“最新”二字请加引号"),
    Example("2023年 陕西 养老", "年份、地区、层级的词也指那一年、那一地、那一级的文件，它们排在前面"),
    Example("加装电梯怎么申请", "整句话也可以；没有全部符合的，就列出部分符合的，并有说明"),
    Example("養老服務", "繁体、全角与简体、半角不加区别"),
)
FIELD_EXAMPLES: tuple[Example, ...] = (
    Example("标题:养老服务", "只在标题里找；title: 也可以"),
    Example("文号:12号", "只在文号里找；number:"),
    Example("机关:教育局", "只在发文机关里找；issuer:"),
    Example("正文:试点", "只在正文里找；body:"),
    Example("附件:申请表", "只在附件里找；attachment:"),
    Example("地区:陕西", "一个地区及其下级，名称或行政区划代码；region:"),
    Example("层级:市级", "国家 省级 市级 县级 乡镇；level:"),
    Example("类型:解读", "内容类型、文种或体裁：解读、通知、办法……；type:"),
    Example("文种:公告", "只指文种与体裁；内容类型:公告 只指内容类型；doc: content:"),
    Example("主题分类:教育", "国务院公文主题分类；subject:"),
    Example("标签:养老", "主题标签，名称或其一部分；tag:"),
    Example("年份:2021..2023", "一年，或首尾两年；year:"),
    Example("日期:2023-01..2024-06", "成文日期（未知则发布日期）的范围，一端可空；date:"),
    Example("收录:2026-01..", "本库首次收录的日子，写法与日期相同；collected:"),
    Example("有效性:现行有效", "现行有效、已被修改、尚未施行、已失效、已废止；validity:"),
    Example("地区:陕西,四川 养老", "一个字段可以给几个值，用逗号隔开，任一即可"),
    Example("标题:(养老 OR 托育) -标题:解读", "字段后面可以跟括号，也可以排除"),
)
# Name and call; `BASE` is the address of this portal.
API_CALLS: tuple[Example, ...] = (
    Example("/api/v1/policies?q=养老&level=municipal&limit=5", "检索；limit=0 只计数"),
    Example(
        "/api/v1/policies?q=养老&sort=written&cursor=…",
        "把上一页的 next 原样作为 cursor，直到 next 为 null，可取走全部结果",
    ),
    Example("/api/v1/facets?q=养老&facets=level&facets=year", "分面计数，单独请求"),
    Example("/api/v1/suggest?q=国务院", "输入提示：机关、文号、标题"),
    Example("/api/v1/policies/{id}", "一件政策的全部字段、正文、附件文字和出处"),
    Example("/api/v1/similar/{id}", "与它相似的政策"),
    Example("/api/v1/explain/{id}?q=养老", "为何检索到它"),
    Example("/api/v1/numbers/国办发[2023]1号", "按文号查找，任意写法"),
    Example("/api/v1/exports?q=养老&format=csv", "整个结果存为文件：csv、xlsx、jsonl 或 parquet，不限件数"),
    Example(
        "/api/v1/changes?since=0", "变更流：把 next 作为下一次的 since，可与本库保持一致；hidden 表示须删除"
    ),
    Example("/api/v1/sites", "来源站点与状态"),
    Example("/api/v1/sites/{id}", "一个站点的栏目、失败与最近的运行"),
    Example("/api/v1/runs", "运行记录"),
    Example("/api/v1/runs/{id}", "一次运行中每个栏目的报告"),
    Example("/feeds/atom?q=养老", "订阅源（Atom；/feeds/rss 为 RSS）：参数与检索相同，最新收录的在前"),
)
# What examples name where the repository has nothing of its own to name: a number in any spelling, a place.
NUMBER = re.compile(r"国办发(\D?)2023(\D+?)1(?!\d)")
PLACE = "陕西"
PLAIN_NUMBER = re.compile(r"([^\W\d]+)〔(\d{4})〕(\d+)号")


def examples_of(examples: Iterable[Example], number: str = "", place: str = "") -> list[Example]:
    """Examples that name a number (机关代字〔年份〕序号号) and a place of this repository; else as they are."""
    known = PLAIN_NUMBER.fullmatch(number)

    def own(text: str) -> str:
        if known:
            sign, year, serial = known.groups()
            text = NUMBER.sub(lambda m: f"{sign}{m[1]}{year}{m[2]}{serial}", text)
        return text.replace(PLACE, place or PLACE)

    return [replace(one, query=own(one.query), meaning=own(one.meaning)) for one in examples]
