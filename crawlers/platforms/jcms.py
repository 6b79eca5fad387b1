"""大汉 JCMS: rows lie in CDATA of a datastore, other pages come from dataproxy.jsp."""

from crawlers.platforms.generic import Generic
from normalizers.page import Hints


class Jcms(Generic):
    """JCMS jpage columns; containers by frequency (2018-2026)."""

    name = "jcms"
    hints = Hints(
        body=("#zoom", "div.article-content", "div.bt-content", "div.main-txt", "div.artile_zw"),
    )
