"""Configuration: which source wins, and what a mistake says."""

from dataclasses import replace
from datetime import time
from pathlib import Path

import pytest

from pipelines.config import ConfigError, IndexServer, Window, load_config


def write(folder: Path, text: str) -> Path:
    path = folder / "zhengce.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_flag_beats_environment_beats_file_beats_default(tmp_path: Path) -> None:
    file = write(tmp_path, 'contact = "file@yanshi.test"\nbackfill = 7\nlanes = 5\n')
    environ = {"ZHENGCE_CONTACT": "env@yanshi.test", "ZHENGCE_BACKFILL": "8"}
    config = load_config({"contact": "flag@yanshi.test"}, environ, file)
    assert (config.contact, config.backfill, config.lanes) == ("flag@yanshi.test", 8, 5)
    assert config.catalogue_url.startswith("sqlite:///")
    assert load_config({"data": str(tmp_path)}, {}, None).index_folder == tmp_path / "index"


def test_corrections_lie_with_the_data_unless_said_otherwise(tmp_path: Path) -> None:
    config = load_config({"data": str(tmp_path)}, {})
    assert config.corrections == tmp_path / "corrections.toml"
    assert replace(config, data=tmp_path / "demo").corrections == tmp_path / "demo" / "corrections.toml"
    file = write(tmp_path, 'corrections = "git/corrections.toml"\n')
    assert (
        load_config({"data": str(tmp_path)}, {}, file).corrections == Path("git/corrections.toml").resolve()
    )
    environ = {"ZHENGCE_CORRECTIONS": str(tmp_path / "x.toml")}
    assert load_config({}, environ, file).corrections == tmp_path / "x.toml"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("contakt = 'x'", "contakt"),
        ("backfill = 0", "backfill"),
        ("backfill = 'many'", "backfill"),
        ("lanes = 900", "lanes"),
        ("dump = ''", "dump"),
        ("dump_keep = 0", "dump_keep"),
        ("window = '22-7-8'", "window"),
        ("contact = ''", "contact"),
        ("contact = 'hello world'", "contact"),
        ("window = '07:00-07:00'", "window"),
        ("min_free_mb = 1", "min_free_mb"),
        ("index = 'elastic'", "embedded"),
        ("index = 'http://yanshi.test'", "9200"),
        ("index = 'ftp://yanshi.test:9200'", "9200"),
        ("index = 'http://yanshi.test:port'", "9200"),
        ("index = 'https://user:password@yanshi.test:9200'", "ZHENGCE_INDEX_SECRET"),
        ("index = 'https://yanshi.test:9200'\nindex_name = 'zhengce-2'", "index_name"),
        ("index = 'https://yanshi.test:9200'\nindex_shards = 0", "index_shards"),
        ("index = 'https://yanshi.test:9200'\nindex_ca = '/no/such.pem'", "index_ca"),
        ("index = 'https://yanshi.test:9200'\nindex_secret_file = '/no/such'", "登录文件"),
        ("index_secret = 'user:password'", "index_secret"),
        ("data = 3", "data"),
        ("corrections = ''", "corrections"),
        ("public_url = 'policy.example.org'", "public_url"),
        ("public_url = 'https://user:secret@policy.example.org'", "public_url"),
        ("public_url = 'https://policy.example.org/portal'", "public_url"),
        ("public_url = 'https://policy.example.org:port'", "public_url"),
        ("public_url = 'ftp://policy.example.org'", "public_url"),
        ("trusted_proxies = '*'", "trusted_proxies"),
        ("trusted_proxies = '10.0.0.1, proxy.example.org'", "trusted_proxies"),
        ("requests_per_second = -1", "requests_per_second"),
        ("requests_burst = 0", "requests_burst"),
        ("not toml", "zhengce.toml"),
    ],
)
def test_a_mistake_names_file_and_key(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(ConfigError) as error:
        load_config({}, {}, write(tmp_path, text))
    assert "zhengce.toml" in str(error.value) and named in str(error.value)


def test_a_named_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.toml"):
        load_config({}, {}, tmp_path / "nowhere.toml")


@pytest.mark.parametrize(
    ("window", "moment", "inside"),
    [
        (Window(time(22), time(7)), time(23), True),
        (Window(time(22), time(7)), time(6, 59), True),
        (Window(time(22), time(7)), time(12), False),
        (Window(time(1), time(5)), time(5), False),
    ],
)
def test_a_window_may_cross_midnight(window: Window, moment: time, inside: bool) -> None:
    assert window.contains(moment) is inside


def test_the_index_is_embedded_unless_a_server_is_named(tmp_path: Path) -> None:
    assert load_config({}, {}, write(tmp_path, "")).index_server is None
    (tmp_path / "ca.pem").write_text("-")
    (tmp_path / "secret").write_text("writer:演示\n", encoding="utf-8")
    file = write(
        tmp_path,
        'index = "https://a.test:9200/, https://b.test:9200"\nindex_name = "zhengce_2"\nindex_shards = 3\n'
        f'index_ca = "{tmp_path / "ca.pem"}"\nindex_secret_file = "{tmp_path / "secret"}"\n',
    )
    server = load_config({}, {}, file).index_server
    assert server == IndexServer(
        ("https://a.test:9200", "https://b.test:9200"), "zhengce_2", tmp_path / "ca.pem", "writer:演示", 3
    )
    assert "演示" not in repr(server)
    from_environ = load_config({}, {"ZHENGCE_INDEX_SECRET": "a2V5"}, file).index_server
    assert from_environ
    assert from_environ.secret == "a2V5"
    assert load_config({}, {"ZHENGCE_INDEX": "embedded"}, file).index_server is None


def test_how_the_portal_is_reached(tmp_path: Path) -> None:
    default = load_config({}, {}, write(tmp_path, ""))
    assert (default.public_url, default.trusted_proxies) == ("", ())
    file = write(
        tmp_path,
        'public_url = "https://policy.example.org:8443/"\ntrusted_proxies = "127.0.0.1, 10.0.0.0/8,::1"\n'
        "requests_per_second = 0\nrequests_burst = 7\n",
    )
    config = load_config({}, {}, file)
    assert config.public_url == "https://policy.example.org:8443"
    assert config.trusted_proxies == ("127.0.0.1", "10.0.0.0/8", "::1")
    assert (config.requests_per_second, config.requests_burst) == (0, 7)
