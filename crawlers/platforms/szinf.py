"""szinf (苏州): the policy library by `POST /szinf/xxgk/interfacesWebZcwj/loadData`; details are UCAP pages."""

import re
from dataclasses import replace
from typing import ClassVar

from crawlers.platforms.interfaces import Interface
from crawlers.platforms.recognition import Mark
from crawlers.platforms.ucap import Ucap

LOAD = Interface(
    re.compile(r"/szinf/\w+/\w+/loadData$"), page="pageIndex", size="pageSize", rows=15, method="FORM"
)
INFO = Interface(re.compile(r"/szinf/info/getInfoCommon$"), page="pageIndex", size="pageSize", rows=15)


class Szinf(Ucap):
    """Lists `/szinf/…/loadData?channel_id=` (`data.list[]`, `allRow`, `totalPage`); other columns are UCAP lists."""

    name = "szinf"
    interfaces = (LOAD, INFO, *Ucap.interfaces)
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark("列表接口在 /szinf/ 下", 0.95, url=re.compile(r"/szinf/")),
        Mark("页面调用 /szinf/ 接口", 0.95, text=re.compile(r"/szinf/(?:xxgk|info)/")),
    )
    hints = replace(Ucap.hints, info=("div.xxgkml-content",))
