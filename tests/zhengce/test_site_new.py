"""`zhengce site new`, `check`, `golden` and `list` as an operator meets them, against a small site on this machine."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from crawlers.site import load_site
from zhengce.cli import cli
from zhengce.site_questions import PUBLIC_BODY

pytestmark = pytest.mark.slow

ROWS = 14
HOME = """<html><head><meta name="SiteIDCode" content="9901100001"><meta name="SiteName" content="示范市人民政府门户网站">
<title>示范市人民政府</title></head><body><a href="/xxgk/">政府信息公开</a><a href="/jd/">政策解读</a></body></html>"""
LANDING = "<html><title>公开-示范市人民政府</title><body><a href='/zcwj/'>政策文件</a><a href='/gb/'>政府公报</a></body></html>"
DETAIL = """<html><head><title>{title}-示范市人民政府</title><meta name="ArticleTitle" content="{title}">
<meta name="PubDate" content="2026-02-{n:02d}"></head><body><h1>{title}</h1><div id="zoom">
<p>示政发〔2026〕{n}号</p><p>各县（区）人民政府，市政府各工作部门：</p>
<p>现将有关事项通知如下，请认真贯彻执行。各单位要加强组织领导，确保各项任务落到实处。</p>
<p>示范市人民政府</p><p>2026年2月{n}日</p></div></body></html>"""
CHALLENGE = b"<html><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};</script><body></body></html>"


def title(n: int) -> str:
    return f"示范市人民政府关于第{n}号事项的通知"


def listing() -> str:
    rows = "".join(
        f"<li><a href='/zcwj/202602/t202602{n:02d}_{n}.html'>{title(n)}</a><span>2026-02-{n:02d}</span></li>"
        for n in range(ROWS, 0, -1)
    )
    return f"<html><head><title>政策文件-示范市人民政府</title></head><body><ul>{rows}</ul></body></html>"


@dataclass
class Web:
    """Pages by path, what was asked, and the port."""

    pages: dict[str, tuple[int, bytes]]
    port: int = 0
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)

    def url(self, path: str = "/", host: str = "shifan") -> str:
        return f"http://{host}.test:{self.port}{path}"

    def put(self, path: str, text: str | bytes, status: int = 200) -> None:
        self.pages[path] = (status, text if isinstance(text, bytes) else text.encode())


@pytest.fixture
def web() -> Iterator[Web]:
    """A small site: a front page, a landing page, a list, its documents."""
    site = Web({})
    site.put("/robots.txt", "User-agent: *\nDisallow: /geheim/\n")
    site.put("/", HOME)
    site.put("/xxgk/", LANDING)
    site.put("/zcwj/", listing())
    for n in range(1, ROWS + 1):
        site.put(f"/zcwj/202602/t202602{n:02d}_{n}.html", DETAIL.format(title=title(n), n=n))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            site.agents.add(self.headers["User-Agent"])
            status, body = site.pages.get(self.path, (404, b"<html>404</html>"))
            self.send_response(status)
            self.send_header(
                "Content-Type", "text/plain" if "robots" in self.path else "text/html; charset=utf-8"
            )
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield site
    server.shutdown()
    server.server_close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "sites").mkdir()
    return tmp_path


def call(folder: Path, *arguments: str) -> Result:
    common = ["--data", str(folder / "data"), "--sites-folder", str(folder / "sites")]
    return CliRunner().invoke(cli, [*common, "site", *arguments])


def written(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def save(folder: Path, web: Web, *paths: str) -> list[str]:
    names = []
    for number, path in enumerate(paths):
        file = folder / f"saved{number}.html"
        mark = f"<!-- saved from url=({len(path):04d}){web.url(path)} -->".encode()
        file.write_bytes(mark + web.pages[path][1])
        names.append(str(file))
    return names


PLACE = ("--region", "990110", "--level", "municipal")


def make(folder: Path, web: Web) -> Path:
    """The site file of the small site, made without asking it."""
    files = save(folder, web, "/zcwj/", "/zcwj/202602/t20260214_14.html", "/zcwj/202602/t20260207_7.html")
    made = call(folder, "new", "--from", *files, *PLACE)
    assert made.exit_code == 0, made.output
    return folder / "sites" / "shifan.toml"


def test_from_an_address_to_a_site_file(folder: Path, web: Web) -> None:
    (folder / "sites" / "core.roster").write_text("other\n", encoding="utf-8")
    made = call(folder, "new", web.url())
    assert made.exit_code == 0, made.output
    assert written(folder / "sites") == [
        "core.roster",
        "shifan.golden/detail-1.gz",
        "shifan.golden/detail-2.gz",
        "shifan.golden/expected.json",
        "shifan.golden/list-1.gz",
        "shifan.toml",
    ]
    path = folder / "sites" / "shifan.toml"
    assert len(path.read_text(encoding="utf-8").splitlines()) == 10
    site = load_site(path)
    assert (site.name, site.level, site.region) == ("示范市人民政府", "municipal", "990110")
    assert [(channel.name, channel.list) for channel in site.channels] == [("政策文件", web.url("/zcwj/"))]
    assert (folder / "sites" / "core.roster").read_text(encoding="utf-8") == "other\nshifan\n"
    # what is shown: items, one document with evidence, what to look at, further columns
    for words in (title(14), "示政发〔2026〕14号", "没有读到翻页方式", "政策解读", "政府公报"):
        assert words in made.output
    # one page at a time, robots first, nothing twice, with a name
    details = ["/zcwj/202602/t20260214_14.html", "/zcwj/202602/t20260207_7.html"]
    assert web.asked == ["/robots.txt", "/", "/xxgk/", "/zcwj/", *details]
    assert {agent.partition("/")[0] for agent in web.agents} == {"zhengce"}
    assert call(folder, "golden").exit_code == 0


def test_it_never_overwrites_silently(folder: Path, web: Web) -> None:
    path = make(folder, web)
    path.write_text(path.read_text(encoding="utf-8") + "# 手工改动\n", encoding="utf-8")
    before = list(web.asked)
    again = call(folder, "new", web.url())
    assert again.exit_code == 2 and "没有覆盖" in again.output and "--force" in again.output
    assert web.asked == before and "手工改动" in path.read_text(encoding="utf-8")
    files = save(folder, web, "/zcwj/")
    forced = call(folder, "new", "--from", *files, *PLACE, "--force")
    assert forced.exit_code == 0 and f"已替换 {path}" in forced.output
    assert "手工改动" not in path.read_text(encoding="utf-8")
    there = ("--out", str(folder / "elsewhere"))
    assert call(folder, "new", "--from", *files, *PLACE, *there).exit_code == 0
    taken = call(folder, "new", "--from", *files, *PLACE, *there)
    assert taken.exit_code == 2 and "没有覆盖" in taken.output


def test_no_two_sites_have_one_channel(folder: Path, web: Web) -> None:
    path = make(folder, web)
    files = save(folder, web, "/zcwj/")
    doubled = call(folder, "new", "--from", *files, *PLACE, "--id", "zwei")
    assert doubled.exit_code == 2 and "站点 shifan 已有栏目" in doubled.output
    assert "zhengce site check shifan --record" in doubled.output
    assert [name for name in written(folder / "sites") if name.endswith(".toml")] == ["shifan.toml"]
    # a file that was moved to another folder is replaced where it lies
    (folder / "sites" / "dort").mkdir()
    moved = path.rename(folder / "sites" / "dort" / path.name)
    assert call(folder, "new", "--from", *files, *PLACE, "--force").exit_code == 0
    assert moved.exists() and not path.exists()


def test_channels_may_be_named(folder: Path, web: Web) -> None:
    web.put("/jd/", listing().replace("/zcwj/202602/", "/jd/202602/"))
    for n in range(1, ROWS + 1):
        web.put(f"/jd/202602/t202602{n:02d}_{n}.html", DETAIL.format(title=title(n), n=n))
    made = call(
        folder, "new", web.url(), "--channel", "文件=policy@/zcwj/", "--channel", "解读=interpretation@/jd/"
    )
    assert made.exit_code == 0, made.output
    site = load_site(folder / "sites" / "shifan.toml")
    assert [(channel.name, channel.type) for channel in site.channels] == [
        ("文件", "policy"),
        ("解读", "interpretation"),
    ]
    asked = made.output.partition("待核对\n")[2].splitlines()
    assert any(line.startswith("    - 栏目「解读」：") for line in asked), made.output
    assert call(folder, "golden").exit_code == 0
    broken = call(folder, "new", web.url(), "--id", "b", "--channel", "文件=policy@/nirgends/")
    assert broken.exit_code == 1 and "not_found" in broken.output and "栏目「文件」" in broken.output


@pytest.mark.parametrize(
    ("page", "status", "name", "words"),
    [
        (CHALLENGE, 412, "blocked_rs412", "--from"),
        (b"<html><body></body></html>", 200, "list_empty", "--channel"),
        (b"gone", 404, "not_found", "核对网址"),
        (b"<html><div id='app'></div><script>axios.get('/x')</script></html>", 200, "list_shell", "接口"),
    ],
)
def test_a_site_that_cannot_be_read_ends_with_a_name(
    folder: Path, web: Web, page: bytes, status: int, name: str, words: str
) -> None:
    web.put("/", page, status)
    refused = call(folder, "new", web.url())
    assert refused.exit_code == 1, refused.output
    assert name in refused.output and words in refused.output and "没有写出任何文件" in refused.output
    assert written(folder) == []


def test_robots_are_obeyed(folder: Path, web: Web) -> None:
    refused = call(folder, "new", web.url("/geheim/"))
    assert refused.exit_code == 1 and "robots_denied" in refused.output
    assert web.asked == ["/robots.txt"] and written(folder) == []


def test_a_place_that_nothing_tells_is_asked_for(folder: Path, web: Web) -> None:
    files = save(folder, web, "/zcwj/")
    text = Path(files[0]).read_text(encoding="utf-8")
    Path(files[0]).write_text(text.replace("示范市", "本"), encoding="utf-8")
    asked = call(folder, "new", "--from", *files)
    assert asked.exit_code == 2 and "--region" in asked.output and written(folder / "sites") == []
    assert call(folder, "new", "--from", *files, *PLACE).exit_code == 0


def test_from_saved_pages(folder: Path, web: Web) -> None:
    files = save(folder, web, "/zcwj/202602/t20260214_14.html", "/zcwj/", "/zcwj/202602/t20260201_1.html")
    made = call(folder, "new", "--from", *files, *PLACE)
    assert made.exit_code == 0, made.output
    assert web.asked == [] and title(14) in made.output and "示政发〔2026〕14号" in made.output
    record = json.loads((folder / "sites/shifan.golden/expected.json").read_text(encoding="utf-8"))
    channel = record["channels"]["政策文件"]
    assert channel["items"] == ROWS and channel["first"][0]["title"] == title(14)
    assert {detail["fields"]["doc_number"] for detail in channel["details"]} == {
        "示政发〔2026〕14号",
        "示政发〔2026〕1号",
    }


def test_saved_pages_without_an_address_need_one(folder: Path, web: Web) -> None:
    file = folder / "list.html"
    file.write_bytes(web.pages["/zcwj/"][1])
    refused = call(folder, "new", "--from", str(file), *PLACE)
    assert refused.exit_code == 2 and "--url" in refused.output
    assert call(folder, "new", "--from", str(file), "--url", web.url("/zcwj/"), *PLACE).exit_code == 0
    assert load_site(folder / "sites/shifan.toml").channels[0].list == web.url("/zcwj/")
    assert call(folder, "new", "--from", str(folder / "missing.html")).exit_code == 2


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "请给出网址"),
        (("shifan.test",), "不是网址"),
        (("http://a.test/", "http://b.test/"), "只能给一个网址"),
        (("http:///x",), "不是网址"),
        (("http://localhost/",), "网址不可用"),
        (("http://a.test/", "--channel", "政策文件"), "名称=类别@网址"),
        (("http://a.test/", "--channel", "政策文件=polity@/a/"), "polity"),
        (("http://a.test/", "--channel", "政策文件=policy@http://b.test/"), "另建站点"),
        (("http://a.test/", "--channel", "甲=policy@/a/", "--channel", "甲=notice@/b/"), "栏目名重复：甲"),
        (("http://a.test/", "--channel", "甲=policy@/a/", "--channel", "乙=notice@/a/"), "网址重复"),
        (("http://a.test/", "--id", "A B"), "--id"),
        (("http://a.test/", "--region", "61"), "--region"),
        (("--url", "nonsense", "--from", "x.html"), "--url"),
    ],
)
def test_wrong_use_is_said(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    wrong = call(folder, "new", *arguments)
    assert wrong.exit_code == 2 and words in wrong.output, wrong.output


def test_a_real_site_is_not_asked_without_a_contact(folder: Path) -> None:
    refused = call(folder, "new", "https://www.example.gov.cn/")
    assert refused.exit_code == 2 and "联系方式" in refused.output


def test_check_and_promote(folder: Path, web: Web) -> None:
    path = make(folder, web)
    text = path.read_text(encoding="utf-8")
    web.asked.clear()
    checked = call(folder, "check", "--json")
    assert checked.exit_code == 0, checked.output
    answer = json.loads(checked.output[checked.output.index("{") :])
    assert answer["passed"] == ["shifan"] and answer["checks"][0]["rows"] == ROWS
    assert sorted(web.asked) == sorted(
        ["/robots.txt", "/zcwj/", "/zcwj/202602/t20260214_14.html", "/zcwj/202602/t20260207_7.html"]
    )
    assert path.read_text(encoding="utf-8") == text
    record = folder / "sites" / "shifan.golden" / "expected.json"
    expected = record.read_text(encoding="utf-8")
    record.write_text("{}", encoding="utf-8")
    promoted = call(folder, "check", "--promote", "--record")
    assert promoted.exit_code == 0 and "已替换样本" in promoted.output
    assert record.read_text(encoding="utf-8") == expected
    assert promoted.exit_code == 0 and load_site(path).confirmed is not None
    assert [line for line in path.read_text(encoding="utf-8").splitlines() if "confirmed" not in line] == [
        line for line in text.splitlines() if "observed" not in line
    ]
    offline = call(folder, "check", "--offline")
    assert offline.exit_code == 0 and "已确认" in offline.output
    assert call(folder, "check", "--offline", "--promote").exit_code == 2


def test_check_names_what_is_wrong(folder: Path, web: Web) -> None:
    path = make(folder, web)
    path.write_text(
        path.read_text(encoding="utf-8").replace("[[channel]]", "[expect]\nmin_items = 20\n[[channel]]"),
        encoding="utf-8",
    )
    few = call(folder, "check", "--promote")
    assert few.exit_code == 1 and "layout_changed" in few.output and load_site(path).confirmed is None
    web.put("/zcwj/", CHALLENGE, 412)
    blocked = call(folder, "check")
    assert blocked.exit_code == 1 and "blocked_rs412" in blocked.output and "不绕过" in blocked.output


def test_golden_differences_are_shown_and_recorded_on_purpose(folder: Path, web: Web) -> None:
    make(folder, web)
    record = folder / "sites" / "shifan.golden" / "expected.json"
    text = record.read_text(encoding="utf-8")
    record.write_text(text.replace('"items": 14', '"items": 13'), encoding="utf-8")
    wrong = call(folder, "golden")
    assert wrong.exit_code == 1 and "items：记录为 13，现读为 14" in wrong.output
    assert call(folder, "golden", "--update", "shifan").exit_code == 0
    assert record.read_text(encoding="utf-8") == text and call(folder, "golden").exit_code == 0
    record.unlink()
    missing = call(folder, "golden")
    assert missing.exit_code == 1 and "缺少" in missing.output


def test_list_before_and_after_a_night(folder: Path, web: Web) -> None:
    make(folder, web)
    before = call(folder, "list")
    assert before.exit_code == 0 and "未抓取" in before.output and not (folder / "data").exists()
    _crawl(folder, web)
    (line,) = json.loads(call(folder, "list", "--json").output)
    assert (line["state"], line["documents"], line["channels"]) == ("fine", ROWS, ["政策文件"])
    assert line["last_success"] is not None and line["failure"] is None
    # the catalogue knows more than the pages of today show
    web.put("/zcwj/", "<html><body></body></html>")
    checked = call(folder, "check")
    assert checked.exit_code == 1 and "上次成功" in checked.output and "layout_changed" in checked.output
    web.put("/zcwj/", CHALLENGE, 412)
    _crawl(folder, web)
    (line,) = json.loads(call(folder, "list", "--json").output)
    assert (line["state"], line["failure"]) == ("blocked", "blocked_rs412")
    assert call(folder, "list", "nowhere*").exit_code == 2


def _crawl(folder: Path, web: Web) -> None:
    """One night over the site, in a process of its own."""
    import subprocess
    import sys

    script = (
        "import sys; from dataclasses import replace; from pathlib import Path; "
        "from pipelines.config import load_config; from zhengce.nightly import NightOptions, run_night; "
        "config = replace(load_config({'data': sys.argv[1] + '/data', 'sites': sys.argv[1] + '/sites'}), "
        "address_map={'.test': '127.0.0.1'}, processes=1, min_free=0); "
        "run_night(config, NightOptions(sites='*'), lambda progress: None)"
    )
    path = folder / "sites" / "shifan.toml"
    text = path.read_text(encoding="utf-8")
    if "delay" not in text:
        path.write_text(text.replace("[[channel]]", "[fetch]\ndelay = 0\n[[channel]]"), encoding="utf-8")
    subprocess.run([sys.executable, "-c", script, str(folder)], check=True, timeout=120, capture_output=True)


RELATED = "<ul>" + "".join(
    f"<li><a href='/zcwj/202602/t202602{n:02d}_{n}.html'>{title(n)}</a><span>2026-02-{n:02d}</span></li>"
    for n in range(1, 7)
)


def test_a_saved_front_page_with_rows_is_a_question(folder: Path, web: Web) -> None:
    web.put("/", HOME.replace("</body>", RELATED + "</ul></body>"))
    front = call(folder, "new", "--from", *save(folder, web, "/"), *PLACE)
    assert front.exit_code == 0 and "像首页，不是列表：请核对条目" in front.output, front.output


def test_saved_pages_without_a_list_are_refused(folder: Path, web: Web) -> None:
    document = "/zcwj/202602/t20260214_14.html"
    web.put(document, web.pages[document][1].decode().replace("</body>", RELATED + "</ul></body>"))
    alone = call(folder, "new", "--from", *save(folder, web, document), *PLACE)
    assert alone.exit_code == 2 and "像一篇文件" in alone.output, alone.output
    web.put("/", HOME.replace("</body>", RELATED + "</ul></body>"))
    picture = folder / "picture.png"
    picture.write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(64))
    binary = call(folder, "new", "--from", str(picture), "--url", web.url("/zcwj/"), *PLACE)
    assert binary.exit_code == 2 and "not_a_page" in binary.output, binary.output
    assert written(folder / "sites") == []
    # the list is found among them, whatever its place
    files = save(folder, web, document, "/", "/zcwj/")
    assert call(folder, "new", "--from", *files, *PLACE).exit_code == 0
    assert load_site(folder / "sites/shifan.toml").channels[0].list == web.url("/zcwj/")


def test_a_page_that_only_reads_like_a_document_is_asked_about(folder: Path, web: Web) -> None:
    page = DETAIL.format(title=title(9), n=9).replace("</body>", RELATED + "</ul></body>")
    web.put("/seite", page)
    made = call(folder, "new", "--from", *save(folder, web, "/seite"), *PLACE)
    assert made.exit_code == 0 and "像一篇文件，不是列表" in made.output, made.output
    files = save(folder, web, "/zcwj/")
    made = call(folder, "new", "--from", *files, *PLACE, "--force")
    assert made.exit_code == 0 and "不是列表" not in made.output


@pytest.mark.parametrize(
    ("name", "public"),
    [
        ("四川省教育厅", True),
        ("示范市人民政府门户网站", True),
        ("示范市发展和改革委员会", True),
        ("示范市中级人民法院", True),
        ("示范省税务局（示范市）", True),
        ("四川省教育服务公共平台", False),
        ("示范市学院", False),
        ("政策文件", False),
    ],
)
def test_names_of_public_bodies(name: str, public: bool) -> None:
    assert (PUBLIC_BODY.search(name) is not None) is public


def test_a_further_host_leaves_a_file_to_which_blocks_can_be_pasted(folder: Path, web: Web) -> None:
    other = web.url("/zcwj/", host="zwgk.shifan")
    rows = listing().replace("href='/zcwj/", f"href='{other}")
    web.put("/zcwj/", rows.replace("<body>", "<body><a href='/jd/'>政策解读</a>"))
    web.put("/jd/", listing().replace("/zcwj/202602/", "/jd/202602/"))
    for n in range(1, ROWS + 1):
        web.put(f"/jd/202602/t202602{n:02d}_{n}.html", DETAIL.format(title=title(n), n=n))
    made = call(folder, "new", web.url("/zcwj/"), *PLACE)
    assert made.exit_code == 0, made.output
    (path,) = (folder / "sites").rglob("*.toml")
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) == 10 and 'hosts = ["zwgk.shifan.test"]' in text, text
    shown = made.output.partition("还发现这些栏目")[2].splitlines()[1:5]
    path.write_text(text + "\n".join(line.strip() for line in shown) + "\n", encoding="utf-8")
    assert [channel.list for channel in load_site(path).channels] == [web.url("/zcwj/"), web.url("/jd/")]
