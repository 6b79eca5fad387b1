"""Whether a crawl may begin: sites that exist, a contact for real ones, the hours of the night window."""

import fnmatch
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from crawlers.roster import load_roster
from crawlers.sharding import shard
from crawlers.site import Site, load_sites
from pipelines.clock import SHANGHAI
from pipelines.config import Config, Window


class CrawlRefused(Exception):
    """A crawl that must not begin, said in one line (Chinese)."""


def permitted_sites(
    config: Config,
    pattern: str | None = None,
    names: Collection[str] = (),
    part: tuple[int, int] = (1, 1),
) -> list[Site]:
    """The sites named, or those whose ids fit the pattern, part k of n of them.

    With neither it is the core roster of the sites folder, or all sites where the folder has none.
    Raises SiteFileError, and CrawlRefused for unknown names, for an empty pattern (an unset shell variable),
    for no site at all, or where a site that was asked for is real and no contact is given.
    """
    if pattern is not None and not pattern.strip():
        raise CrawlRefused("--sites 是空的（变量没有赋值？）：全部站点写 --sites '*'，核心名单则不写 --sites")
    loaded = load_sites(config.sites)
    if missing := sorted(set(names) - loaded.keys()):
        raise CrawlRefused(f"没有这些站点：{'、'.join(missing)}；可用 zhengce site list 查看")
    roster = load_roster(config.sites, loaded) if pattern is None and not names else None
    wanted = set(names or roster or loaded)
    chosen = [
        site for site in loaded.values() if site.id in wanted and fnmatch.fnmatch(site.id, pattern or "*")
    ]
    if not chosen:
        raise CrawlRefused(f"没有站点符合 {(pattern or '*')!r}；站点文件目录：{config.sites}")
    demand_contact(chosen, config.contact)
    return shard(chosen, *part)


def demand_contact(sites: Iterable[Site], contact: str | None) -> None:
    """Raise CrawlRefused where a real site would be asked without saying who asks."""
    real = next((site.id for site in sites if not is_demo(site)), None)
    if real is not None and not contact:
        raise CrawlRefused(
            f"抓取真实站点（如 {real}）前必须填写联系方式：在 zhengce.toml 中设置 contact，或用 --contact"
        )


def is_demo(site: Site) -> bool:
    """Whether all hosts of a site end in .test, which is never a name of the Internet (RFC 6761)."""
    return all(host.endswith(".test") for host in site.hosts)


def window_end(window: Window | None, now: datetime) -> datetime | None:
    """The instant at which the night window closes; None without a window.

    Raises CrawlRefused outside the window.
    """
    if window is None:
        return None
    local = now.astimezone(SHANGHAI)
    if not window.contains(local.time()):
        raise CrawlRefused(
            f"现在 {local:%H:%M} 不在夜间窗口 {window.start:%H:%M}-{window.end:%H:%M} 内，未抓取"
        )
    end = local.replace(hour=window.end.hour, minute=window.end.minute, second=0, microsecond=0)
    return end if end > local else end + timedelta(days=1)
