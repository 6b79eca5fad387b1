"""Ruled tables of PDF pages come out row by row, cell by cell; everything else stays as it is."""

from itertools import pairwise

from attachment_files import make_pdf

from normalizers.attachments.reading import read_file


def show(text: str, x: int, y: int) -> str:
    return f"BT /F1 10 Tf {x} {y} Td ({text}) Tj ET "


def line(x: int, y: int, width: int, height: int) -> str:
    return f"{x} {y} {width} {height} re f "


def grid(xs: list[int], ys: list[int], without: tuple[str, ...] = ()) -> str:
    """Lines between all neighbouring corners but those named, like v1.0 (upright, x 1, row 0) or l0.1."""
    found = ""
    for i, x in enumerate(xs):
        for j, (top, bottom) in enumerate(pairwise(ys)):
            found += line(x, bottom, 1, top - bottom) if f"v{i}.{j}" not in without else ""
    for j, y in enumerate(ys):
        for i, (left, right) in enumerate(pairwise(xs)):
            found += line(left, y, right - left, 1) if f"l{j}.{i}" not in without else ""
    return found


def lines_of(content: str) -> list[str]:
    return read_file(make_pdf([content.encode()])).text.split("\n")


HEAD, FOOT = show("A notice of demonstration in one line.", 72, 760), show("Page one of the notice.", 72, 400)
XS, YS = [72, 150, 300, 450], [700, 660, 620, 580]
CELLS = "".join(
    show(f"c{row}{column}", XS[column] + 5, YS[row] - 20) for row in range(3) for column in range(3)
)


def test_rows_and_cells_between_the_lines_before_and_after() -> None:
    wrapped = show("more", XS[1] + 5, YS[1] - 35)
    found = lines_of(HEAD + grid(XS, YS) + CELLS + wrapped + FOOT)
    assert found == [
        "A notice of demonstration in one line.",
        "c00\tc01\tc02",
        "c10\tc11 more\tc12",
        "c20\tc21\tc22",
        "Page one of the notice.",
    ]


def test_a_cell_over_columns_and_one_over_rows() -> None:
    texts = show("wide", 77, 680) + show("c02", 305, 680) + show("tall", 77, 620)
    texts += "".join(
        show(f"c{row}{column}", XS[column] + 5, YS[row] - 20) for row in (1, 2) for column in (1, 2)
    )
    found = lines_of(HEAD + grid(XS, YS, without=("v1.0", "l2.0")) + texts)
    assert found[1:] == ["wide\tc02", "tall\tc11\tc12", "\tc21\tc22"]


def test_what_stands_beside_the_table_is_kept() -> None:
    found = lines_of(HEAD + grid(XS, YS) + CELLS + show("unit", 500, 640))
    assert found[1:] == ["c00\tc01\tc02", "c10\tc11\tc12unit", "c20\tc21\tc22"]


def test_frames_are_no_tables() -> None:
    text = "".join(show(f"Sentence number {n} of a page in a frame.", 160, 690 - 40 * n) for n in range(3))
    found = lines_of(HEAD + grid(XS, YS, without=("v2.0", "v2.1", "v2.2")) + text)
    assert not any("\t" in line for line in found)
    assert len(found) == 4


def test_two_tables_of_a_page_stay_apart() -> None:
    second = [500, 460, 420]
    texts = "".join(show(f"d{row}{c}", XS[c] + 5, second[row] - 20) for row in range(2) for c in range(3))
    between = show("Between the two tables.", 72, 540)
    found = lines_of(HEAD + grid(XS, YS) + CELLS + between + grid(XS, second) + texts)
    assert found[4:] == ["Between the two tables.", "d00\td01\td02", "d10\td11\td12"]
