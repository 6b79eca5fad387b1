"""Nights with saved queries, through the real commands: what is new, changed or quiet, and a target that fails.

The pages and a file of the site have Chinese characters in their addresses, and stay to be seen in the archive.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner
from served_portal import running

from benchmarks.alert_receivers import Hook, Mailbox, hook, mailbox, text_of
from index.tantivy_engine import TantivyEngine
from pipelines.catalogue import Catalogue
from pipelines.config import load_config
from portal.app import create_app
from portal.serving import Serving
from zhengce.cli import cli

pytestmark = pytest.mark.slow

PUBLIC = "https://policy.example.org"
SITE = "http://www.yanshi.gov.cn"
PASSWORD = "演示发信密码-9731"
LINK_KEY = "0123456789abcdef" * 4
KEY = "演示密钥-4417-演示密钥-演示密钥"
FILE = "演示申报表，一式两份"
PAGE = """<html><head><meta charset="utf-8"><title>{title}</title><meta name="ArticleTitle" content="{title}">
<meta name="PubDate" content="2026-03-01"></head><body><h1>{title}</h1><div class="TRS_Editor">
<p>现就有关事项通知如下，请认真贯彻执行，做好各项工作：</p><p>{text}</p>
<p>附件：<a href="附件/申报 表.txt">申报表.txt</a></p><p>演示市人民政府</p><p>2026年3月1日</p></div></body></html>"""


@dataclass
class Installation:
    """A data folder with its settings, and the pages that its nights find saved."""

    folder: Path
    box: Mailbox
    hook: Hook
    broken: Hook

    def save(self, *texts: str) -> None:
        """The site has so many pages now."""
        saved = self.folder / "saved"
        saved.mkdir(exist_ok=True)
        rows = [{"file": "form.txt", "url": f"{SITE}/政策/附件/申报 表.txt"}]
        (saved / "form.txt").write_text(FILE, encoding="utf-8")
        for number, text in enumerate(texts):
            page = PAGE.format(title=f"关于柑橘种植第{number}项补助的通知", text=text)
            (saved / f"{number}.html").write_text(page, encoding="utf-8")
            rows.append({"file": f"{number}.html", "url": f"{SITE}/政策/通知{number}.html"})
        lines = [json.dumps(row, ensure_ascii=False) for row in rows]
        (saved / "truth.jsonl").write_text("\n".join(lines), encoding="utf-8")

    def call(self, *arguments: str, code: int | None = 0, **environ: str) -> str:
        """Standard output of a command, of any exit code where that is None; what it says holds no secret."""
        settings = str(self.folder / "zhengce.toml")
        environ = {"ZHENGCE_ALERTS_SMTP_SECRET": PASSWORD, "ZHENGCE_ALERTS_LINK_KEY": LINK_KEY, **environ}
        done = CliRunner().invoke(cli, ["--config", settings, *arguments], env=environ)
        assert code in (None, done.exit_code), done.output
        for secret in self.secrets:
            assert secret not in done.output
        return done.stdout

    @property
    def secrets(self) -> set[str]:
        """All that nobody may read: what the file of secrets and the environment hold."""
        file = self.folder / "data" / "alert-secrets.json"
        kept = json.loads(file.read_text()) if file.exists() else {}
        targets = kept.get("targets", {}).values()
        return {
            PASSWORD,
            LINK_KEY,
            KEY,
            *(one[name] for one in targets for name in ("url", "key") if one.get(name)),
        }

    def night(self, day: str, code: int = 0) -> tuple[dict[str, int], list[str]]:
        """Sums of a night's report, and what it tells of alerts."""
        replay = ("--replay", str(self.folder / "saved"), "--now", day)
        outcome = json.loads(self.call("nightly", *replay, "--json", code=code))
        return outcome["report"]["totals"], outcome["alerts"]


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    with mailbox() as box, hook() as told, hook() as broken:
        (tmp_path / "zhengce.toml").write_text(
            f'data = "{tmp_path / "data"}"\npublic_url = "{PUBLIC}"\n[alerts]\n'
            f'smtp = "smtp://127.0.0.1:{box.port}"\nfrom = "policy@example.org"\nallow_hosts = ["127.0.0.1"]\n',
            encoding="utf-8",
        )
        broken.status = lambda number: 401
        yield Installation(tmp_path, box, told, broken)


def subscribe(installation: Installation, target: str, **environ: str) -> str:
    query = ("--query", "柑橘种植", "--to", target)
    return str(json.loads(installation.call("alerts", "add", *query, "--json", **environ))["id"])


def confirm(installation: Installation) -> None:
    """Ask the receiver, and let him confirm on the page that his mail leads to."""
    installation.call("alerts")
    (asked,) = installation.box.mails
    found = re.search(re.escape(PUBLIC) + r"(/alerts/confirm\?t=[0-9a-f-]+)", text_of(asked[1]))
    assert found
    with portal(installation) as client:
        assert "订阅已确认" in client.post(found[1]).text
    installation.box.mails.clear()


def portal(installation: Installation) -> AbstractContextManager[httpx.Client]:
    environ = {"ZHENGCE_ALERTS_LINK_KEY": LINK_KEY}
    config = load_config({}, environ, installation.folder / "zhengce.toml")
    serving = Serving(
        public_url=PUBLIC, alerts=config.alerts, data=config.data, archive=config.archive_folder
    )
    app = create_app(
        TantivyEngine(config.data / "index"), Catalogue.open(config.catalogue_url), serving=serving
    )
    return running(app)


def signed(installation: Installation, number: int) -> dict[str, Any]:
    """What a request of the webhook said, its signature checked as a receiver does."""
    _, headers, body = installation.hook.requests[number]
    signed = headers["zhengce-timestamp"].encode() + b"." + body
    made = hmac.new(KEY.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["zhengce-signature"] == f"v1={made}"
    found: dict[str, Any] = json.loads(body)
    return found


def test_nights_with_alerts(installation: Installation) -> None:
    subscribe(installation, "mail:reader@example.org")
    confirm(installation)
    subscribe(installation, f"webhook:{installation.hook.url}", ZHENGCE_ALERT_KEY=KEY)
    failing = subscribe(installation, f"webhook:{installation.broken.url}")

    installation.save("每亩补助一百元。")
    totals, alerts = installation.night("2026-03-02")
    assert totals["new"] == 1
    (mail,) = installation.box.texts
    assert "关于柑橘种植第0项补助的通知" in mail
    (new,) = signed(installation, 0)["events"]
    assert alerts[0].startswith("通知：新发现 3 条，送达 2 条（2 封），失败 1 次")
    assert failing in alerts[1] and "target_refused" in alerts[1]
    check_archive(installation, new["policy"]["id"])

    totals, alerts = installation.night("2026-03-03")
    assert (totals["rechecks"], totals["changed"]) == (2, 0)
    assert len(installation.box.mails) == len(installation.hook.requests) == 1

    installation.save("每亩补助三百元，另有奖励。")
    totals, alerts = installation.night("2026-03-06")
    assert totals["changed"] == 1
    _, mail = installation.box.texts
    assert "关于柑橘种植第0项补助的通知" in mail
    (changed,) = signed(installation, 1)["events"]
    assert len(installation.hook.requests) == 2
    assert [(one["event"], one["policy"]["id"]) for one in (new, changed)] == [
        ("new", new["policy"]["id"]),
        ("changed", new["policy"]["id"]),
    ]
    assert new["id"] != changed["id"]
    assert alerts[1:] == ["通知：1 个订阅因失败而暂停，见 zhengce alerts list"]
    check_secrets(installation)


def check_secrets(installation: Installation) -> None:
    """Neither commands nor pages nor files repeat a secret, but the one file that is for them."""
    installation.call("status", "--json")
    installation.call("doctor", "--json", code=None)
    installation.call("alerts", "list", "--json")
    installation.call("alerts", "add", "--to", f"webhook:ftp://{KEY}.example.org/", code=2)
    with portal(installation) as client:
        for path in (
            "/alerts/new?q=柑橘种植",
            "/alerts/confirm?t=x",
            "/alerts/stop?t=x",
            "/search?level=x",
            "/api/v1/runs",
        ):
            assert not any(secret in client.get(path).text for secret in installation.secrets)
    for path in (installation.folder / "data").rglob("*"):
        if path.is_file() and path.name != "alert-secrets.json":
            assert not any(secret.encode() in path.read_bytes() for secret in installation.secrets), path


def check_archive(installation: Installation, policy: str) -> None:
    """A page and a file with Chinese characters in their addresses can be seen as they were fetched."""
    with portal(installation) as client:
        assert "每亩补助一百元。" in client.get(f"/policies/{policy}/original").text
        assert client.get(f"/policies/{policy}/files/1").content == FILE.encode()
