"""iList.jsp (陕西, 咸阳 and 延安 before 2019, 陕西科技厅, 绵竹): lists by category, paged by `cur_page`."""

import re
from typing import ClassVar

from crawlers.platforms.generic import Generic
from crawlers.platforms.interfaces import Interface
from crawlers.platforms.recognition import Mark
from normalizers.page import Hints


class IList(Generic):
    """Columns `/info/iList.jsp?cat_id=` and `/view/iList.jsp?cat_id=`."""

    name = "ilist"
    interfaces = (Interface(re.compile(r"/iList\.jsp$"), page="cur_page", answers="html"),)
    marks: ClassVar[tuple[Mark, ...]] = (
        Mark("列表地址为 iList.jsp", 0.95, url=re.compile(r"/(?:iList|iContent|iIndex)\.jsp")),
        Mark("链接指向 iList.jsp", 0.8, text=re.compile(r"iList\.jsp\?[^\"'<>]{0,200}cat_id=")),
        Mark("翻页参数为 cur_page", 0.5, text=re.compile(r"[?&;]cur_page=\d")),
    )
    hints = Hints(
        body=("div.info_content", ".info_content", "section > article"),
        info=("#attribute",),
        dates={"PubDate": "published_date"},
    )
