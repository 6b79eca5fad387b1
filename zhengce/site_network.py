"""How the operator's tools ask sites: who asks, and what to do when a site does not answer as hoped."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from crawlers.permission import is_demo
from crawlers.site import Site
from normalizers.failures import Failure
from pipelines.config import Config

if TYPE_CHECKING:
    from crawlers.survey_child import AskOptions

# What an operator can do besides what ADVICE says to everybody.
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
}


def ask_options(config: Config, sites: Iterable[Site]) -> "AskOptions":
    """Who asks and how many sites at a time; fictional hosts (.test) are on this machine."""
    # Scrapy is imported only where a network is asked.
    from crawlers.survey_child import AskOptions

    local = {".test": "127.0.0.1"} if any(is_demo(site) for site in sites) else {}
    return AskOptions(config.contact, {**local, **config.address_map}, config.lanes)
