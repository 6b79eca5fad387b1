"""Small files of each kind, made for the tests; all names in them are fictional."""

import base64
import io
import struct
import zipfile
import zlib

OFD_NS = "http://www.ofdspec.org/2016"
OFFICE_NS = "http://schemas.openxmlformats.org"
W_NS = f"{OFFICE_NS}/wordprocessingml/2006/main"
BODY = "各区人民政府：为做好演示工作，现将有关事项通知如下，请认真贯彻执行。"


def make_zip(entries: dict[str, str | bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in entries.items():
            package.writestr(name, content)
    return out.getvalue()


def make_ofd(*pages: str, resources: str = "", extra: dict[str, str | bytes] | None = None) -> bytes:
    """An OFD file of pages given as the XML inside their Content."""
    listed = "".join(f'<ofd:Page ID="{n}" BaseLoc="Pages/{n}.xml"/>' for n in range(len(pages)))
    entries: dict[str, str | bytes] = {
        "OFD.xml": f'<ofd:OFD xmlns:ofd="{OFD_NS}"><ofd:DocBody><ofd:DocInfo><ofd:Title>演示函</ofd:Title>'
        "</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        "Doc_0/Document.xml": f'<ofd:Document xmlns:ofd="{OFD_NS}"><ofd:CommonData>{resources}'
        f"</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
    }
    for number, content in enumerate(pages):
        entries[f"Doc_0/Pages/{number}.xml"] = (
            f'<ofd:Page xmlns:ofd="{OFD_NS}"><ofd:Content>{content}</ofd:Content></ofd:Page>'
        )
    return make_zip(entries | (extra or {}))


def ofd_text(text: str, x: float, y: float, size: float = 5.0, **attributes: str) -> str:
    """A TextObject whose baseline begins at x, y (millimetres)."""
    more = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return (
        f'<ofd:TextObject Boundary="{x} {y} 100 10" Size="{size}"{more}>'
        f'<ofd:TextCode X="0" Y="0">{text}</ofd:TextCode></ofd:TextObject>'
    )


def changed_entry(data: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """A package with one of its entries changed."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        entries: dict[str, str | bytes] = {entry: package.read(entry) for entry in package.namelist()}
        content = package.read(name)
    assert old in content
    return make_zip(entries | {name: content.replace(old, new)})


def make_docx(body: str, numbering: str = "") -> bytes:
    """A Word file of the given XML inside w:body and w:numbering."""
    from docx import Document

    out = io.BytesIO()
    document = Document()
    document.core_properties.title = "演示标题"
    document.save(out)
    with zipfile.ZipFile(out) as package:
        entries: dict[str, str | bytes] = {name: package.read(name) for name in package.namelist()}
    entries["word/document.xml"] = (
        f'<w:document xmlns:w="{W_NS}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<w:body>{body}</w:body></w:document>"
    )
    if numbering:
        entries["word/numbering.xml"] = f'<w:numbering xmlns:w="{W_NS}">{numbering}</w:numbering>'
    return make_zip(entries)


def paragraph(*runs: str) -> str:
    return "<w:p>" + "".join(f"<w:r><w:t>{run}</w:t></w:r>" for run in runs) + "</w:p>"


def make_pptx(
    *slides: str, order: list[int] | None = None, extra: dict[str, str | bytes] | None = None
) -> bytes:
    """A presentation of slides given as the XML inside their shape tree, shown in the given order."""
    a, r = (
        "http://schemas.openxmlformats.org/drawingml/2006/main",
        f"{OFFICE_NS}/officeDocument/2006/relationships",
    )
    p = "http://schemas.openxmlformats.org/presentationml/2006/main"
    numbers = order or list(range(1, len(slides) + 1))
    listed = "".join(f'<p:sldId id="{255 + n}" r:id="rId{n}"/>' for n in numbers)
    relations = "".join(f'<Relationship Id="rId{n}" Target="slides/slide{n}.xml"/>' for n in numbers)
    entries: dict[str, str | bytes] = {
        "ppt/presentation.xml": f'<p:presentation xmlns:p="{p}" xmlns:r="{r}"><p:sldIdLst>{listed}</p:sldIdLst>'
        "</p:presentation>",
        "ppt/_rels/presentation.xml.rels": f'<Relationships xmlns="{OFFICE_NS}/package/2006/relationships">'
        f"{relations}</Relationships>",
    }
    for number, slide in enumerate(slides, 1):
        entries[f"ppt/slides/slide{number}.xml"] = (
            f'<p:sld xmlns:p="{p}" xmlns:a="{a}"><p:cSld><p:spTree>{slide}</p:spTree></p:cSld></p:sld>'
        )
    return make_zip(entries | (extra or {}))


def slide_text(*lines: str) -> str:
    """A shape with a paragraph a line."""
    paragraphs = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in lines)
    return f"<p:sp><p:txBody>{paragraphs}</p:txBody></p:sp>"


def make_pdf(contents: list[bytes]) -> bytes:
    """A PDF of one page a content stream, with the built-in Helvetica as /F1."""
    return make_pdf_pages(contents, list(range(len(contents))))


def make_pdf_pages(contents: list[bytes], pages: list[int]) -> bytes:
    """A PDF whose pages show the content streams with these numbers."""
    kids = " ".join(f"{10 + len(contents) + n} 0 R" for n in range(len(pages)))
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: f"<</Type/Pages/Count {len(pages)}/Kids[{kids}]>>".encode(),
        3: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    }
    for number, content in enumerate(contents):
        objects[10 + number] = b"<</Length %d>>stream\n%s\nendstream" % (len(content), content)
    for number, content_number in enumerate(pages):
        objects[10 + len(contents) + number] = (
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>"
            f"/Contents {10 + content_number} 0 R>>"
        ).encode()
    out = bytearray(b"%PDF-1.4\n")
    for number, content in objects.items():
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    return bytes(out + b"trailer<</Root 1 0 R/Size %d>>\n%%%%EOF" % (max(objects) + 1))


def make_rar(entries: dict[bytes, bytes], method: int = 0x30, flags: int = 0x8000) -> bytes:
    """A RAR 4 archive of stored members, whose names are bytes of any encoding."""
    out = b"Rar!\x1a\x07\0" + _rar_block(0x73, 0, bytes(6))
    for name, data in entries.items():
        size = len(data)
        body = struct.pack(
            "<IIBIIBBHI", size, size, 2, zlib.crc32(data), 0x5A210000, 20, method, len(name), 0x20
        )
        out += _rar_block(0x74, flags, body + name) + data
    return out + _rar_block(0x7B, 0x4000, b"")


def _rar_block(kind: int, flags: int, body: bytes) -> bytes:
    head = struct.pack("<BHH", kind, flags, 7 + len(body)) + body
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head


def make_rar5(entries: dict[str, bytes]) -> bytes:
    """A RAR 5 archive of stored members; all lengths are below 16 kB."""
    out = b"Rar!\x1a\x07\x01\0" + _rar5_block(b"\1\0\0")
    for name, data in entries.items():
        size = bytes([len(data) & 0x7F | 0x80, len(data) >> 7])
        head = b"\2\2" + size + b"\4" + size + b"\x20" + struct.pack("<I", zlib.crc32(data)) + b"\0\0"
        out += _rar5_block(head + bytes([len(name.encode())]) + name.encode()) + data
    return out + _rar5_block(b"\5\0\0")


def _rar5_block(body: bytes) -> bytes:
    sized = bytes([len(body)]) + body
    return struct.pack("<I", zlib.crc32(sized)) + sized


# 附件一.txt with 演示文字 in it, without and with a password (written by py7zr).
SEVEN_ZIP = base64.b64decode(
    "N3q8ryccAARPEBKwagAAAAAAAAAUAAAAAAAAALn4DDMBAAvmvJTnpLrmloflrZcA4ABUAFJdAACBMweuD87ysgwHsMPaKtdYZKyzeM5U"
    "33UKnbRnoF+GcIgMhDen0eeFWcjH7hJF5U/rmSse/N6XWKUzdOoBUdrphpZtbZonrUAYNXCGmzoAAAAAFwYQAQlaAAcLAQABISEBGAxV"
    "AAA="
)
LOCKED_SEVEN_ZIP = base64.b64decode(
    "N3q8ryccAASKFKuhfQAAAAAAAAAUAAAAAAAAAIZK20kJ63HllQZdxy4aQhAwnu5xAQBoAQQGAAEJEAoB4GmlRgAHCwEAAiQG8QcBElMP"
    "4qDe3sZu/MkNAj/LJgGxtSEhARgBAAwQDAAICgGvw8eBAAAFARERAESW9k4ATi4AdAB4AHQAAAAUCgEAgMgXnu963QEVBgEAIICAgQAA"
    "ABcGEAEJbQAHCwEAASEhARgMaQAA"
)
