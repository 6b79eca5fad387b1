"""What kind of file this is, by its bytes, and its text."""

import io
import re

from normalizers.attachments.file_text import PAGES_WITHOUT_TEXT, FileText, ReadError
from normalizers.attachments.package import Package
from normalizers.failures import Failure

MAX_INPUT_BYTES = 64 << 20
# A scanned page costs 8 CPU seconds.
OCR_PAGES = 8
# An archive in an archive is read, one in that is not.
MAX_ARCHIVE_DEPTH = 2

_MAGIC = (
    (b"{\\rtf", "rtf"),
    (b"Rar!\x1a\x07", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"\x1f\x8b", "gzip"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF8", "gif"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"BM", "bmp"),
    (b"CAJ", "caj"),
)
# The entry that marks a kind of package.
_PACKAGES = (
    ("OFD.xml", "ofd"),
    ("word/document.xml", "docx"),
    ("xl/workbook.xml", "xlsx"),
    ("xl/workbook.bin", "xlsb"),
    ("ppt/presentation.xml", "pptx"),
)
_OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
}
_STREAMS = (
    ("EncryptedPackage", "encrypted"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
)
# What to do about formats that are known but not read.
_ADVICE = {
    "gzip": "只读 ZIP、RAR、7Z 压缩包；请解压后读取",
    **dict.fromkeys(("jpeg", "png", "gif", "tiff", "bmp"), "文件是图片，没有文字层"),
    "ppt": "旧版演示文稿；请另存为 .pptx 或 PDF",
    "caj": "CAJ 只有专用软件能读；请转存为 PDF",
    **dict.fromkeys(("zip", "rar", "7z"), "压缩包嵌套过深"),
}
# Formats that are never plain text; sheets and old documents of that name sometimes are.
_NEVER_TEXT = (".pdf", ".docx", ".xlsx", ".ofd", ".zip", ".rar", ".7z", ".pptx")
_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|meta)[\s>]", re.IGNORECASE)
_OFFICE_HTML = b"urn:schemas-microsoft-com:office"
# RTF that lost its head: a text of such words is nothing to read.
_RTF_WORD = re.compile(rb"\\[a-z]{2,20}-?\d{0,6}")
_MOST_RTF_WORDS = 100
_CONTROLS = re.compile(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]")


def sniff_kind(data: bytes, name: str = "") -> str:
    """The kind of a file by its bytes; the name only tells wps from doc, whose bytes are alike.

    "unknown" for what none of the signatures fits, "empty" for no bytes, "zip" for any other archive, "ole" for
    a container whose directory is damaged, "rtf_tail" for RTF without its start, "encrypted" for Office files with a password.
    """
    head = data[:1024]
    if not data.strip(b"\0 \t\r\n"):
        return "empty"
    if b"%PDF" in head:
        return "pdf"
    if head.startswith(b"PK"):
        return _sniff_zip(data)
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        kind = _sniff_ole(data)
        return "wps" if kind == "doc" and name.lower().endswith((".wps", ".wpt")) else kind
    for magic, kind in _MAGIC:
        if head.startswith(magic):
            return kind
    return _sniff_text(data)


def _sniff_zip(data: bytes) -> str:
    try:
        with Package(data) as package:
            for path, kind in _PACKAGES:
                if package.has(path):
                    return kind
            return _OPEN_DOCUMENT.get((package.read("mimetype") or b"").strip(), "zip")
    except ReadError:
        return "zip"


def _sniff_ole(data: bytes) -> str:
    import olefile

    try:
        with olefile.OleFileIO(io.BytesIO(data)) as ole:
            return next((kind for stream, kind in _STREAMS if ole.exists(stream)), "unknown")
    except Exception:  # noqa: BLE001  # olefile lets any exception out of a damaged file
        return "ole"


def _sniff_text(data: bytes) -> str:
    head = data[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "replace").encode()
    start = head.lstrip(b"\xef\xbb\xbf\r\n\t ").lower()
    if start.startswith((b"mime-version:", b"message-id:", b"from: <saved by")):
        return "mhtml"
    if _HTML.search(head):
        return "html"
    if start.startswith(b"<?xml"):
        return "xml"
    if _CONTROLS.search(head):
        return "unknown"
    return "rtf_tail" if len(_RTF_WORD.findall(head)) > _MOST_RTF_WORDS else "text"


def read_file(data: bytes, name: str = "", ocr_pages: int = OCR_PAGES) -> FileText:
    """The text of a file, read by the reader of its kind.

    Raises `ReadError` for everything that keeps a file from being read, whatever its bytes.
    """
    if len(data) > MAX_INPUT_BYTES:
        raise ReadError(Failure.ATTACHMENT_TOO_LARGE, f"文件有 {len(data)} 字节，超过上限 {MAX_INPUT_BYTES}")
    return _read(data, name, ocr_pages, 0)


def _read(data: bytes, name: str, ocr_pages: int, depth: int) -> FileText:
    kind = "unknown"
    try:
        kind = sniff_kind(data, name)
        if kind == "text" and name.lower().endswith(_NEVER_TEXT):
            raise ReadError(Failure.ATTACHMENT_DAMAGED, f"{name} 的内容是纯文本，多半是站点的错误信息")
        if kind == "text" and name.lower().endswith(".csv"):
            kind = "csv"
        result = _read_kind(kind, data, ocr_pages, depth)
    except ReadError:
        raise
    except MemoryError as error:
        raise ReadError(Failure.ATTACHMENT_TOO_LARGE, "读取所需的内存超过上限") from error
    except Exception as error:  # parsers let any exception out of a damaged file
        raise ReadError(Failure.ATTACHMENT_DAMAGED, f"{kind} 文件结构有误：{error!r}"[:200]) from error
    if not result.text.strip() and not any(w.startswith(PAGES_WITHOUT_TEXT) for w in result.warnings):
        raise ReadError(Failure.ATTACHMENT_EMPTY, f"{kind} 文件里没有文字")
    return result


def _read_kind(kind: str, data: bytes, ocr_pages: int, depth: int) -> FileText:
    """What the reader of a kind finds; each is imported when first needed, for the sake of a quick start."""
    match kind:
        case "pdf":
            from normalizers.attachments.pdf import read_pdf

            return read_pdf(data, ocr_pages)
        case "docx":
            from normalizers.attachments.word import read_docx

            return read_docx(data)
        case "doc" | "wps":
            from normalizers.attachments.legacy_word import read_doc

            return read_doc(data, kind)
        case "ofd":
            from normalizers.attachments.ofd import read_ofd

            return read_ofd(data)
        case "xls" | "xlsx" | "xlsb" | "ods":
            from normalizers.attachments.sheet import read_sheets

            return read_sheets(data, kind)
        case _:
            return _read_rarer_kind(kind, data, ocr_pages, depth)


def _read_rarer_kind(kind: str, data: bytes, ocr_pages: int, depth: int) -> FileText:
    match kind:
        case "pptx":
            from normalizers.attachments.slides import read_pptx

            return read_pptx(data)
        case "zip" | "rar" | "7z" if depth < MAX_ARCHIVE_DEPTH:
            from normalizers.attachments.archive import read_archive

            return read_archive(data, kind, lambda member, name: _read(member, name, ocr_pages, depth + 1))
        case "odt":
            from normalizers.attachments.open_document import read_odt

            return read_odt(data)
        case "rtf":
            from normalizers.attachments.rtf import read_rtf

            return read_rtf(data)
        case _:
            return _read_plain_kind(kind, data)


def _read_plain_kind(kind: str, data: bytes) -> FileText:
    from normalizers.attachments.plain import read_csv, read_mhtml, read_office_html, read_plain

    match kind:
        case "csv":
            return read_csv(data)
        case "text":
            return read_plain(data)
        case "mhtml":
            return read_mhtml(data)
        case "html" if _OFFICE_HTML in data[:4096]:
            return read_office_html(data)
        case _:
            raise _refusal(kind)


def _refusal(kind: str) -> ReadError:
    if kind == "empty":
        return ReadError(Failure.ATTACHMENT_EMPTY, "文件没有内容")
    if kind == "encrypted":
        return ReadError(Failure.ATTACHMENT_ENCRYPTED, "Office 文件需要密码才能打开")
    if kind == "rtf_tail":
        return ReadError(Failure.ATTACHMENT_DAMAGED, "RTF 文件缺少开头")
    if kind == "ole":
        return ReadError(Failure.ATTACHMENT_DAMAGED, "Office 文件的目录损坏")
    if kind == "html":
        return ReadError(Failure.ATTACHMENT_IS_HTML, "文件内容是网页，多半是站点的错误页")
    return ReadError(Failure.ATTACHMENT_UNSUPPORTED, f"不支持的文件格式：{kind}。{_ADVICE.get(kind, '')}")
