"""The one policy that an operator names, and bringing the index level after something was done to it."""

from sqlalchemy import Connection, select

from index.engine import IndexBusyError, IndexMissingError, IndexUnusableError
from index.sync import sync_index
from normalizers.addresses import address_key
from normalizers.doc_numbers import doc_number_key
from pipelines import schema as t
from pipelines.catalogue import Catalogue
from pipelines.config import Config
from pipelines.correction_file import ID, is_address
from pipelines.policies import StoredPolicy, find_by_number, load_stored
from zhengce.engines import open_index
from zhengce.upkeep_commands import TROUBLE, stop


def the_policy(connection: Connection, name: str) -> StoredPolicy:
    """The policy of an id, a number in any spelling or an address; ends the command unless there is just one."""
    if is_address(name):
        ids = _ids_of_address(connection, name)
    elif ID.fullmatch(name):
        ids = [name]
    else:
        ids = find_by_number(connection, key) if (key := doc_number_key(name)) else []
    found = load_stored(connection, ids)
    if not found:
        stop(f"没有编号、文号或网址为 {name} 的政策", TROUBLE)
    if len(found) > 1:
        rows = [f"{page}\t{one.policy.title or '（无标题）'}" for page, one in sorted(found.items())]
        stop("\n".join([*rows, f"{len(found)} 件政策使用这个文号，请用编号再试"]), TROUBLE)
    return next(iter(found.values()))


def index_now(config: Config, catalogue: Catalogue) -> str:
    """Bring the index level, if there is one; what the operator is to be told, "" where all went well."""
    try:
        engine = open_index(config)
        engine.reader().applied_seq()
        sync_index(catalogue, engine)
    except IndexMissingError:
        return ""
    except IndexBusyError as error:
        return f"索引由另一进程在写，它下一次提交（或 zhengce index）时跟上：{error}"
    except IndexUnusableError as error:
        return f"索引没有更新，请运行 zhengce index：{error}"
    return ""


def _ids_of_address(connection: Connection, url: str) -> list[str]:
    try:
        key = address_key(url)
    except ValueError:
        return []
    a = t.address.c
    return list(connection.execute(select(a.page_id).where(a.key == key)).scalars())
