"""Corrections by people from the file to the search, over nights of the demo country and from the command line."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import insert, select

from demo.web import Server, running
from demo.world import World, write_site_files
from index.sync import sync_index
from index.tantivy_engine import TantivyEngine
from normalizers.page import Hints, ListRow
from normalizers.policy import Evidence
from normalizers.version import EXTRACTOR_VERSION
from pipelines import policies
from pipelines import schema as t
from pipelines.archive import ArchiveWriter
from pipelines.backup import restore_backup, write_backup
from pipelines.catalogue import Catalogue
from pipelines.changes import changes_since, last_seq
from pipelines.clock import system_clock
from pipelines.config import Config, load_config
from pipelines.correction_file import CorrectionFileError, load_corrections
from pipelines.items import ChannelRecord, Fetched, PageItem, SeenRow, SiteRecord
from pipelines.lock import NightLock
from pipelines.normalize import NormalizeStage, StepReport
from pipelines.pages import SiteLedger
from pipelines.policies import StoredPolicy, load_stored
from zhengce.cli import cli
from zhengce.demo_command import demo_config, demo_night, demo_options, write_tables
from zhengce.nightly import run_night

pytestmark = pytest.mark.slow

NUMBER = "演更发〔2026〕1号"


class Country:
    """A demo country of sixty documents with its catalogue."""

    def __init__(self, folder: Path, world: World, server: Server) -> None:
        made = demo_config(load_config({"data": str(folder)}, {}, None))
        url = f"sqlite:///{folder / 'catalogue.sqlite'}"
        self.config = replace(
            made, data=folder, catalogue_url=url, sites=folder / "sites", min_free=1, processes=1
        )
        self.world, self.server = world, server
        write_site_files(self.config.sites, server.port, world.sites)
        write_tables(self.config)
        self.catalogue = Catalogue.open(url)
        self.engine = TantivyEngine(self.config.index_folder)

    def night(self, day: int) -> dict[str, int]:
        self.server.set_day(day)
        return dict(run_night(self.config, demo_options(day), lambda progress: None).report.totals)

    def normalize(self, day: int = 0) -> StepReport:
        options = demo_options(day)
        night = demo_night(day)
        with NormalizeStage(
            self.catalogue,
            self.config,
            options.clock,
            night=night.date(),
            run=None,
        ) as stage:
            report = stage.run_until_idle()
        sync_index(self.catalogue, self.engine)
        return report

    def kinds_since(self, seq: int) -> list[tuple[str, str]]:
        with self.catalogue.read() as connection:
            return [(c.page_id, c.kind.value) for c in changes_since(connection, seq, 1000)]

    def seq(self) -> int:
        with self.catalogue.read() as connection:
            return last_seq(connection)

    def stored(self, page: str) -> StoredPolicy:
        with self.catalogue.read() as connection:
            return load_stored(connection, [page])[page]

    def page_at(self, url: str) -> str:
        path = urlsplit(url).path
        with self.catalogue.read() as connection:
            rows = connection.execute(select(t.page.c.id, t.page.c.url)).all()
        host = urlsplit(url).hostname
        return next(i for i, u in rows if urlsplit(u).path == path and urlsplit(u).hostname == host)

    def find(self, key: str) -> tuple[str, ...]:
        return tuple(self.engine.reader().find_number(key))

    def write(self, text: str) -> None:
        self.config.corrections.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def shown() -> Iterator[tuple[World, Server]]:
    world = World(60)
    with running(world) as server:
        yield world, server


@pytest.fixture
def country(shown: tuple[World, Server], tmp_path: Path) -> Iterator[Country]:
    """A country that nobody has crawled."""
    shown[1].reset_log()
    made = Country(tmp_path, *shown)
    yield made
    made.catalogue.close()


@pytest.fixture(scope="module")
def first_night(shown: tuple[World, Server], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder after the first night; not to be written to."""
    folder = tmp_path_factory.mktemp("first-night") / "data"
    folder.mkdir()
    made = Country(folder, *shown)
    made.night(0)
    made.catalogue.close()
    return folder


@pytest.fixture
def crawled(shown: tuple[World, Server], first_night: Path, tmp_path: Path) -> Iterator[Country]:
    """A country after its first night."""
    made = Country(Path(shutil.copytree(first_night, tmp_path, dirs_exist_ok=True)), *shown)
    yield made
    made.catalogue.close()


def test_a_correction_survives_everything_but_its_removal(
    crawled: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = crawled.page_at(crawled.world.news(1)["edited"][0])
    before = crawled.stored(page).policy
    assert before.doc_number and before.doc_number_key
    untouched = crawled.seq()

    spelled = before.url.replace("http://", "HTTP://") + "?_t=17#top"
    entry = (
        f'[[correction]]\npage = "{spelled}"\nfield = "doc_number"\nvalue = "{NUMBER}"\nreason = "见原件"\n'
    )
    crawled.write(entry)
    report = crawled.normalize()
    assert (report.done, report.changed) == (1, 1)
    assert crawled.kinds_since(untouched) == [(page, "changed")]
    made = crawled.stored(page).policy
    assert (made.doc_number, made.doc_number_key) == (NUMBER, "演更发2026-1")
    assert made.evidence["doc_number"] == Evidence("correction:file", "见原件")
    assert f"corrected: doc_number, was {before.doc_number}" in made.warnings
    assert crawled.find("演更发2026-1") == (page,)
    assert page not in crawled.find(before.doc_number_key)

    seq = crawled.seq()
    assert crawled.normalize().done == 0  # a quiet night stays quiet
    monkeypatch.setattr(policies, "EXTRACTOR_VERSION", EXTRACTOR_VERSION + 1)
    assert crawled.normalize().done == 60  # every page is read again
    assert crawled.stored(page).policy == made
    assert crawled.kinds_since(seq) == []

    totals = crawled.night(1)
    assert totals["changed"] == 5
    edited = crawled.stored(page).policy
    assert edited.text != made.text
    assert (edited.doc_number, edited.evidence["doc_number"].raw) == (NUMBER, "见原件")

    seq = crawled.seq()
    crawled.write("# 全部撤销\n")
    assert crawled.normalize(1).changed == 1
    assert crawled.kinds_since(seq) == [(page, "changed")]
    again = crawled.stored(page).policy
    assert (again.doc_number, again.evidence["doc_number"]) == (
        before.doc_number,
        before.evidence["doc_number"],
    )
    assert page in crawled.find(before.doc_number_key)
    assert crawled.find("演更发2026-1") == ()


def test_a_correction_reads_with_the_bodies_of_the_installation(crawled: Country, tmp_path: Path) -> None:
    with crawled.catalogue.read() as connection:
        everything = load_stored(connection, list(connection.execute(select(t.policy.c.page_id)).scalars()))
    page, before = next(
        (page, one.policy)
        for page, one in sorted(everything.items())
        if all(one.policy.evidence[name].rule.startswith("issuer:") for name in ("level", "region"))
    )
    assert run(tmp_path, "correct", page, "summary", "演示摘要", "--reason", "见原件").exit_code == 0
    after = crawled.stored(page).policy
    assert after.summary == "演示摘要"
    assert [after.evidence[name] for name in ("level", "region", "authorities")] == [
        before.evidence[name] for name in ("level", "region", "authorities")
    ]
    assert [w for w in after.warnings if w.startswith("issuer_unknown")] == []


def test_a_page_that_is_not_crawled_yet_is_corrected_on_its_first_night(country: Country) -> None:
    url = country.world.news(1)["edited"][0].replace(":8147", f":{country.server.port}")
    country.write(f'[[correction]]\npage = "{url}"\nfield = "title"\nvalue = "演示更正"\nreason = "见原件"\n')
    assert country.night(0)["new"] == 60
    assert country.stored(country.page_at(url)).policy.title == "演示更正"


def test_a_night_with_a_broken_file_asks_nobody(country: Country) -> None:
    country.write("[[correction]]\n")
    with pytest.raises(CorrectionFileError, match=r"corrections\.toml：第 1 条：page：缺少这个键"):
        country.night(0)
    assert country.server.log() == []


# From the command line, over three pages of one site.

NIGHT = date(2026, 3, 2)
AT = datetime(2026, 3, 1, 18, 0, tzinfo=UTC)
BASE = "http://yanshi.test:8147"
SITE = SiteRecord(
    "yanshi", "演示市人民政府", "municipal", "990100", "generic", BASE, (ChannelRecord("政策文件", "policy"),)
)
HTML = """<!doctype html><meta charset="utf-8"><title>演示市关于第{n}号事项的通知</title><body>
<h1>演示市关于第{n}号事项的通知</h1><p>演政发〔2026〕{n}号</p><div class="TRS_Editor"><p>各有关单位：</p>
<p>现将第{n}号演示事项通知如下，请认真贯彻执行。</p><p>一、加强组织领导，落实工作责任。</p>
<p>演示市人民政府</p><p>2026年1月30日</p></div></body>"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with three policies and an index; not to be written to."""
    folder = tmp_path_factory.mktemp("prepared") / "data"
    catalogue = Catalogue.open(f"sqlite:///{folder / 'catalogue.sqlite'}")
    book = SiteLedger(catalogue, SITE, NIGHT, 1, lambda: AT)
    book.open_site()
    rows = [SeenRow(ListRow(f"{BASE}/zc/t{n}.html", "演示", NIGHT), Hints()) for n in (1, 2, 3)]
    with ArchiveWriter(folder / "archive", lambda: AT) as writer:
        for n, verdict in enumerate(book.see_rows("政策文件", rows, 1), 1):
            assert verdict.task is not None
            url, body = verdict.task.url, HTML.format(n=n).encode()
            ref = writer.write_response(url, 200, [], body, AT)
            digest = hashlib.sha256(body).hexdigest()
            fetched = Fetched(url, url, 200, "text/html", "", "", AT, digest, len(body), ref)
            book.store_page(PageItem(verdict.task.page_id, "yanshi", "政策文件", fetched, Hints()))
    catalogue.close()
    assert run(folder, "normalize").exit_code == 0
    assert run(folder, "index").exit_code == 0
    return folder


@pytest.fixture
def data(prepared: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(prepared, tmp_path / "data"))


def run(data: Path, *arguments: str) -> Result:
    common = ["--data", str(data), "--contact", "a@example.org"]
    return CliRunner().invoke(cli, [*common, *arguments], catch_exceptions=False)


def listed(data: Path) -> list[tuple[str, str]]:
    return [(c["state"], c["field"]) for c in json.loads(run(data, "corrections", "--json").stdout)]


def test_correct_shows_what_changes_and_is_found_at_once(data: Path) -> None:
    done = run(
        data,
        "correct",
        "演政发[2026] 1号",
        "发文字号",
        "演政办发[2026]7号",
        "--reason",
        "见 原件",
        "--by",
        "演示员",
    )
    assert done.exit_code == 0, done.output
    assert "发文字号：演政发〔2026〕1号 → 演政办发[2026]7号" in done.stdout
    (written,) = load_corrections(data / "corrections.toml")
    assert (written.page, written.by, written.was) == (f"{BASE}/zc/t1.html", "演示员", "演政发〔2026〕1号")
    assert "  # 演示市关于第1号事项的通知\n" in (data / "corrections.toml").read_text(encoding="utf-8")
    found = json.loads(run(data, "search", "演政办发〔2026〕7号", "--json").stdout)
    assert [item["doc_number"] for item in found["items"]] == ["演政办发[2026]7号"]
    assert listed(data) == [("applied", "doc_number")]
    assert "\n人工更正：发文字号（见 原件）\n" in run(data, "show", found["items"][0]["id"]).stdout
    assert "已生效\t" in run(data, "corrections").stdout
    assert run(data, "index", "--verify").exit_code == 0

    again = run(data, "correct", found["items"][0]["id"], "doc_number", "--unknown", "--reason", "没有文号")
    assert "发文字号：演政办发[2026]7号 → （无）" in again.stdout
    (replaced,) = load_corrections(data / "corrections.toml")
    assert (replaced.value, replaced.was) == (None, "演政发〔2026〕1号")

    back = run(data, "correct", f"{BASE}/zc/./t1.html", "doc_number", "--remove", "--json")
    answer = json.loads(back.stdout)
    assert answer["applied"] is True
    assert answer["changes"] == [{"field": "doc_number", "before": None, "after": "演政发〔2026〕1号"}]
    assert load_corrections(data / "corrections.toml") == ()
    assert run(data, "correct", f"{BASE}/zc/t1.html", "doc_number", "--remove").exit_code == 1


def test_lists_dates_and_what_follows(data: Path) -> None:
    many = run(
        data,
        "correct",
        "演政发〔2026〕2号",
        "issuers",
        "陕西省财政厅",
        "陕西省审计厅",
        "--reason",
        "联合发文",
    )
    assert "陕西省财政厅；陕西省审计厅" in many.stdout
    assert "层级：市级 → 省级" in many.stdout
    ends = run(data, "correct", "演政发〔2026〕2号", "失效日期", "2020-05", "--reason", "见第九条", "--json")
    changed = {c["field"]: c["after"] for c in json.loads(ends.stdout)["changes"]}
    assert changed == {
        "expiry_date": "2020-05",
        "validity": "expired",
        "validity_reason": "有效期至2020-05-01",
    }
    assert listed(data) == [("applied", "issuers"), ("applied", "expiry_date")]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("演政发〔2026〕1号", "title", "甲"), 2, "--reason"),
        (("演政发〔2026〕1号", "title", "--reason", "乙"), 2, "--unknown"),
        (("演政发〔2026〕1号", "title", "甲", "--unknown", "--reason", "乙"), 2, "二者选一"),
        (("演政发〔2026〕1号", "title", "--remove", "--reason", "乙"), 2, "只用 --remove"),
        (("演政发〔2026〕1号", "正文", "甲", "--reason", "乙"), 2, "没有字段"),
        (("演政发〔2026〕1号", "行政规范性文件", "甲", "--reason", "乙"), 2, "应为 true（是）"),
        (("演政发〔2026〕1号", "text", "甲", "--reason", "乙"), 2, "以原件为准"),
        (("演政发〔2026〕1号", "title", "甲", "丙", "--reason", "乙"), 2, "只有一个值"),
        (("演政发〔2026〕1号", "成文日期", "去年", "--reason", "乙"), 2, "应为 2023-05-01"),
        (("演政发〔2026〕1号", "content_type", "--unknown", "--reason", "乙"), 2, "必须有值"),
        (("演政发〔2026〕9号", "title", "甲", "--reason", "乙"), 1, "没有编号、文号或网址"),
        (("https://nowhere.test/", "title", "甲", "--reason", "乙"), 1, "没有编号、文号或网址"),
        (("演政发〔2026〕1号", "doc_number", "演政发〔2026〕1号", "--reason", "乙"), 1, "无需更正"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(
    prepared: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    result = run(prepared, "correct", *arguments)
    assert (result.exit_code, said in result.output) == (code, True), result.output
    assert not (prepared / "corrections.toml").exists()


def test_two_bearers_of_a_number_are_named(data: Path) -> None:
    for page in ("t1", "t2"):
        url = f"{BASE}/zc/{page}.html"
        assert (
            run(data, "correct", url, "doc_number", "演同发〔2026〕1号", "--reason", "见原件").exit_code == 0
        )
    result = run(data, "correct", "演同发〔2026〕1号", "title", "甲", "--reason", "乙")
    assert result.exit_code == 1
    assert "演示市关于第1号事项的通知" in result.stderr and "2 件政策使用这个文号" in result.stderr


def test_every_state_of_a_correction_is_told(data: Path) -> None:
    pages = [f"{BASE}/zc/t{n}.html" for n in (1, 2, 3)]
    entries = [
        (pages[0], "title", '"演示市更正"', ""),
        (pages[0], "doc_number", '"演政发[2026]1号"', ""),
        (pages[1], "title", '"演示市更正"', 'was = "旧页面的标题"'),
        (pages[2], "doc_number", '"演政发〔2026〕3号"', ""),
        ("https://nowhere.test/a.html", "title", '"甲"', ""),
    ]
    text = "".join(
        f'[[correction]]\npage = "{page}"\nfield = "{field}"\nvalue = {value}\nreason = "见原件"\n{more}\n'
        for page, field, value, more in entries
    )
    (data / "corrections.toml").write_text(text, encoding="utf-8")
    assert [state for state, _ in listed(data)] == ["waiting"] * 4 + ["unknown_page"]
    assert "变更 2，未变 1" in run(data, "normalize").stdout
    assert [state for state, _ in listed(data)] == [
        "applied",
        "applied",
        "review",
        "not_needed",
        "unknown_page",
    ]
    told = run(data, "corrections")
    assert "已生效，请复核" in told.stdout and "共 5 条" in told.stderr
    assert run(data, "normalize").stdout.startswith("解析 0 页")


def test_a_table_of_a_spreadsheet_is_added(data: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "表.csv"
    rows = [f"{BASE}/zc/t{n}.html,发文字号,演表发〔2026〕{n}号,见原件" for n in (1, 2)]
    sheet.write_text("\n".join(["页面,字段,值,理由", *rows]), encoding="gb18030")
    added = run(data, "corrections", "--add", str(sheet), "--json")
    assert [c["was"] for c in json.loads(added.stdout)] == ["演政发〔2026〕1号", "演政发〔2026〕2号"]
    assert "并入 2 条（其中 0 条取代了原有的）" in added.stderr
    assert "变更 2" in run(data, "normalize").stdout
    assert "其中 2 条取代" in run(data, "corrections", "--add", str(sheet)).stderr
    sheet.write_text("页面,字段,值,理由\nx,title,甲,乙\n", encoding="utf-8")
    result = run(data, "corrections", "--add", str(sheet))
    assert (result.exit_code, "表.csv：第 1 条" in result.stderr) == (2, True)
    assert len(listed(data)) == 2


def test_beside_another_run_the_correction_waits(data: Path) -> None:
    with NightLock(data, system_clock):
        result = run(data, "correct", "演政发〔2026〕1号", "title", "演示市更正", "--reason", "见原件")
    assert (result.exit_code, "此后运行 zhengce normalize" in result.stderr) == (0, True)
    assert listed(data) == [("waiting", "title")]
    assert "变更 1" in run(data, "normalize").stdout
    assert listed(data) == [("applied", "title")]


def test_another_reason_alone_is_no_change_of_the_policy(data: Path) -> None:
    path = data / "corrections.toml"
    run(data, "correct", "演政发〔2026〕1号", "level", "county", "--reason", "见原件")
    path.write_text(path.read_text(encoding="utf-8").replace("见原件", "见公告"), encoding="utf-8")
    assert run(data, "normalize").stdout.startswith("解析 1 页：新增 0，变更 0，未变 1")
    with Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}").read() as connection:
        kinds = [c.kind.value for c in changes_since(connection, 3, 10)]
    assert kinds == ["changed", "reextracted"]


def test_a_file_that_is_gone_undoes_nothing(data: Path) -> None:
    run(data, "correct", "演政发〔2026〕1号", "title", "演示市更正", "--reason", "见原件")
    path = data / "corrections.toml"
    path.rename(data.parent / "elsewhere.toml")
    for arguments in (
        ("normalize",),
        ("corrections",),
        ("correct", f"{BASE}/zc/t2.html", "title", "甲", "--reason", "乙"),
    ):
        result = run(data, *arguments)
        assert (result.exit_code, "1 页曾按它更正" in result.stderr) == (2, True)
        assert not path.exists()
    path.write_text("", encoding="utf-8")
    assert "变更 1" in run(data, "normalize").stdout


def test_the_file_may_lie_anywhere_and_is_in_the_backup(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = tmp_path / "git" / "更正.toml"
    monkeypatch.setenv("ZHENGCE_CORRECTIONS", str(elsewhere))
    assert (
        run(data, "correct", "演政发〔2026〕1号", "title", "演示市更正", "--reason", "见原件").exit_code == 0
    )
    assert load_corrections(elsewhere) and not (data / "corrections.toml").exists()
    config: Config = load_config({"data": str(data)})
    write_backup(config, tmp_path / "b.tar", system_clock)
    restore_backup(tmp_path / "b.tar", tmp_path / "new")
    monkeypatch.delenv("ZHENGCE_CORRECTIONS")
    assert (tmp_path / "new" / "corrections.toml").read_bytes() == elsewhere.read_bytes()
    assert listed(tmp_path / "new") == [("applied", "title")]
    assert run(tmp_path / "new", "normalize").stdout.startswith("解析 0 页")


def test_doctor_names_a_broken_file(data: Path) -> None:
    (data / "corrections.toml").write_text("[[correction]]\npage = 3\n", encoding="utf-8")
    checks = {c["name"]: c for c in json.loads(run(data, "doctor", "--json").stdout)}
    assert checks["更正文件"]["state"] == "fail"
    result = run(data, "normalize")
    assert (result.exit_code, "corrections.toml：第 1 条" in result.stderr) == (2, True)


def test_pages_that_no_policy_came_of_are_left_alone(data: Path) -> None:
    row = {"id": "0" * 16, "url": BASE, "site": "yanshi", "channel": "政策文件", "state": "failed"}
    row |= {"failure": "soft_404", "first_seen": AT, "anchor": NIGHT, "row": b"{}", "hints": b"{}"}
    row |= {"extractor": EXTRACTOR_VERSION}
    catalogue = Catalogue.open(f"sqlite:///{data / 'catalogue.sqlite'}")
    with catalogue.write() as connection:
        connection.execute(insert(t.page).values(**row))
    catalogue.close()
    entry = f'[[correction]]\npage = "{"0" * 16}"\nfield = "title"\nvalue = "甲"\nreason = "乙"\n'
    (data / "corrections.toml").write_text(entry, encoding="utf-8")
    for _ in range(2):
        assert run(data, "normalize").stdout.startswith("解析 0 页")
    assert listed(data) == [("waiting", "title")]
