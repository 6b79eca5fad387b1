"""The core roster: the sites of a sites folder that a night takes when nothing else is said."""

from collections.abc import Container
from pathlib import Path

from crawlers.site import Mistake, SiteFileError

NAME = "core.roster"


def load_roster(folder: Path, known: Container[str]) -> tuple[str, ...] | None:
    """The site ids of `core.roster` in their order; None where the folder has none.

    One id a line; `#` begins a comment. Raises SiteFileError naming every line that is no site or
    stands twice, and a roster without any.
    """
    path = folder / NAME
    if not path.is_file():
        return None
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SiteFileError([Mistake(NAME, "", f"无法读取（{error}）")]) from error
    found: dict[str, int] = {}
    mistakes: list[Mistake] = []
    for number, line in enumerate(lines, 1):
        name = line.partition("#")[0].strip()
        if not name:
            continue
        if name in found:
            mistakes.append(Mistake(NAME, f"第 {number} 行", f"{name} 已在第 {found[name]} 行"))
        elif name not in known:
            mistakes.append(Mistake(NAME, f"第 {number} 行", f"没有站点 {name}；可用 zhengce site list 查看"))
        found.setdefault(name, number)
    if not found:
        mistakes.append(Mistake(NAME, "", "没有任何站点；不需要名单请删除这个文件"))
    if mistakes:
        raise SiteFileError(mistakes)
    return tuple(found)
