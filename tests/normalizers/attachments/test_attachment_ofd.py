"""OFD: reading order, odd producers, hostile packages."""

import random
from pathlib import Path

import pytest
from attachment_files import OFD_NS, changed_entry, make_ofd, ofd_text

from normalizers.attachments.file_text import ReadError
from normalizers.attachments.ofd import read_ofd
from normalizers.attachments.ofd_layout import Run, lay_out
from normalizers.failures import Failure


def run(text: str, x: float, y: float, size: float = 5.0) -> Run:
    return Run(x, y, size, size * len(text), text, False)


def test_order_is_by_baseline_not_by_document() -> None:
    page = ofd_text("末行", 10, 60) + ofd_text("首行", 10, 20) + ofd_text("中行", 10, 40)
    assert read_ofd(make_ofd(page)).text == "首行\n中行\n末行"


def test_pieces_of_a_date_join_and_cells_are_divided() -> None:
    date = [run("2026", 10, 20, 2.5), run("年", 20, 20.3), run("1", 25, 20), run("月", 30, 20)]
    assert lay_out(date) == ["2026年1月"]
    assert lay_out([run("名称", 50, 20), run("序号", 10, 20)]) == ["序号\t名称"]


def test_bold_drawn_twice_is_taken_once() -> None:
    assert lay_out([run("通知", 10, 20), run("通知", 10.01, 20), run("通知", 22, 20)]) == ["通知通知"]


def test_two_columns_of_prose_come_one_after_the_other_but_tables_stay_rows() -> None:
    left = ["左栏的文字一行十二个字满" for _ in range(6)]
    rows = [[run(left[n], 10, 10 * n), run(f"右栏的文字第{n}行", 100, 10 * n)] for n in range(6)]
    lines = lay_out([piece for row in rows for piece in row])
    assert lines == left + [f"右栏的文字第{n}行" for n in range(6)]
    table = [[run(f"{n}", 10, 10 * n), run("演示名称", 100, 10 * n)] for n in range(6)]
    assert lay_out([piece for row in table for piece in row]) == [f"{n}\t演示名称" for n in range(6)]


def test_templates_composites_and_odd_locations() -> None:
    unit = (
        f'<Res xmlns="{OFD_NS}"><CompositeGraphicUnits><CompositeGraphicUnit ID="9"><Content>'
        + ofd_text("组合", 0, 0).replace("ofd:", "")
        + "</Content></CompositeGraphicUnit></CompositeGraphicUnits></Res>"
    )
    resources = (
        '<ofd:PublicRes>/doc_0\\RES.xml</ofd:PublicRes><ofd:TemplatePage ID="7" BaseLoc="../Doc_0/Tpl.xml"/>'
    )
    template = (
        f'<Page xmlns="{OFD_NS}"><Content>'
        + ofd_text("模板", 10, 10).replace("ofd:", "")
        + "</Content></Page>"
    )
    page = '<ofd:PageBlock><ofd:CompositeObject ResourceID="9" Boundary="10 30 5 5"/></ofd:PageBlock>'
    data = make_ofd(page, resources=resources, extra={"Doc_0/Res.xml": unit, "Doc_0/Tpl.xml": template})
    use = b'<ofd:Template TemplateID="7"/><ofd:Content>'
    data = changed_entry(data, "Doc_0/Pages/0.xml", b"<ofd:Content>", use)
    assert read_ofd(data).text == "模板\n组合"


def test_delta_and_matrix_place_text() -> None:
    scaled = (
        '<ofd:TextObject Boundary="10 20 50 50" Size="1" CTM="5 0 0 5 0 0"><ofd:TextCode X="0" Y="0" '
        'DeltaX="g 3 1">演示政府</ofd:TextCode></ofd:TextObject>'
    )
    assert read_ofd(make_ofd(scaled + ofd_text("通知", 30, 20))).text == "演示政府通知"


def test_page_without_text_is_named() -> None:
    found = read_ofd(make_ofd(ofd_text("有字", 10, 10), "<ofd:ImageObject/>"))
    assert found.warnings == ("pages_without_text:2",)


def test_entities_are_not_resolved(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("机密")
    page = f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]><Page xmlns="{OFD_NS}"><Content>' + (
        ofd_text("前&e;后", 10, 10).replace("ofd:", "") + "</Content></Page>"
    )
    found = read_ofd(make_ofd("", extra={"Doc_0/Pages/0.xml": page}))
    assert "机密" not in found.text


def test_composites_that_contain_each_other_end() -> None:
    many = '<CompositeObject ResourceID="1"/>' * 50
    unit = f'<CompositeGraphicUnit ID="1"><Content>{many}</Content></CompositeGraphicUnit>'
    data = make_ofd(
        ofd_text("文字", 10, 10) + '<ofd:CompositeObject ResourceID="1"/>',
        resources="<ofd:PublicRes>R.xml</ofd:PublicRes>",
        extra={"Doc_0/R.xml": f'<Res xmlns="{OFD_NS}">{unit}</Res>'},
    )
    assert read_ofd(data).text == "文字"


@pytest.mark.parametrize("size", [210 << 20, 60 << 20])
def test_bombs_are_refused(size: int) -> None:
    data = make_ofd("", extra={"Doc_0/Pages/0.xml": b" " * size})
    with pytest.raises(ReadError) as caught:
        read_ofd(data)
    assert caught.value.failure is Failure.ATTACHMENT_TOO_LARGE


def test_random_corruption_ends_in_text_or_read_error(shared: Path) -> None:
    from normalizers.attachments.reading import read_file

    chance = random.Random(5)
    files = [shared / "samples/ofd/notice.ofd", *sorted((shared / "pages/attach").glob("*.ofd"))]
    for data in [path.read_bytes() for path in files]:
        for _ in range(60):
            broken = bytearray(data)
            for _ in range(chance.randint(1, 40)):
                broken[chance.randrange(len(broken))] = chance.randrange(256)
            try:
                read_file(bytes(broken[: chance.randint(1, 2 * len(broken))]))
            except ReadError as error:
                assert error.message
