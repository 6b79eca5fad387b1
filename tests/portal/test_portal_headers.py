"""Names of files in headers."""

import re
from email.message import Message
from email.utils import collapse_rfc2231_value

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.headers import MAX_NAME, attachment_header, file_name

NAMES = [
    ("report.pdf", "report.pdf"),
    ("关于演示的通知.pdf", "关于演示的通知.pdf"),
    ("附件1：表格（试行）.xlsx", "附件1：表格（试行）.xlsx"),
    ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie x=1.pdf"),
    ('x"; filename="evil.exe', "x filename=evil.exe"),
    ("../../etc/passwd", "etcpasswd"),
    ("..\\..\\boot.ini", "boot.ini"),
    ("C:\\windows\\演示.doc", "Cwindows演示.doc"),
    ("a\x00b.txt", "ab.txt"),
    ("通知\u202efdp.exe", "通知fdp.exe"),
    ("零\u200b宽\ufeff.txt", "零宽.txt"),
    ("半\ud800个.txt", "半个.txt"),
    ("多  个\t空　格.txt", "多 个空 格.txt"),
    ("100%.csv", "100.csv"),
    ("约翰's `x`.csv", "约翰s x.csv"),
    ("CON", "_CON"),
    ("nul.txt", "_nul.txt"),
    ("...", "download"),
    ("", "download"),
    ('"/\\', "download"),
    (".bashrc", "bashrc"),
]


@pytest.mark.parametrize(("given_name", "safe"), NAMES)
def test_names_are_made_safe(given_name: str, safe: str) -> None:
    assert file_name(given_name) == safe


def test_a_name_beyond_ascii_is_given_twice() -> None:
    header = attachment_header("演示 no. 1.pdf")
    assert header == ("attachment; filename=\"no. 1.pdf\"; filename*=UTF-8''%E6%BC%94%E7%A4%BA%20no.%201.pdf")
    assert attachment_header("政策.csv").startswith('attachment; filename="download.csv"; ')


def test_a_long_name_is_cut_and_keeps_its_ending() -> None:
    name = file_name("长" * 500 + ".parquet")
    assert name.endswith("长.parquet")
    assert MAX_NAME - 3 < len(name.encode()) <= MAX_NAME
    assert file_name("长" * 500) == "长" * (MAX_NAME // 3)


def read_back(header: str) -> str:
    """The name as a browser takes it: the one in UTF-8 before the other (RFC 6266, 4.3)."""
    message = Message()
    message["Content-Disposition"] = header
    names = [value for name, value in message.get_params([], "content-disposition") if name == "filename"]
    return collapse_rfc2231_value(names[-1])


@given(st.text() | st.text(alphabet="ab.\r\n\"'\\/%;=*\u202e演示\ud800 "))
def test_any_name_gives_one_header_that_reads_back(name: str) -> None:
    header = attachment_header(name)
    header.encode("latin-1")
    assert re.fullmatch(r"attachment; filename=\"[ -~]+\"(; filename\*=UTF-8''[!-~]+)?", header)
    assert header.count('"') == 2
    assert read_back(header) == file_name(name)
    assert file_name(file_name(name)) == file_name(name)
