"""Members of RAR and 7z archives, by name and text; what is wrong with an archive is named."""

import pytest
from attachment_files import LOCKED_SEVEN_ZIP, SEVEN_ZIP, make_rar, make_rar5, make_zip

from normalizers.attachments.file_text import ReadError
from normalizers.attachments.reading import read_file
from normalizers.failures import Failure

TEXT = "演示文字".encode()


@pytest.mark.parametrize(
    ("data", "kind", "pages"),
    [
        (
            make_rar(
                {"附件\\一.txt".encode("gbk"): TEXT, "附件\\二.txt".encode("gbk"): "第二件".encode("gbk")}
            ),
            "rar",
            ("附件/一.txt\n演示文字", "附件/二.txt\n第二件"),
        ),
        (make_rar5({"附件一.txt": TEXT}), "rar", ("附件一.txt\n演示文字",)),
        (SEVEN_ZIP, "7z", ("附件一.txt\n演示文字",)),
        (make_rar({b"in.zip": make_zip({"一.txt": "演示"})}), "rar", ("in.zip\n一.txt\n演示",)),
        (make_zip({"in.rar": make_rar({b"a.txt": TEXT})}), "zip", ("in.rar\na.txt\n演示文字",)),
    ],
)
def test_members_are_read_by_name(data: bytes, kind: str, pages: tuple[str, ...]) -> None:
    found = read_file(data)
    assert (found.kind, found.pages, found.warnings) == (kind, pages, ())


def test_an_archive_that_breaks_off_gives_what_comes_before() -> None:
    whole = make_rar({b"a.txt": TEXT, b"b.txt": TEXT * 9})
    found = read_file(whole[:-60])
    assert found.pages == ("a.txt\n演示文字",)
    assert "member_unreadable:b.txt:attachment_damaged" in found.warnings
    with pytest.raises(ReadError) as caught:
        read_file(whole[:40])
    assert caught.value.failure is Failure.ATTACHMENT_DAMAGED


@pytest.mark.parametrize("data", [make_rar({b"a.txt": TEXT}, flags=0x8004), LOCKED_SEVEN_ZIP])
def test_an_encrypted_archive_is_named(data: bytes) -> None:
    with pytest.raises(ReadError) as caught:
        read_file(data)
    assert caught.value.failure is Failure.ATTACHMENT_ENCRYPTED


def test_members_beyond_the_cap_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("normalizers.attachments.archive.MAX_MEMBERS", 1)
    found = read_file(make_rar({b"a.txt": TEXT, b"b.txt": TEXT, b"c.txt": TEXT}))
    assert (found.pages, found.warnings) == (("a.txt\n演示文字",), ("members_left_out:2",))
    monkeypatch.setattr("normalizers.attachments.archive.MAX_ENTRY_BYTES", 5)
    with pytest.raises(ReadError) as caught:
        read_file(make_rar({b"a.txt": TEXT}))
    assert caught.value.failure is Failure.ATTACHMENT_TOO_LARGE
