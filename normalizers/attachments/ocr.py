"""Text of pages that are pictures, by RapidOCR, an optional extra of 354 MB whose wheel holds its models.

Measured 2026-11 with rapidocr 3.10 and onnxruntime 1.32: 5 CPU seconds a page, 820 MB of memory at most, .986
like the expected text of a scan of 200 dpi; nothing is fetched.
"""

import functools
from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

NOT_INSTALLED = "ocr_not_installed"
# Recognised text has errors: who quotes it should look at the page.
PAGES_BY_OCR = "pages_by_ocr"

# 150, 200 and 300 dpi read equally well (.998, .995, .997): the detector resizes.
DPI = 150
# Pixels of the larger side: a poster of 2 m at 150 dpi would need gigabytes.
MAX_SIDE = 4000


def is_installed() -> bool:
    """Whether the extra `ocr` is there; nothing is imported."""
    return find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None


def read_pages(data: bytes, numbers: Sequence[int]) -> dict[int, str]:
    """Text of the pages of a PDF with these numbers (from 0), a line a line of print."""
    if not numbers:
        return {}
    import pypdfium2

    found = {}
    with pypdfium2.PdfDocument(data) as document:
        for number in numbers:
            page = document[number]
            scale = min(DPI / 72, MAX_SIDE / max(*page.get_size(), 1))
            # Where nothing is found the result is one without `txts`.
            lines = getattr(_engine()(page.render(scale=scale).to_numpy()), "txts", None)
            found[number] = "\n".join(lines or ())
            page.close()
    return found


@functools.cache
def _engine() -> Any:
    """The recogniser, loaded once a process: one thread costs least CPU, the angle classifier brings nothing."""
    from rapidocr import RapidOCR

    return RapidOCR(
        params={
            "Global.use_cls": False,
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
