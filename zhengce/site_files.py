"""What the commands on site files share: loading them, choosing some, finding one on disk, stopping."""

import fnmatch
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NoReturn

import click

from crawlers.site import Site, SiteFileError, load_sites
from pipelines.config import Config

USAGE = 2


def load_or_stop(config: Config) -> dict[str, Site]:
    """All sites; every mistake of every file ends the command, a line each."""
    try:
        return load_sites(config.sites)
    except SiteFileError as error:
        stop(str(error), USAGE)


def matching(sites: Mapping[str, Site], pattern: str, config: Config) -> list[Site]:
    """The sites whose ids fit a pattern; none at all ends the command."""
    found = [site for site in sites.values() if fnmatch.fnmatch(site.id, pattern)]
    if not found:
        stop(f"没有站点符合 {pattern!r}；站点文件目录：{config.sites}", USAGE)
    return found


def file_of(config: Config, site: Site) -> Path:
    """The file that declares a site."""
    return next(config.sites.rglob(f"{site.id}.toml"))


def stop(message: str, code: int) -> NoReturn:
    """End the command with a message."""
    click.echo(message, err=True)
    sys.exit(code)
