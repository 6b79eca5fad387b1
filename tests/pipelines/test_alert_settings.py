"""What the table [alerts] of zhengce.toml may say."""

from pathlib import Path

import pytest

from pipelines.config import Config, ConfigError, load_config


def load(folder: Path, text: str, **environ: str) -> Config:
    file = folder / "zhengce.toml"
    file.write_text(text, encoding="utf-8")
    return load_config({}, environ, file)


def test_table_is_read(tmp_path: Path) -> None:
    alerts = load(
        tmp_path,
        """
        [alerts]
        smtp = "smtp://robot%40example.org@mail.example.org:587"
        from = "policy@example.org"
        allow_hosts = ["hooks.intra", "10.1.0.0/16", "192.168.3.4"]
        digest_hour = 7
        """,
        ZHENGCE_ALERTS_SMTP_SECRET="open sesame",
        ZHENGCE_ALERTS_LINK_KEY="0123456789abcdef0123456789abcdef",
    ).alerts
    assert alerts.server is not None
    assert (alerts.server.host, alerts.server.port, alerts.server.tls) == ("mail.example.org", 587, False)
    assert (alerts.server.user, alerts.server.secret) == ("robot@example.org", "open sesame")
    assert alerts.can_mail
    assert alerts.hosts == {"hooks.intra"}
    assert [str(n) for n in alerts.networks] == ["10.1.0.0/16", "192.168.3.4/32"]
    assert alerts.digest_hour == 7
    assert "sesame" not in repr(alerts)
    assert "0123456789abcdef" not in repr(alerts)


def test_nothing_said_is_no_mail(tmp_path: Path) -> None:
    alerts = load(tmp_path, "").alerts
    assert not alerts.can_mail
    assert alerts.digest_hour == 8


def test_environment_wins_and_a_list_of_hosts_is_parted_by_commas(tmp_path: Path) -> None:
    alerts = load(
        tmp_path,
        "[alerts]\ndigest_hour = 7\n",
        ZHENGCE_ALERTS_DIGEST_HOUR="0",
        ZHENGCE_ALERTS_ALLOW_HOSTS="127.0.0.1, localhost",
    ).alerts
    assert alerts.digest_hour == 0
    assert alerts.hosts == {"localhost"}


def test_secret_of_the_mail_server_comes_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("open sesame\n", encoding="utf-8")
    text = f'[alerts]\nsmtp = "smtps://robot@mail.example.org"\nsmtp_secret_file = "{tmp_path / "secret"}"\n'
    server = load(tmp_path, text).alerts.server
    assert server is not None
    assert (server.port, server.tls, server.secret) == (465, True, "open sesame")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[alerts]\nsmtp = "http://mail.example.org"', "alerts_smtp"),
        ('[alerts]\nsmtp = "smtp://user:secret@mail.example.org"', "不可写密码"),
        ('[alerts]\nsmtp = "smtp://user@mail.example.org"', "没有密码"),
        ('[alerts]\nsmtp = "smtp://mail.example.org/x"', "alerts_smtp"),
        ('[alerts]\nsmtp = "smtp://mail.example.org:99999"', "alerts_smtp"),
        ('[alerts]\nfrom = "演示 <policy@example.org>"', "alerts_from"),
        ('[alerts]\nfrom = "policy@example.org\\nBcc: x@example.org"', "alerts_from"),
        ("[alerts]\ndigest_hour = 24", "alerts_digest_hour"),
        ('[alerts]\ndigest_hour = "früh"', "alerts_digest_hour"),
        ('[alerts]\nallow_hosts = ["10.0.0.1/8"]', "alerts_allow_hosts"),
        ('[alerts]\nallow_hosts = ["http://intra"]', "alerts_allow_hosts"),
        ("[alerts]\nallow_hosts = 7", "alerts_allow_hosts"),
        ("[alerts]\nsmpt = 7", "alerts_smpt"),
        ("alerts = 7", "[alerts]"),
    ],
)
def test_what_cannot_be_used_is_named(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "address",
    [
        '"smtp://robot:geheim@mail.example.org"',
        '"smtp://robot:geheim@[mail.example.org"',
        '"smtp://robot:geheim@mail.example.org:99999"',
        '"robot:geheim@mail.example.org:587"',
        '"https://robot@mail.example.org/geheim"',
        '["smtp://robot:geheim@mail.example.org"]',
    ],
)
def test_password_in_the_wrong_place_is_not_repeated(tmp_path: Path, address: str) -> None:
    with pytest.raises(ConfigError, match="alerts_smtp") as raised:
        load(tmp_path, f"[alerts]\nsmtp = {address}\n")
    assert "geheim" not in str(raised.value)
