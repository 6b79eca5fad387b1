"""Hebei's UUID platform: columns `/columns/<uuid>/index.html`, details below them by month and day."""

import re
from typing import ClassVar

from crawlers.platforms.generic import Generic
from crawlers.platforms.recognition import Mark
from normalizers.page import Hints

UUID = r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"


class Hebei(Generic):
    """河北省 and 石家庄; its lists are paged by the links below them."""

    name = "hebei"
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark("地址形如 /columns/UUID/", 0.95, url=re.compile(rf"/columns/{UUID}/")),
        Mark(
            "列表链接形如 /columns/UUID/年月/日/UUID.html",
            0.9,
            text=re.compile(rf"/columns/{UUID}/\d{{6}}/\d{{2}}/{UUID}\.html"),
        ),
    )
    hints = Hints(body=("#zoom", "div.xl-content", "div.xxgk_bmxl"))
