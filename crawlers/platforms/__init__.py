"""Platform families: how the list pages, paging and detail pages of a CMS look."""

from crawlers.platforms.base import Platform
from crawlers.platforms.generic import Generic
from crawlers.platforms.jcms import Jcms
from crawlers.platforms.trs import Trs
from crawlers.platforms.ucap import Ucap

PLATFORMS: dict[str, type[Platform]] = {kind.name: kind for kind in (Generic, Jcms, Trs, Ucap)}
