"""Whether a site is fine, failing, blocked or was never crawled, by what its channels said last."""

from collections.abc import Mapping

from crawlers.report import HARMLESS
from normalizers.failures import BLOCKED
from pipelines.standing import ChannelStanding

STATES = {"fine": "正常", "failed": "失败", "blocked": "被拦", "never": "未抓取"}


def state_of(channels: Mapping[str, ChannelStanding]) -> tuple[str, str | None]:
    """The state of a site after its last run, and the failure that says why where it is not fine.

    In a first night a channel may have been walked well before its run is reported.
    """
    if not any(one.last_night or one.last_ok_night for one in channels.values()):
        return "never", None
    names = {name for one in channels.values() for name in (*one.failures, one.stopped) if name}
    if blocked := sorted(name for name in names if name in BLOCKED):
        return "blocked", blocked[0]
    stopped = sorted(
        {one.stopped for one in channels.values() if one.stopped and one.stopped not in HARMLESS}
    )
    return ("failed", stopped[0]) if stopped else ("fine", None)
