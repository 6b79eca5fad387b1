"""PDF to text: PDFium by page, pdfminer.six where fonts hide characters, OCR where is no text."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from normalizers.attachments import ocr
from normalizers.attachments.common_hanzi import is_garbage
from normalizers.attachments.file_text import (
    CONTENT_DAMAGED,
    PAGES_LEFT_OUT,
    PAGES_UNREADABLE,
    PAGES_WITHOUT_TEXT,
    FileText,
    ReadError,
    file_text,
)
from normalizers.attachments.pdf_damage import has_lost_pages, has_lost_something
from normalizers.attachments.pdf_tables import text_with_tables
from normalizers.attachments.tidy import running_lines, tidy, unwrapped
from normalizers.failures import Failure

# The longest seen among policy attachments has 274 pages.
MAX_PAGES = 3000
# pdfminer reads about 28 pages a CPU second.
MAX_PDFMINER_PAGES = 300
# A page with less text is a picture with a page number, or empty.
LITTLE_TEXT = 30
# Blank pages looked at again.
MAX_BLANK = 20
# Pictures beside a head and a foot are the page itself where they cover so much of it; emblems do not.
LEAST_PICTURE = 0.1
# Official documents set 16 pt type on 28 pt leading: pdfminer's .5 makes a box of each line; .8 was the
# best of .5/.8/1.0/1.2 (two columns .998 against .581).
LINE_MARGIN = 0.8


@dataclass(frozen=True, slots=True)
class _Layer:
    """What PDFium finds: text by page, the numbers (from 0) of unreadable, picture and blank pages."""

    pages: list[str]
    title: str
    unreadable: list[int]
    pictures: list[int]
    blank: list[int]
    total: int


def read_pdf(data: bytes, ocr_pages: int) -> FileText:
    """Text of a PDF by page; OCR, where installed, reads at most `ocr_pages` pages without text."""
    layer = _read_text_layer(data)
    pages, pictures, reader, warnings = layer.pages, layer.pictures, "pypdfium2", list[str]()
    if layer.total > len(pages):
        warnings.append(f"{PAGES_LEFT_OUT}:{layer.total - len(pages)}")
    if layer.unreadable:
        warnings.append(f"{PAGES_UNREADABLE}:{_numbers(layer.unreadable)}")
    if layer.blank:
        # The back of a sheet, or a page whose content was lost with the damaged part of the file.
        warnings.append(f"pages_blank:{_numbers(layer.blank)}")
    if has_lost_something(data) or (layer.blank and has_lost_pages(data, layer.blank[:MAX_BLANK])):
        warnings.append(CONTENT_DAMAGED)
    if is_garbage("".join(pages)):
        warnings.append("fonts_without_unicode")
        reader = "pdfminer.six"
        pages = _read_by_font_maps(data, len(pages))
        if is_garbage("".join(pages)):
            _need_ocr(ocr_pages)
            pages = [""] * len(layer.pages)
            pictures = list(range(len(pages)))
    if pictures:
        seen = ocr.read_pages(data, pictures[:ocr_pages]) if ocr.is_installed() else {}
        pages = [seen.get(number) or page for number, page in enumerate(pages)]
        if any(seen.values()):
            reader += "+rapidocr"
            warnings.append(
                f"{ocr.PAGES_BY_OCR}:{_numbers(number for number in sorted(seen) if seen[number])}"
            )
        warnings += _ocr_warnings([number for number in pictures if number not in seen])
    running = running_lines(pages)
    return file_text("pdf", reader, [unwrapped(page, running) for page in pages], layer.title, warnings)


def _read_text_layer(data: bytes) -> _Layer:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        code = getattr(error, "err_code", None)
        if code in {pypdfium2.raw.FPDF_ERR_PASSWORD, pypdfium2.raw.FPDF_ERR_SECURITY}:
            raise ReadError(Failure.ATTACHMENT_ENCRYPTED, "PDF 需要密码才能打开") from error
        raise ReadError(Failure.ATTACHMENT_DAMAGED, f"PDF 无法打开：{error}") from error
    with document:
        total = len(document)
        layer = _Layer([], document.get_metadata_value("Title"), [], [], [], total)
        for number in range(min(total, MAX_PAGES)):
            try:
                text, is_picture = _read_page(document, number)
            except pypdfium2.PdfiumError:
                text, is_picture = "", False
                layer.unreadable.append(number)
            layer.pages.append(text)
            if is_picture:
                layer.pictures.append(number)
            elif not text.strip() and number not in layer.unreadable[-1:]:
                layer.blank.append(number)
        hollow = set(_hollow_pages(layer.pages)).difference(layer.unreadable, layer.pictures, layer.blank)
        layer.pictures.extend(number for number in hollow if _is_picture(document[number]))
        layer.pictures.sort()
    if len(layer.unreadable) == len(layer.pages):
        raise ReadError(Failure.ATTACHMENT_DAMAGED, "PDF 没有一页可以读取")
    return layer


def _read_page(document: Any, number: int) -> tuple[str, bool]:
    """Text of a page, and whether the page says in pictures what it does not say in text."""
    import pypdfium2.raw as pdfium

    page = document[number]
    try:
        text_page = page.get_textpage()
        try:
            text = tidy(text_page.get_text_range())
            if len(text.strip()) >= LITTLE_TEXT:
                return tidy(text_with_tables(page, text_page, text)), False
        finally:
            text_page.close()
        kinds = [pdfium.FPDF_PAGEOBJ_IMAGE] if text.strip() else None
        return text, any(True for _ in page.get_objects(filter=kinds, max_depth=3))
    finally:
        page.close()


def _hollow_pages(pages: list[str]) -> Iterator[int]:
    """The numbers of the pages that have little but their head and foot."""
    running = running_lines(pages)
    for number, page in enumerate(pages):
        own = "".join(line.strip() for line in page.split("\n") if line not in running)
        if len(own) < LITTLE_TEXT:
            yield number


def _is_picture(page: Any) -> bool:
    """Whether pictures cover much of the page."""
    import pypdfium2.raw as pdfium

    covered = 0.0
    for image in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3):
        left, bottom, right, top = image.get_bounds()
        covered += (right - left) * (top - bottom)
    width, height = page.get_size()
    return bool(covered >= LEAST_PICTURE * width * height)


def _read_by_font_maps(data: bytes, page_count: int) -> list[str]:
    """Text by page from pdfminer.six, which looks into the fonts themselves."""
    from pdfminer.high_level import extract_text
    from pdfminer.layout import LAParams

    try:
        text = extract_text(
            io.BytesIO(data), maxpages=MAX_PDFMINER_PAGES, laparams=LAParams(line_margin=LINE_MARGIN)
        )
    except Exception as error:  # any exception at all leaves pdfminer on a file with errors
        raise ReadError(
            Failure.PDF_GARBAGE_TEXT, f"文字层是乱码，第二个阅读器也失败：{error!r}"[:200]
        ) from error
    pages = text.split("\f")[:page_count]
    return pages + [""] * (page_count - len(pages))


def _need_ocr(ocr_pages: int) -> None:
    if not (ocr.is_installed() and ocr_pages):
        raise ReadError(Failure.PDF_GARBAGE_TEXT, "字体没有字符映射，文字层是乱码；安装 OCR 组件后可以识别")


def _ocr_warnings(unread: list[int]) -> list[str]:
    if not unread:
        return []
    reason = "ocr_page_limit" if ocr.is_installed() else ocr.NOT_INSTALLED
    return [f"{PAGES_WITHOUT_TEXT}:{_numbers(unread)}", reason]


def _numbers(pages: Iterable[int]) -> str:
    """Page numbers from 1, the first twenty of them."""
    return ",".join(str(page + 1) for page in list(pages)[:20])
