"""What is wrong with this installation, and what to do about it: the checks behind `zhengce doctor`."""

import platform
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from importlib.metadata import PackageNotFoundError, requires, version
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from packaging.requirements import Requirement
from sqlalchemy import Engine, Row, select
from sqlalchemy.exc import SQLAlchemyError

from crawlers.roster import load_roster
from crawlers.site import SiteFileError, load_sites
from index.engine import IndexMissingError, IndexServerError, IndexUnusableError
from normalizers.attachments import ocr
from normalizers.attachments.contained import ContainedReader
from normalizers.attachments.file_text import ReadError
from pipelines import schema as t
from pipelines.archive import ArchiveDamaged, ArchiveReader
from pipelines.catalogue import HEAD, schema_version
from pipelines.clock import Clock
from pipelines.config import Config, ConfigError
from pipelines.correction_file import CorrectionFileError, load_corrections
from pipelines.database import open_engine
from pipelines.disk import GIB, StorageError, check_folder
from pipelines.hiding import last_hiding, list_hidden
from pipelines.items import ArchiveRef
from pipelines.lock import lock_holder
from pipelines.own_tables import load_own_tables
from pipelines.sqlite_backup import NotSqlite, sqlite_path
from portal.alerts.secret_file import SecretFile
from zhengce.engines import open_index, told_rejected

# A run says that it is alive at least once a minute; longer silence means that it hangs.
STALE_HEARTBEAT = timedelta(minutes=10)
OK, WARN, FAIL = "ok", "warn", "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the doctor: `state` is ok, warn or fail; `advice` says what to do (Chinese)."""

    name: str
    state: str
    found: str
    advice: str = ""


def run_checks(config: Config, clock: Clock) -> Iterator[Check]:
    """All checks in order, each yielded when it is done. Nothing of the installation is changed."""
    checks: tuple[Callable[[Config], Check], ...] = (
        _python,
        _packages,
        _time_zone,
        _data_folder,
        _contact,
        _sites,
        _corrections,
        _own_tables,
        _catalogue,
        _archive,
        _index,
        _hidden,
        _alerts,
        _reader,
        _ocr,
    )
    for check in checks:
        yield check(config)
    yield _night(config, clock)


def _python(config: Config) -> Check:
    return Check("Python", OK, f"{platform.python_version()}（{sys.executable}）")


def _packages(config: Config) -> Check:
    wrong = []
    for text in requires("zhengce") or []:
        needed = Requirement(text)
        if needed.marker is not None and not needed.marker.evaluate({"extra": ""}):
            continue
        try:
            found = version(needed.name)
        except PackageNotFoundError:
            wrong.append(f"缺少 {needed.name}")
            continue
        if not needed.specifier.contains(found, prereleases=True):
            wrong.append(f"{needed.name} {found} 不符合 {needed.specifier}")
    if wrong:
        return Check("依赖", FAIL, "；".join(wrong), "按 requirements/ 重新安装：make setup")
    return Check("依赖", OK, f"zhengce {version('zhengce')}，依赖齐全")


def _time_zone(config: Config) -> Check:
    try:
        ZoneInfo("Asia/Shanghai")
    except ZoneInfoNotFoundError:
        return Check(
            "时区数据", FAIL, "没有 Asia/Shanghai", "安装系统的 tzdata，或在虚拟环境中安装 tzdata 包"
        )
    return Check("时区数据", OK, "Asia/Shanghai")


def _data_folder(config: Config) -> Check:
    if not config.data.exists():
        return Check("数据目录", WARN, f"{config.data} 尚不存在", "首次运行时会自动创建")
    try:
        free = check_folder(config.data, config.min_free)
    except StorageError as error:
        return Check("数据目录", FAIL, str(error), "清理磁盘、修正权限，或调整 min_free_mb")
    return Check("数据目录", OK, f"{config.data} 可写，剩余 {free / GIB:.1f} GiB")


def _contact(config: Config) -> Check:
    if config.contact:
        return Check("联系方式", OK, config.contact)
    return Check("联系方式", WARN, "未设置", "抓取真实站点前，在 zhengce.toml 中设置 contact（邮箱或网址）")


def _sites(config: Config) -> Check:
    try:
        found = load_sites(config.sites)
        core = load_roster(config.sites, found)
    except (SiteFileError, OSError) as error:
        return Check(
            "站点文件", FAIL, str(error), "修正上面列出的站点文件，用 zhengce site check --offline 复查"
        )
    if not found:
        return Check(
            "站点文件", WARN, f"{config.sites} 中没有站点文件", "用 --sites-folder 指定目录，或添加站点"
        )
    usual = f"，每夜抓取核心名单 {len(core)} 个" if core else "，每夜全部抓取"
    return Check("站点文件", OK, f"{len(found)} 个站点{usual}（{config.sites}）")


def _corrections(config: Config) -> Check:
    try:
        found = load_corrections(config.corrections)
    except CorrectionFileError as error:
        return Check("更正文件", FAIL, str(error), f"修正 {config.corrections} 中上面列出的各条")
    return Check("更正文件", OK, f"{len(found)} 条更正" if found else "没有更正")


def _own_tables(config: Config) -> Check:
    try:
        found = load_own_tables(config.data)
    except ConfigError as error:
        return Check("机关与地区表", FAIL, str(error), "修正这一行，或删去整个文件")
    told = f"自有机关名称 {len(found.issuers)} 个，地区 {len(found.regions)} 个"
    return Check("机关与地区表", OK, told if found.issuers or found.regions else "没有自有的机关和地区")


def _catalogue(config: Config) -> Check:
    if (engine := _engine(config)) is None:
        return Check("目录库", OK, "尚未创建，首次运行时自动创建")
    try:
        current = schema_version(engine)
    except (SQLAlchemyError, OSError) as error:
        return Check(
            "目录库", FAIL, str(error).splitlines()[0], "目录库损坏或无法连接：从备份恢复（zhengce restore）"
        )
    finally:
        engine.dispose()
    if current is not None and current > HEAD:
        return Check("目录库", FAIL, f"版本 {current}，由更新的程序写成", "升级 zhengce")
    if current != HEAD:
        return Check("目录库", WARN, f"版本 {current}，程序为 {HEAD}", "下次运行时自动升级，升级前请先备份")
    return Check("目录库", OK, f"版本 {current}")


def _engine(config: Config) -> Engine | None:
    """The database, None where it is an SQLite file that does not exist yet."""
    try:
        if not sqlite_path(config.catalogue_url).is_file():
            return None
    except NotSqlite:
        pass
    return open_engine(config.catalogue_url)


def _archive(config: Config) -> Check:
    """The newest page that the catalogue knows must be readable in the archive."""
    if (engine := _engine(config)) is None:
        return Check("归档", OK, "尚无归档")
    c = t.page.c
    newest = (
        select(c.archive_file, c.archive_offset, c.archive_length)
        .where(c.archive_file.is_not(None))
        .order_by(c.fetched_at.desc())
        .limit(1)
    )
    try:
        with engine.connect() as connection:
            row = connection.execute(newest).one_or_none()
    except SQLAlchemyError as error:
        return Check("归档", FAIL, str(error).splitlines()[0], "先解决目录库的问题")
    finally:
        engine.dispose()
    if row is None:
        return Check("归档", OK, "尚无归档")
    reader = ArchiveReader(config.archive_folder)
    try:
        reader.read(ArchiveRef(*row))
    except ArchiveDamaged as error:
        return Check("归档", FAIL, str(error), "运行 zhengce archive verify 查明范围，必要时从备份恢复")
    finally:
        reader.close()
    return Check("归档", OK, f"最近的记录可读（{row.archive_file}）")


def _index(config: Config) -> Check:
    server = config.index_server
    where = f"Elasticsearch {'、'.join(server.addresses)}，" if server else ""
    try:
        reader = open_index(config).reader()
        seq, rejected = reader.applied_seq(), reader.rejected()
    except IndexMissingError:
        return Check("索引", OK, f"{where}尚未建立，运行 zhengce index 建立")
    except IndexServerError as error:
        return Check("索引", FAIL, f"{where}{error}", "索引本身无恙，按上面所说处理后再试")
    except IndexUnusableError as error:
        return Check("索引", FAIL, f"{where}{error}", "重建索引：zhengce index --rebuild")
    if rejected:
        told = f"{where}可读，但{told_rejected(rejected)}"
        return Check(
            "索引", WARN, told, "每次 zhengce index 都会重试；一直被拒收的，按原因处理或更正这些文件"
        )
    return Check("索引", OK, f"{where}可读，已应用到变更 {seq}")


def _hidden(config: Config) -> Check:
    """How many policies are hidden, and whether the index has taken note of the newest of them."""
    if (engine := _engine(config)) is None:
        return Check("隐去的政策", OK, "没有")
    try:
        with engine.connect() as connection:
            many, newest = len(list_hidden(connection)), last_hiding(connection)
    except SQLAlchemyError as error:
        return Check("隐去的政策", FAIL, str(error).splitlines()[0], "先解决目录库的问题")
    finally:
        engine.dispose()
    try:
        behind = open_index(config).reader().applied_seq() < newest
    except IndexUnusableError:
        behind = False  # nothing is found in what cannot be read
    if many and behind:
        return Check("隐去的政策", WARN, f"{many} 件，索引还没有跟上", "运行 zhengce index")
    return Check("隐去的政策", OK, f"{many} 件（zhengce hide --list）" if many else "没有")


def _alerts(config: Config) -> Check:
    """Targets that failing has stopped, mails that cannot be sent, and who may read the secrets."""
    try:
        rows = _alert_rows(config)
    except (SQLAlchemyError, OSError) as error:
        return Check("通知", FAIL, str(error).splitlines()[0], "先解决目录库的问题")
    paused = [f"{row.id} {row.failure}" for row in rows if row.state == "paused" and row.failure]
    failing = [f"{row.id} {row.failure}" for row in rows if row.state == "active" and row.failure]
    told = f"{len(rows)} 个订阅" if rows else "没有订阅"
    if SecretFile(config.data).is_open_to_others():
        return Check("通知", FAIL, f"{told}，{SecretFile(config.data).path} 他人可读", "chmod 600 这个文件")
    if any(row.kind == "mail" for row in rows) and not (config.alerts.can_mail and config.public_url):
        return Check("通知", FAIL, f"{told}，但不能发邮件", "设置 public_url 与 [alerts] 的 smtp、from")
    if paused or failing:
        found = "、".join((paused + failing)[:5])
        return Check(
            "通知",
            WARN,
            f"{told}，因失败暂停 {len(paused)} 个，正在重试 {len(failing)} 个：{found}",
            "zhengce alerts list 说明原因；处理后 zhengce alerts resume",
        )
    return Check("通知", OK, told)


def _alert_rows(config: Config) -> Sequence[Row[*tuple[Any, ...]]]:
    """What there is of alerts; nothing where there is no catalogue of this version yet."""
    if (engine := _engine(config)) is None:
        return ()
    a = t.alert.c
    try:
        if schema_version(engine) != HEAD:
            return ()
        with engine.connect() as connection:
            return connection.execute(select(a.id, a.kind, a.state, a.failure)).all()
    finally:
        engine.dispose()


def _reader(config: Config) -> Check:
    try:
        with ContainedReader() as reader:
            text = reader.read("演示附件".encode(), "demo.txt").text
            isolated = reader.network_isolated
    except ReadError as error:
        return Check("附件阅读", FAIL, str(error), "检查依赖是否完整：make setup")
    if "演示附件" not in text:
        return Check("附件阅读", FAIL, f"读出的文字不对：{text!r}", "检查依赖是否完整：make setup")
    if not isolated:
        return Check(
            "附件阅读", WARN, "可用，但系统不允许隔离网络", "允许非特权用户命名空间，可进一步隔离附件阅读进程"
        )
    return Check("附件阅读", OK, "可用，读取进程与网络隔离")


def _ocr(config: Config) -> Check:
    if ocr.is_installed():
        return Check("文字识别", OK, "已安装")
    return Check("文字识别", WARN, "未安装，扫描件没有文字", "需要时安装附加组件：pip install 'zhengce[ocr]'")


def _night(config: Config, clock: Clock) -> Check:
    holder = lock_holder(config.data)
    if holder is None:
        return Check("夜间任务", OK, "没有正在运行的任务")
    found = f"进程 {holder.pid} 正在运行，开始于 {holder.since:%Y-%m-%d %H:%M:%S} UTC"
    if (engine := _engine(config)) is None:
        return Check("夜间任务", OK, found)
    query = select(t.run.c.heartbeat_at).where(t.run.c.pid == holder.pid).order_by(t.run.c.id.desc()).limit(1)
    try:
        with engine.connect() as connection:
            beat = connection.execute(query).scalar_one_or_none()
    except SQLAlchemyError as error:
        return Check(
            "夜间任务", WARN, f"{found}；心跳无法读取：{str(error).splitlines()[0]}", "先解决目录库的问题"
        )
    finally:
        engine.dispose()
    if beat is not None and clock().replace(tzinfo=None) - beat > STALE_HEARTBEAT:
        return Check(
            "夜间任务",
            WARN,
            f"{found}，最后心跳 {beat:%Y-%m-%d %H:%M:%S} UTC",
            "任务可能已卡住：结束该进程后重新运行，数据不会丢失",
        )
    return Check("夜间任务", OK, found)
