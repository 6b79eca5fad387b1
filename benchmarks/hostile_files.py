"""Files made to harm whoever reads them: bombs, loops, lies about size, deep nesting, entities."""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFD = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
)
_ENTITIES = (
    '<!DOCTYPE d [<!ENTITY a "演示演示演示演示">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghi", "bcdefghij", strict=True))
    + "]>"
)
_OUTSIDE = '<!DOCTYPE d [<!ENTITY j SYSTEM "file:///etc/passwd">]>'
_MAX_NAME = 0x7FFFFFFF


def hostile_files(doc: bytes) -> Mapping[str, Callable[[], bytes]]:
    """The makers by name; `doc` is a sound .doc, in whose container loops are laid."""
    return {
        **_PACKAGES,
        **_PDF_FILES,
        **_OTHERS,
        "ole-sector-loop.doc": lambda: ole_sector_loop(doc),
        "ole-table-loop.doc": lambda: ole_table_loop(doc),
        "ole-directory-loop.doc": lambda: ole_directory_loop(doc),
        "ole-huge-sectors.doc": lambda: doc[:30] + b"\x1e\0" + doc[32:],
        "doc-huge-counts.doc": lambda: doc_counts(doc, _MAX_NAME),
        "doc-negative-counts.doc": lambda: doc_counts(doc, -5),
    }


def packed(entries: Mapping[str, str | bytes]) -> bytes:
    """A zip file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in entries.items():
            package.writestr(name, content)
    return out.getvalue()


# Word, OFD, OpenDocument, sheets, archives


def word(body: str, head: str = "") -> bytes:
    types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    document = f"{head}<w:document {_W}><w:body>{body}</w:body></w:document>"
    return packed({"[Content_Types].xml": types, "word/document.xml": document})


def ofd(page: str, head: str = "", pages: str = '<ofd:Page ID="1" BaseLoc="p.xml"/>') -> bytes:
    return packed(
        {
            "OFD.xml": f"<ofd:OFD {_OFD}><ofd:DocBody><ofd:DocRoot>d.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
            "d.xml": f"{head}<ofd:Document {_OFD}><ofd:CommonData><ofd:PublicRes>r.xml</ofd:PublicRes>"
            f"</ofd:CommonData><ofd:Pages>{pages}</ofd:Pages></ofd:Document>",
            "r.xml": f'<ofd:Res {_OFD}><ofd:CompositeGraphicUnit ID="7"><ofd:Content>'
            + '<ofd:CompositeObject ResourceID="7"/>' * 20
            + "</ofd:Content></ofd:CompositeGraphicUnit></ofd:Res>",
            "p.xml": f"{head}<ofd:Page {_OFD}><ofd:Content>{page}</ofd:Content></ofd:Page>",
        }
    )


def open_document(body: str, head: str = "", kind: str = "text") -> bytes:
    content = (
        f"{head}<office:document-content {_ODF}><office:body>{body}</office:body></office:document-content>"
    )
    mimetype = f"application/vnd.oasis.opendocument.{kind}"
    return packed({"mimetype": mimetype, "content.xml": content, "META-INF/manifest.xml": "<manifest/>"})


def sheet(rows: str, strings: str = "", sheets: int = 1) -> bytes:
    listed = "".join(f'<sheet name="S{n}" sheetId="{n + 1}" r:id="rId1"/>' for n in range(sheets))
    return packed(
        {
            "[Content_Types].xml": "<Types/>",
            "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" '
            f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{_SHEET}" xmlns:r="{_RELATIONS}"><sheets>{listed}</sheets>'
            "</workbook>",
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" '
            f'Type="{_RELATIONS}/worksheet" Target="worksheets/s.xml"/><Relationship Id="rId2" '
            f'Type="{_RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
            "xl/sharedStrings.xml": f'<sst xmlns="{_SHEET}"><si><t>{strings}</t></si></sst>',
            "xl/worksheets/s.xml": f'<worksheet xmlns="{_SHEET}"><sheetData>{rows}</sheetData></worksheet>',
        }
    )


def slides(body: str, head: str = "") -> bytes:
    show = "http://schemas.openxmlformats.org/presentationml/2006/main"
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/main"
    return packed(
        {
            "ppt/presentation.xml": f'<p:presentation xmlns:p="{show}" xmlns:r="{_RELATIONS}"><p:sldIdLst>'
            '<p:sldId id="256" r:id="rId1"/></p:sldIdLst></p:presentation>',
            "ppt/_rels/presentation.xml.rels": f'<Relationships xmlns="{_PACKAGE}">'
            '<Relationship Id="rId1" Target="slides/slide1.xml"/></Relationships>',
            "ppt/slides/slide1.xml": f'{head}<p:sld xmlns:p="{show}" xmlns:a="{drawing}">{body}</p:sld>',
        }
    )


def nested_archives(depth: int) -> bytes:
    data = packed({"底.txt": "演示" * 100})
    for _ in range(depth):
        data = packed({"内.zip": data, "旁.zip": data})
    return data


def one_body_many_names(names: int) -> bytes:
    """A zip whose directory names one packed body of 10 MB again and again."""
    data = packed({"a000000.txt": b"\0" * (10 << 20)})
    start = data.index(b"PK\1\2")
    record = data[start : data.index(b"PK\5\6")]
    directory = b"".join(record.replace(b"a000000", b"a%06d" % n) for n in range(names))
    end = struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, names, names, len(directory), start, 0)
    return data[:start] + directory + end


def lie_about_size() -> bytes:
    """A zip whose directory says 10 bytes where 100 MB are packed."""
    data = packed({"a.txt": b"a" * (100 << 20)})
    return data.replace(struct.pack("<I", 100 << 20), struct.pack("<I", 10))


_PACKAGES: dict[str, Callable[[], bytes]] = {
    "docx-bomb.docx": lambda: word(f"<w:p><w:r><w:t>{'a' * (60 << 20)}</w:t></w:r></w:p>"),
    "docx-deep.docx": lambda: word("<w:p>" * 100_000),
    "docx-deep-closed.docx": lambda: word("<w:tbl><w:tr><w:tc>" * 20_000 + "</w:tc></w:tr></w:tbl>" * 20_000),
    "docx-entities.docx": lambda: word("<w:p><w:r><w:t>&j;</w:t></w:r></w:p>", _ENTITIES),
    "docx-outside.docx": lambda: word("<w:p><w:r><w:t>演示&j;</w:t></w:r></w:p>", _OUTSIDE),
    "odt-entities.odt": lambda: open_document("<text:p>&j;</text:p>", _ENTITIES),
    "odt-outside.odt": lambda: open_document("<text:p>演示&j;</text:p>", _OUTSIDE),
    "odt-deep.odt": lambda: open_document("<text:section>" * 50_000 + "</text:section>" * 50_000),
    "ods-repeats.ods": lambda: open_document(
        '<office:spreadsheet><table:table table:name="S"><table:table-row '
        'table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384" '
        'office:value-type="string"><text:p>演示</text:p></table:table-cell></table:table-row></table:table>'
        "</office:spreadsheet>",
        kind="spreadsheet",
    ),
    "xlsx-far-cells.xlsx": lambda: sheet(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    ),
    "xlsx-shared-string.xlsx": lambda: sheet(
        "<row>" + '<c t="s"><v>0</v></c>' * 2000 + "</row>", strings="演" * (3 << 20)
    ),
    "xlsx-many-sheets.xlsx": lambda: sheet('<row r="1"><c r="A1"><v>1</v></c></row>', sheets=50_000),
    "ofd-bomb.ofd": lambda: packed({"OFD.xml": "<OFD/>", "x": b"\0" * (220 << 20)}),
    "ofd-composite-loop.ofd": lambda: ofd('<ofd:CompositeObject ResourceID="7"/>' * 100),
    "ofd-deep.ofd": lambda: ofd("<ofd:PageBlock>" * 50_000 + "</ofd:PageBlock>" * 50_000),
    "ofd-entities.ofd": lambda: ofd(
        '<ofd:TextObject Boundary="0 0 9 9" Size="3"><ofd:TextCode>&j;</ofd:TextCode></ofd:TextObject>',
        _ENTITIES,
    ),
    "ofd-many-pages.ofd": lambda: ofd("", pages='<ofd:Page ID="1" BaseLoc="p.xml"/>' * 300_000),
    "ofd-climbs-out.ofd": lambda: ofd("", pages='<ofd:Page ID="1" BaseLoc="../../../../etc/passwd"/>'),
    "pptx-deep.pptx": lambda: slides("<a:p>" * 100_000),
    "pptx-entities.pptx": lambda: slides("<a:p><a:r><a:t>&j;</a:t></a:r></a:p>", _ENTITIES),
    "zip-in-zip.zip": lambda: nested_archives(12),
    "zip-many-entries.zip": lambda: packed({f"{n}.txt": "演示" for n in range(25_000)}),
    "zip-one-body.zip": lambda: one_body_many_names(18),
    "zip-one-body-many.zip": lambda: one_body_many_names(19_000),
    "zip-lies.zip": lie_about_size,
    "zip-climbs-out.zip": lambda: packed({"../../../etc/演示.txt": "演示", "/etc/演示.txt": "演示二"}),
    "zip-of-bombs.zip": lambda: packed({f"{n}.docx": _PACKAGES["docx-bomb.docx"]() for n in range(3)}),
}


# PDF


def pdf(objects: Mapping[int, bytes], trailer: bytes = b"") -> bytes:
    body = b"".join(b"%d 0 obj\n%s\nendobj\n" % pair for pair in objects.items())
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R%s/Size %d>>\n%%%%EOF" % (trailer, max(objects) + 1)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<</Length %d%s>>stream\n%s\nendstream" % (len(content), entries, content)


def pages(
    content: bytes,
    *,
    kids: bytes = b"3 0 R",
    box: bytes = b"0 0 595 842",
    more: Mapping[int, bytes] | None = None,
) -> bytes:
    """A PDF that shows the page 3, whose content is the object 4 and whose font is F1, form X1."""
    return pdf(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Count %d/Kids[%s]>>" % (kids.count(b"R"), kids),
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>"
            b"/XObject<</X1 6 0 R>>>>>>" % box,
            4: content,
            5: b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
            **(more or {}),
        }
    )


def squeezed_twice(content: bytes) -> bytes:
    packed_once = zlib.compress(content, 9)
    return stream(zlib.compress(packed_once, 9), b"/Filter[/FlateDecode/FlateDecode]")


_LONG = b"BT /F1 1 Tf " + b"1 1 Td (abcdefghij) Tj " * 20_000 + b"ET"
_GRID = b"".join(b"72 %d 400 .5 re %d 72 .5 700 re f " % (72 + n, 72 + 9 * n) for n in range(0, 700, 13))
_FORM = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X1 6 0 R>>>>"
_PDF_FILES: dict[str, Callable[[], bytes]] = {
    "pdf-takes-minutes.pdf": lambda: pages(
        stream(zlib.compress(_LONG), b"/Filter/FlateDecode"), kids=b"3 0 R " * 3000
    ),
    "pdf-bomb.pdf": lambda: pages(squeezed_twice(b" " * (400 << 20))),
    "pdf-page-loop.pdf": lambda: pages(stream(b""), kids=b"2 0 R 3 0 R"),
    "pdf-form-loop.pdf": lambda: pages(stream(b"/X1 Do"), more={6: stream(b"/X1 Do /X1 Do", _FORM)}),
    "pdf-huge-page.pdf": lambda: pages(
        stream(b"/X1 Do"),
        box=b"0 0 1e9 1e9",
        more={
            6: stream(
                b"", b"/Type/XObject/Subtype/Image/Width 2000000000/Height 2000000000/BitsPerComponent 8"
            )
        },
    ),
    "pdf-huge-count.pdf": lambda: pages(stream(b"")).replace(b"/Count 1", b"/Count 2147483647"),
    "pdf-xref-loop.pdf": lambda: (
        pages(stream(b"")).replace(b"/Size", b"/Prev 9/XRefStm 9/Size") + b"startxref 9"
    ),
    "pdf-deep-arrays.pdf": lambda: pages(stream(b"[" * 1_000_000)),
    "pdf-deep-objects.pdf": lambda: pages(stream(b""), more={6: b"[" * 1_000_000}),
    "pdf-dense-grids.pdf": lambda: pages(
        stream(_GRID + b"BT /F1 9 Tf 80 400 Td (text in many cells of one table) Tj ET"),
        kids=b"3 0 R " * 2000,
    ),
    "pdf-a-million-lines.pdf": lambda: pages(
        stream(b"9 9 1 99 re f " * 1_000_000 + b"BT /F1 9 Tf 80 400 Td (text between a million lines) Tj ET")
    ),
    "pdf-length-loop.pdf": lambda: pages(b"<</Length 4 0 R>>stream\nx\nendstream"),
    "pdf-page-of-web.pdf": lambda: b"<!DOCTYPE html><html><body>404</body></html>",
}


# Legacy containers, plain formats


def ole_sector_loop(doc: bytes) -> bytes:
    """Every sector is followed by the first one."""
    return _with_sector(doc, struct.unpack_from("<I", doc, 0x4C)[0], struct.pack("<I", 0) * 128)


def ole_table_loop(doc: bytes) -> bytes:
    """The list of sector tables goes on in itself."""
    return doc[:0x44] + struct.pack("<II", 0, _MAX_NAME) + doc[0x4C:]


def ole_directory_loop(doc: bytes) -> bytes:
    """Every directory entry is its own neighbour on both sides and its own child."""
    data = bytearray(doc)
    start = 512 + 512 * struct.unpack_from("<I", doc, 0x30)[0]
    for number in range(4):
        struct.pack_into("<III", data, start + 128 * number + 68, number, number, number)
    return bytes(data)


def doc_counts(doc: bytes, count: int) -> bytes:
    """All stories of a Word file are as long as `count`."""
    main = doc.index(b"\xec\xa5", 512)
    return doc[: main + 0x4C] + struct.pack("<8i", *[count] * 8) + doc[main + 0x4C + 32 :]


def _with_sector(doc: bytes, sector: int, content: bytes) -> bytes:
    at = 512 + 512 * sector
    return doc[:at] + content + doc[at + len(content) :]


def mhtml(depth: int) -> bytes:
    head = "".join(f'Content-Type: multipart/related; boundary="b{n}"\n\n--b{n}\n' for n in range(depth))
    return f"MIME-Version: 1.0\n{head}Content-Type: text/html\n\n<p>演示</p>\n".encode()


def rar(entries: Mapping[str, bytes], said: int | None = None) -> bytes:
    """A RAR 4 archive of stored members; `said` is the size that it claims for each."""
    out = b"Rar!\x1a\x07\0" + _rar_block(0x73, bytes(6))
    for name, data in entries.items():
        size = len(data) if said is None else said
        head = struct.pack("<IIBIIBBHI", size, size, 2, zlib.crc32(data), 0, 20, 0x30, len(name), 32)
        out += _rar_block(0x74, head + name.encode()) + data
    return out + _rar_block(0x7B, b"")


def _rar_block(kind: int, body: bytes) -> bytes:
    head = struct.pack("<BHH", kind, 0x8000 if kind == 0x74 else 0, 7 + len(body)) + body
    return struct.pack("<H", zlib.crc32(head) & 0xFFFF) + head


def nested_rar(depth: int) -> bytes:
    data = rar({"a.txt": b"a"})
    for _ in range(depth):
        data = rar({"a.rar": data})
    return data


_OFFICE_HTML = '<html xmlns:o="urn:schemas-microsoft-com:office:office"><body>'
_OTHERS: dict[str, Callable[[], bytes]] = {
    "rtf-deep.rtf": lambda: b"{\\rtf1" + b"{" * 1_000_000,
    "rtf-huge-numbers.rtf": lambda: (
        b"{\\rtf1 \\u999999999 \\uc999999999 \\bin999999999 " + b"\\'41" * 5_000_000
    ),
    "html-deep.doc": lambda: (_OFFICE_HTML + "<div>" * 200_000 + "演示").encode(),
    "html-entities.doc": lambda: (_ENTITIES + _OFFICE_HTML + "&j;演示").encode(),
    "mhtml-deep.doc": lambda: mhtml(3000),
    "gzip-bomb.gz": lambda: gzip.compress(b"\0" * (100 << 20)),
    "png-huge.png": lambda: (
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", _MAX_NAME, _MAX_NAME) + b"\x08\6\0\0\0"
    ),
    "text-too-long.txt": lambda: b"a" * (60 << 20),
    "file-too-long.txt": lambda: b"a" * ((64 << 20) + 1),
    "rar-archive.rar": lambda: b"Rar!\x1a\x07\x01\0" + bytes(200),
    "rar-many-members.rar": lambda: rar({f"{n}.txt": b"a" for n in range(25_000)}),
    "rar-lies.rar": lambda: rar({"a.txt": b"a" * 100}, said=0xFFFFFFF0),
    "rar-in-rar.rar": lambda: nested_rar(12),
}
