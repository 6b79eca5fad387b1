"""Platform families: how the list pages, paging and detail pages of a CMS look."""

from crawlers.platforms.base import Platform
from crawlers.platforms.epoint import Epoint
from crawlers.platforms.eportal import Eportal
from crawlers.platforms.generic import Generic
from crawlers.platforms.gkmlpt import Gkmlpt
from crawlers.platforms.jcms import Jcms
from crawlers.platforms.longxun import Longxun
from crawlers.platforms.nfcms import Nfcms
from crawlers.platforms.pclist import PcList
from crawlers.platforms.trs import Trs
from crawlers.platforms.ucap import Ucap

KINDS: tuple[type[Platform], ...] = (
    Eportal,
    Epoint,
    Generic,
    Gkmlpt,
    Jcms,
    Longxun,
    Nfcms,
    PcList,
    Trs,
    Ucap,
)
PLATFORMS: dict[str, type[Platform]] = {kind.name: kind for kind in KINDS}
