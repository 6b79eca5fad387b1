"""How the fictional sites render their lists and pages, one module a platform.

A family is a module with a class of `Dialect` (demo/dialects/dialect.py), one line in `_DIALECTS` here, and
sites in demo/country.py. It draws what `SiteView` (demo/dialects/view.py) shows and takes the pieces
that all pages share (navigation, info table, body, annexes, footer) from `parts`.
"""

from demo.country import Site
from demo.dialects.ankang import Ankang
from demo.dialects.aspx import Aspx
from demo.dialects.cac import Cac
from demo.dialects.dialect import Dialect
from demo.dialects.ds_json import DsJson
from demo.dialects.epoint import Epoint
from demo.dialects.eportal import Eportal
from demo.dialects.finecms import FineCms
from demo.dialects.gkmlpt import Gkmlpt
from demo.dialects.gov_cn import GovCn
from demo.dialects.hebei import Hebei
from demo.dialects.ilist import IList
from demo.dialects.index_pc import IndexPc
from demo.dialects.jcms import Jcms
from demo.dialects.jcms_jpaas import JcmsJpaas
from demo.dialects.jcms_xxgk import JcmsXxgk
from demo.dialects.jeecms import Jeecms
from demo.dialects.longxun import Longxun
from demo.dialects.n_content import NContent
from demo.dialects.nfcms import Nfcms
from demo.dialects.nfra import Nfra
from demo.dialects.pclist import PcList
from demo.dialects.rt import Rt
from demo.dialects.shanghai import Shanghai
from demo.dialects.szinf import Szinf
from demo.dialects.trs import Trs
from demo.dialects.truecms import Truecms
from demo.dialects.ucap import Ucap
from demo.dialects.vsb import Vsb
from demo.dialects.xa_publish import XaPublish

_DIALECTS: dict[str, Dialect] = {
    "ankang": Ankang(),
    "aspx": Aspx(),
    "cac": Cac(),
    "ds_json": DsJson(),
    "epoint": Epoint(),
    "eportal": Eportal(),
    "finecms": FineCms(),
    "gkmlpt": Gkmlpt(),
    "gov_cn": GovCn(),
    "hebei": Hebei(),
    "ilist": IList(),
    "index_pc": IndexPc(),
    "jcms": Jcms(),
    "jeecms": Jeecms(),
    "longxun": Longxun(),
    "n_content": NContent(),
    "nfcms": Nfcms(),
    "nfra": Nfra(),
    "pclist": PcList(),
    "rt": Rt(),
    "shanghai": Shanghai(),
    "szinf": Szinf(),
    "trs": Trs(),
    "truecms": Truecms(),
    "ucap": Ucap(),
    "vsb": Vsb(),
    "xa_publish": XaPublish(),
}
# Generations of a platform that share nothing but its name.
_VARIANTS: dict[tuple[str, str], Dialect] = {
    ("jcms", "jpaas"): JcmsJpaas(),
    ("jcms", "xxgk"): JcmsXxgk(),
}


def dialect_of(site: Site) -> Dialect:
    """The dialect of the site's platform and variant."""
    return _VARIANTS.get((site.platform, site.variant)) or _DIALECTS[site.platform]


__all__ = ["Dialect", "dialect_of"]
