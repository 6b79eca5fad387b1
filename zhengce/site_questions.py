"""What an operator should look at before a new site is merged, in words."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

from crawlers.channel_reading import ChannelReading
from crawlers.columns import column_type
from crawlers.list_likeness import is_paged, likeness
from crawlers.place import Place
from crawlers.platforms.recognition import Recognition
from crawlers.site import Site
from normalizers.addresses import host_of
from normalizers.chars import squeeze
from normalizers.failures import ADVICE, Failure
from normalizers.policy import Policy
from normalizers.warning_words import warning_text

# A channel without a new row for so long is likely to have moved.
SILENT_DAYS = 400
SURE = 0.6
# From signed to online: 7 days in the middle, over a year in 15 % of 22,586 documents (2020-2026).
LAG_DAYS = 365
# Warnings that say something of the site or its template, and not of one page alone.
TOLD = frozenset(
    {
        "label_unconsumed",
        "body_only_in_attachments",
        "body_empty",
        "body_only_images",
        "annex_without_link",
        "date_conflict",
        "text_printed_twice",
        "text_restored",
    }
)
# How names of public bodies end; a name of their portal may follow.
PUBLIC_BODY = re.compile(
    r"(?:政府|[局厅委部署办]|(?:委员|常委|管委)会|办公室|办事处|国务院|法院|检察院|人民银行|总队|支队|大队)"
    r"(?:（[^（）]*）)?(?:(?:政府|官方)?(?:门户)?网站?|政务网|政务公开)?$"
)
LIKENESS = {"document": "像一篇文件，不是列表", "home": "像首页，不是列表"}
LABELS = {
    "written_date": "成文日期",
    "published_date": "发布日期",
    "doc_number": "文号",
    "issuers": "发文机关",
}


def site_questions(site: Site, place: Place, recognition: Recognition) -> list[str]:
    """Everything about the site itself that a person has to decide or confirm."""
    own = () if site.platform != recognition.platform else recognition.reasons
    return list(_about_site(site, place, recognition, own))


def channel_questions(site: Site, reading: ChannelReading, today: date) -> list[str]:
    """Everything about one channel that a person has to decide or confirm."""
    lines = list(_about_list(site, reading, today))
    lines += [
        f"{detail.row.url} 读不出：{detail.failure.value}，{ADVICE[detail.failure]}"
        for detail in reading.details
        if detail.failure is not None and detail.failure is not Failure.NOT_SAVED
    ]
    policies = [detail.policy for detail in reading.details if detail.policy is not None]
    if not policies:
        lines.append("没有试读详情页：请另存一两个详情页，连同列表页一起给 --from")
    for policy in policies:
        lines += _about_policy(policy, reading.channel.type)
    lines += _about_titles(reading)
    return list(dict.fromkeys(lines))


def _about_site(
    site: Site, place: Place, recognition: Recognition, reasons: tuple[str, ...]
) -> Iterator[str]:
    if site.platform == "generic":
        yield "没有认出平台，按 generic（任何重复的条目）读；知道平台名的话请改 platform"
    elif recognition.confidence < SURE or not reasons:
        yield f"平台判断为 {site.platform}，但把握不大：请对照网页核对"
    if not place.sure:
        yield f"层级与地区取自{place.reason}，不是网页自己写明的：请核对 level 与 region"
    if site.name == host_of(site.base):
        yield "没有读到网站名称：请把 name 改成官方名称"
    elif not PUBLIC_BODY.search(site.name):
        yield f"网站名称「{site.name}」不像机关的名称：请把 name 改成主办机关的官方名称"


def _about_list(site: Site, reading: ChannelReading, today: date) -> Iterator[str]:
    rows, page = reading.page.rows, reading.page
    last = reading.answers[-1]
    rather = likeness(last.url, last.data, today)
    if rather and not (rather == "home" and is_paged(page)):
        yield f"{last.url} {LIKENESS[rather]}：请核对条目，或改用栏目的列表页"
    if reading.landing:
        yield f"给出的地址是栏目首页，已改用其中的栏目 {reading.channel.list}"
    if len(reading.answers) > 1:
        yield f"列表页本身没有条目，条目取自接口 {reading.answers[-1].request.url}"
    if not column_type(reading.channel.name):
        yield f"栏目名「{reading.channel.name}」看不出类别，type 暂写 {reading.channel.type}：请核对"
    elsewhere = Counter(host_of(row.url) for row in rows if host_of(row.url) not in site.hosts)
    for host, count in elsewhere.items():
        yield f'{count} 条指向站外 {host}：只登记不抓取；确属本站请加一行 hosts = ["{host}"]'
    if undated := sum(row.date is None for row in rows):
        yield f"{undated} 条没有日期：将以详情页的日期为准"
    complete = page.pages == 1 or (page.total is not None and page.total <= len(rows))
    if reading.following is None and not complete:
        yield '没有读到翻页方式，只会抓这一页；若有下一页，请加 [channel.api] paging = "…{n}…"'
    newest = max((row.date for row in rows if row.date), default=None)
    if newest is not None and (today - newest).days > SILENT_DAYS:
        yield f"最新一条是 {newest}：栏目可能已停更或迁移"


def _about_policy(policy: Policy, content_type: str) -> Iterator[str]:
    for field in ("written_date", "published_date"):
        if field == "published_date" or content_type == "policy":
            yield from _about_date(policy, field)
    yield from _about_lag(policy)
    for field in ("doc_number", "issuers"):
        if content_type == "policy" and not getattr(policy, field):
            yield f"没有读到{LABELS[field]}：{policy.url} 上确实没有吗？"
    for warning in policy.warnings:
        if warning.partition(":")[0] in TOLD:
            yield warning_text(warning)


def _about_date(policy: Policy, field: str) -> Iterator[str]:
    evidence = policy.evidence.get(field)
    if evidence is None:
        yield f"没有读到{LABELS[field]}：{policy.url} 上确实没有吗？"
    elif evidence.rule.startswith("address"):
        yield f"{LABELS[field]}取自地址：许多平台的地址日期是上传日期，迁移来的旧文件会偏晚"
    elif evidence.rule.startswith("list_row"):
        yield f"{LABELS[field]}取自列表行：详情页上没有读到"


def _about_lag(policy: Policy) -> Iterator[str]:
    written, published = policy.written_date, policy.published_date
    if written is None or published is None:
        return
    days = (published - written).days
    if days < 0:
        yield f"{policy.url} 的发布日期 {published} 早于成文日期 {written}：请核对两个日期各取自哪里"
    elif days > LAG_DAYS:
        yield f"{policy.url} 的发布日期 {published} 比成文日期 {written} 晚 {days} 天：可能是迁移后的上传日期"


def _about_titles(reading: ChannelReading) -> Iterator[str]:
    for detail in reading.details:
        if detail.policy is None or not detail.policy.title or not detail.row.title:
            continue
        told, read = squeeze(detail.row.title).rstrip(".…"), squeeze(detail.policy.title)
        if told not in read and read not in told:
            yield f"标题不一致：列表为「{detail.row.title}」，详情页为「{detail.policy.title}」"
