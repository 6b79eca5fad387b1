"""How the fictional sites render their lists and pages, one module a platform.

A family is a module with a class of `Dialect` (demo/dialects/dialect.py), one line in `_DIALECTS` here, and
sites in demo/country.py. It draws what `SiteView` (demo/dialects/view.py) shows and takes the pieces
that all pages share (navigation, info table, body, annexes, footer) from `parts`.
"""

from demo.country import Site
from demo.dialects.dialect import Dialect
from demo.dialects.jcms import Jcms
from demo.dialects.trs import Trs
from demo.dialects.ucap import Ucap

_DIALECTS: dict[str, Dialect] = {
    "jcms": Jcms(),
    "trs": Trs(),
    "ucap": Ucap(),
}


def dialect_of(site: Site) -> Dialect:
    """The dialect of the site's platform."""
    return _DIALECTS[site.platform]


__all__ = ["Dialect", "dialect_of"]
