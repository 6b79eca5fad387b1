"""How the operator's tools ask sites: who asks, and what to do when a site does not answer as hoped."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from crawlers.permission import is_demo
from crawlers.site import Site
from normalizers.failures import Failure
from pipelines.config import Config

if TYPE_CHECKING:
    from crawlers.survey_child import AskOptions

# What somebody who writes a site file can do besides what ADVICE says to everybody.
NETWORK_ADVICE: dict[Failure, str] = {
    Failure.ROBOTS_DENIED: "站点不允许抓取这个地址：换一个允许的栏目，或放弃",
    Failure.ROBOTS_UNREACHABLE: "稍后再试；robots.txt 读不到就不访问",
    Failure.OFF_SITE_REDIRECT: "站点跳转到另一个主机：用跳转后的网址再运行一次",
    Failure.LIST_EMPTY: "给出具体栏目的网址，或用 --channel 指定；栏目要翻页的那种列表最好",
    Failure.LIST_SHELL: "在浏览器的网络面板里找到返回条目的接口，把它的完整地址（含参数）作为网址再运行一次",
    Failure.TLS_FAILED: "把网址的 https 改成 http 再试",
    Failure.DNS_FAILURE: "核对网址的拼写",
    Failure.NOT_SAVED: "把这一页也另存下来，一并写在 --from 之后",
    Failure.NOT_FOUND: "核对网址：栏目可能已改版，从首页运行 zhengce site new 让它自己找",
    Failure.TIMEOUT: "稍后再试，或在浏览器中另存网页，用 --from",
    Failure.BLOCKED_GEO: "从境内网络运行，或在浏览器中另存网页，用 --from",
    Failure.HTTP_4XX: "浏览器能打开就另存网页，用 --from",
    Failure.REDIRECT_LOOP: "浏览器能打开就另存网页，用 --from",
    Failure.TOO_LARGE: "给出栏目页的网址，而不是文件的网址",
}
# The same for somebody who has a site file that no longer fits.
CHECK_ADVICE: dict[Failure, str] = {
    Failure.ROBOTS_DENIED: "把 list 改为允许的栏目，或删去这一栏",
    Failure.ROBOTS_UNREACHABLE: "稍后再试；robots.txt 读不到就不访问",
    Failure.OFF_SITE_REDIRECT: "确属本站时把跳转后的主机写入 hosts",
    Failure.LIST_EMPTY: "在浏览器中打开栏目，迁移了就改写 list",
    Failure.LIST_SHELL: "在浏览器的网络面板里找到返回条目的接口，写入 list",
    Failure.NOT_FOUND: "在浏览器中打开栏目，迁移了就改写 list",
}


def ask_options(config: Config, sites: Iterable[Site]) -> "AskOptions":
    """Who asks and how many sites at a time; fictional hosts (.test) are on this machine."""
    # Scrapy is imported only where a network is asked.
    from crawlers.survey_child import AskOptions

    local = {".test": "127.0.0.1"} if any(is_demo(site) for site in sites) else {}
    return AskOptions(config.contact, {**local, **config.address_map}, config.lanes)
