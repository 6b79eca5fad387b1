"""Text of pages that are pictures, by RapidOCR, an optional extra (8 CPU seconds a page, 1 GB of memory)."""

from collections.abc import Sequence
from importlib.util import find_spec

NOT_INSTALLED = "ocr_not_installed"

# 150, 200 and 300 dpi read equally well (.998, .995, .997): the detector resizes.
DPI = 150
# Pixels of the larger side: a poster of 2 m at 150 dpi would need gigabytes.
MAX_SIDE = 4000


def is_installed() -> bool:
    """Whether the extra `ocr` is there; nothing is imported."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def read_pages(data: bytes, numbers: Sequence[int]) -> dict[int, str]:
    """Text of the pages of a PDF with these numbers (from 0), lines in reading order of the detector."""
    if not numbers:
        return {}
    import pypdfium2
    from rapidocr import RapidOCR

    # One thread a process is as accurate and costs least CPU; the angle classifier brings nothing here.
    engine = RapidOCR(
        params={
            "Global.use_cls": False,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
    found = {}
    with pypdfium2.PdfDocument(data) as document:
        for number in numbers:
            page = document[number]
            scale = min(DPI / 72, MAX_SIDE / max(*page.get_size(), 1))
            result = engine(page.render(scale=scale).to_numpy())
            found[number] = "\n".join(result.txts or ())
            page.close()
    return found
