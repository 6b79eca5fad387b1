"""Platform families: how the list pages, paging and detail pages of a CMS look."""

from crawlers.platforms.ankang import Ankang
from crawlers.platforms.aspx import Aspx
from crawlers.platforms.base import Platform
from crawlers.platforms.cac import Cac
from crawlers.platforms.ds_json import DsJson
from crawlers.platforms.epoint import Epoint
from crawlers.platforms.eportal import Eportal
from crawlers.platforms.finecms import FineCms
from crawlers.platforms.generic import Generic
from crawlers.platforms.gkmlpt import Gkmlpt
from crawlers.platforms.gov_cn import GovCn
from crawlers.platforms.hebei import Hebei
from crawlers.platforms.ilist import IList
from crawlers.platforms.index_pc import IndexPc
from crawlers.platforms.jcms import Jcms
from crawlers.platforms.jeecms import Jeecms
from crawlers.platforms.longxun import Longxun
from crawlers.platforms.n_content import NContent
from crawlers.platforms.nfcms import Nfcms
from crawlers.platforms.nfra import Nfra
from crawlers.platforms.npc import Npc
from crawlers.platforms.pclist import PcList
from crawlers.platforms.rss import Rss
from crawlers.platforms.rt import Rt
from crawlers.platforms.shanghai import Shanghai
from crawlers.platforms.sitemap import Sitemap
from crawlers.platforms.szinf import Szinf
from crawlers.platforms.trs import Trs
from crawlers.platforms.truecms import TrueCms
from crawlers.platforms.ucap import Ucap
from crawlers.platforms.vsb import Vsb
from crawlers.platforms.xa_publish import XaPublish

KINDS: tuple[type[Platform], ...] = (
    Ankang,
    Aspx,
    Cac,
    DsJson,
    Epoint,
    Eportal,
    FineCms,
    Generic,
    Gkmlpt,
    GovCn,
    Hebei,
    IList,
    IndexPc,
    Jcms,
    Jeecms,
    Longxun,
    NContent,
    Nfcms,
    Nfra,
    Npc,
    PcList,
    Rss,
    Rt,
    Shanghai,
    Sitemap,
    Szinf,
    Trs,
    TrueCms,
    Ucap,
    Vsb,
    XaPublish,
)
PLATFORMS: dict[str, type[Platform]] = {kind.name: kind for kind in KINDS}
