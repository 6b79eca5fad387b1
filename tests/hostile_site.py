"""A site on this machine whose pages hold hostile strings wherever a site may put them, raw and escaped."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

from hostile_policies import HARMLESS, STEP, WORD
from hostile_strings import HOSTILE

SITE = """name = "演示市人民政府（虚构）<b>&amp;"
level = "municipal"
region = "990100"
platform = "generic"
base = "http://yanshi.test:{port}/"
observed = "test"

[fetch]
delay = 0

[[channel]]
name = "政策文件"
type = "policy"
list = "/list/"
"""
EVERYTHING = "通知全集"
PLAIN = 2 * len(HARMLESS)
# Every so many strings one is a title; in one field or another all stand on several pages.
TITLED = 4
PAGES = PLAIN + len(HOSTILE) // TITLED
# Of so many pages one has a file to fetch; of so many (and of the first) one leads to a file anywhere.
FILED, LED = 20, 4
# Files of the page that holds every string.
FILES = 8


def text_of(n: int, field: int = 0) -> str:
    """The string of a field of the n-th page; the first PLAIN pages hold nothing hostile."""
    if n < PLAIN:
        return HARMLESS[(n + field * STEP) % len(HARMLESS)]
    return HOSTILE[(TITLED * (n - PLAIN) + field * STEP) % len(HOSTILE)]


def detail(n: int) -> str:
    """The n-th page: in its head, its table and its text every string escaped, and at its end one as it is."""

    def s(field: int) -> str:
        return escape(text_of(n, field))

    title = f"{WORD} {s(0)}"
    labels = ("索引号", "主题分类", "发文机关", "文号", "有效性", "关键词", "来源")
    table = "".join(f"<tr><td>{label}：</td><td>{s(k + 1)}</td></tr>" for k, label in enumerate(labels))
    rows = f"<table><tr><td>{s(9)}</td><td>{s(10)}</td></tr><tr><td>{s(11)}</td><td>{n}</td></tr></table>"
    file = f'<p><a href="/f/{n}.txt">{s(12)}.txt</a></p>' if n % FILED == 0 else ""
    led = f'<p><a href="{s(20)}.pdf">附件：{s(21)}</a></p>' if n < PLAIN or n % LED == 0 else ""
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title}</title>
<meta name="ArticleTitle" content="{title}"><meta name="Keywords" content="{s(13)}"><meta name="ContentSource" content="{s(14)}">
<meta name="PubDate" content="2024-03-0{1 + n % 9}"></head><body><table class="info">{table}</table><h1>{title}</h1>
<div class="TRS_Editor"><p>现就{WORD}有关事项通知如下，请认真贯彻执行，做好各项工作：</p><p>{s(15)}</p><h2>{s(16)}</h2>
<p><strong>{s(17)}</strong></p>{rows}<img src="{s(18)}" alt="{s(19)}">{led}{file}
<p>演示市人民政府</p><p>2024年3月1日</p><p>{text_of(n, 22)}</p></div></body></html>"""


def everything() -> str:
    """A page that holds every string escaped, in its text and in a table, and names files by some."""
    told = [escape(one) for one in HOSTILE]
    text = "".join(f"<p>{one}</p>" for one in told)
    rows = "".join(f"<tr><td>{n}</td><td>{one[:2000]}</td></tr>" for n, one in enumerate(told))
    step = len(told) // FILES
    files = "".join(f'<p><a href="/f/{n}.txt">{told[n * step]}.txt</a></p>' for n in range(FILES))
    return f"""<!DOCTYPE html><html><head><meta charset="utf-8"><title>{WORD}{EVERYTHING}</title></head><body>
<h1>{WORD}{EVERYTHING}</h1><div class="TRS_Editor"><p>现就{WORD}有关事项通知如下，请认真贯彻执行：</p>{text}
<table>{rows}</table>{files}<p>演示市人民政府</p><p>2024年3月1日</p></div></body></html>"""


def answer(path: str) -> tuple[int, str, str]:
    """Status, media type and text of what stands at a path."""
    place = path.partition("?")[0]
    number = "".join(c for c in place if c.isdecimal())
    if place == "/list/":
        rows = "".join(
            f'<li><a href="/a/{n}.html?x={quote(text_of(n, 23)[:200], errors="replace")}">{escape(f"{WORD} {text_of(n)}")}</a>'
            f"<span>2024-03-0{1 + n % 9}</span></li>"
            for n in range(PAGES)
        )
        rows += f'<li><a href="/all.html">{WORD}{EVERYTHING}</a><span>2024-03-01</span></li>'
        return 200, "text/html", f"<html><body><ul class='list'>{rows}</ul></body></html>"
    if place == "/all.html":
        return 200, "text/html", everything()
    if place.startswith("/a/") and number and int(number) < PAGES:
        return 200, "text/html", detail(int(number))
    if place.startswith("/f/") and number:
        return 200, "text/plain", f"{WORD}的附件\n{text_of(int(number))}"
    if place == "/robots.txt":
        return 200, "text/plain", "User-agent: *\nDisallow:\n"
    return 404, "text/html", "<h1>404</h1>"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        status, kind, text = answer(self.path)
        data = text.encode(errors="surrogatepass")
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def hostile_site(sites: Path) -> Iterator[str]:
    """The address of the site, with its file in a folder."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sites.mkdir(parents=True)
    (sites / "yanshi.toml").write_text(SITE.format(port=server.server_address[1]), encoding="utf-8")
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
