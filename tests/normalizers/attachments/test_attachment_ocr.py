"""Pages that are pictures, read by the extra `ocr`; not collected where it is not installed."""

from pathlib import Path

from normalizers.attachments.as_attachment import read_attachment
from normalizers.attachments.contained import ContainedReader, Limits
from normalizers.failures import Failure


def test_a_scan_is_read_page_by_page(shared: Path) -> None:
    data = (shared / "samples/pdf/scanned_200dpi.pdf").read_bytes()
    with ContainedReader() as reader:
        found = reader.read(data, "a.pdf")
    assert found.reader == "pypdfium2+rapidocr"
    assert found.warnings == ("pages_by_ocr:1,2",)
    assert found.pages is not None
    assert "宁政办发〔2018〕24号" in found.pages[0]
    assert "保障措施" in found.pages[1]


def test_pages_beyond_the_limit_are_named(shared: Path) -> None:
    data = (shared / "samples/pdf/scanned_200dpi.pdf").read_bytes()
    with ContainedReader(Limits(ocr_pages=1)) as reader:
        found = reader.read(data, "a.pdf")
        attachment, _ = read_attachment(reader, data, "https://demo.invalid/a.pdf", "附件")
    assert found.warnings == ("pages_by_ocr:1", "pages_without_text:2", "ocr_page_limit")
    assert attachment.failure is Failure.ATTACHMENT_PARTIAL
