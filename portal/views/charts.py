"""Pictures of counts: bars as SVG, drawn by a child process, at most once for the same numbers."""

import html
import json
import re
import subprocess
import sys
import threading
import time
import unicodedata
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

DRAW = Path(__file__).with_name("draw.py")
# Seconds of the clock for all charts of a page: 2 s alone, 20 s were seen beside other work of a full machine.
DRAWING_SECONDS = 60
FAILED_KEPT = 300  # seconds before what could not be drawn is tried again
MOST_KEPT = 4  # sets of charts; one is 60 KB
MOST_LABEL = 24  # characters of a name in a picture; the table beside it has all
# Of fonts that have Chinese on the systems of readers; a picture brings none.
FONTS = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Source Han Sans SC', sans-serif"
BAR, INK = "#8c1c13", "#1c1c1e"
WIDTH = 460
UNDRAWN = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="48" role="img"><title>图无法绘制</title>'
    f'<text x="8" y="30" font-size="16" fill="#63636b" font-family="{FONTS}">图暂时无法绘制，数据见表。</text></svg>'
)

Bars = Sequence[tuple[str, int]]


class DrawingError(Exception):
    """The charts could not be drawn in time, or at all."""


def bars(rows: Bars, unit: str = "件") -> dict[str, Any]:
    """Lying bars with their names and numbers, in the order given."""
    values = [{"n": n, "name": shown(name), "count": count} for n, (name, count) in enumerate(rows)]
    names = {"field": "n", "type": "ordinal", "title": None, "axis": _named(values, labelLimit=220)}
    counts = {
        "field": "count",
        "type": "quantitative",
        "title": unit,
        "axis": {"tickCount": 5, "format": ",d"},
    }
    number = {"type": "text", "align": "left", "dx": 4}
    text = {"text": {"field": "count", "type": "quantitative", "format": ",d"}}
    return _spec(values, {"step": 24}, {"y": names, "x": counts}, [{"mark": number, "encoding": text}])


def columns(rows: Bars, unit: str = "件") -> dict[str, Any]:
    """Standing bars in the order given, for a row of months."""
    values = [{"n": n, "name": shown(name), "count": count} for n, (name, count) in enumerate(rows)]
    axis = _named(values, labelOverlap="greedy", labelAngle=-45)
    names = {"field": "n", "type": "ordinal", "title": None, "axis": axis}
    counts = {
        "field": "count",
        "type": "quantitative",
        "title": unit,
        "axis": {"tickCount": 5, "format": ",d"},
    }
    return _spec(values, 220, {"x": names, "y": counts}, [])


def _named(values: Sequence[Mapping[str, Any]], **axis: Any) -> dict[str, Any]:
    """An axis of numbered places that tells names: equal names stay apart."""
    names = json.dumps([one["name"] for one in values], ensure_ascii=True)
    return {"labelExpr": f"{names}[datum.value]", "ticks": False, **axis}


def _spec(
    values: Sequence[Mapping[str, Any]], height: Any, encoding: Mapping[str, Any], more: Sequence[Any]
) -> dict[str, Any]:
    text = {
        "labelFontSize": 13,
        "titleFontSize": 13,
        "labelColor": INK,
        "titleColor": INK,
        "titleFontWeight": "normal",
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH,
        "height": height,
        "data": {"values": list(values)},
        "encoding": encoding,
        "layer": [{"mark": {"type": "bar", "color": BAR}}, *more],
        "config": {
            "font": FONTS,
            "axis": {**text, "gridColor": "#e4e4e8", "domainColor": "#8e8e96"},
            "text": {"fontSize": 13, "color": INK},
            "view": {"stroke": None},
        },
    }


def visible(text: str) -> str:
    """A text without controls, marks that cannot be seen, and what is no character: no XML may hold some of them."""
    return "".join(c for c in text if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Cn"))


def shown(name: str) -> str:
    """A name as a picture has it, of bounded length."""
    clean = visible(name)
    return clean if len(clean) <= MOST_LABEL else clean[: MOST_LABEL - 1] + "…"


def described(svg: str, title: str, description: str) -> str:
    """The picture with a title and a description of its own for readers that do not see it."""
    told = html.escape(visible(title)), html.escape(visible(description))
    head = f"<title>{told[0]}</title><desc>{told[1]}</desc>"
    return re.sub(r"(<svg\b[^>]*)>", lambda m: f'{m[1]} role="img">{head}', svg, count=1)


class Drawings:
    """Draws sets of charts beside everything else, each set once; safe to share between threads."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "charts")
        self._lock = threading.Lock()
        self._asked: OrderedDict[str, tuple[float, Future[dict[str, str]]]] = OrderedDict()

    def ask(self, key: str, specs: Mapping[str, Any]) -> "Future[dict[str, str]]":
        """The charts of a key by name, now or later; the future raises DrawingError."""
        now = time.monotonic()
        with self._lock:
            asked, future = self._asked.get(key, (now, None))
            if future and not (now - asked > FAILED_KEPT and _failed(future)):
                return future
            future = self._pool.submit(_draw, dict(specs))
            self._asked[key] = now, future
            while len(self._asked) > MOST_KEPT:
                self._asked.popitem(last=False)
            return future

    def failed(self, key: str) -> bool:
        """Whether the charts of a key are known not to be drawn."""
        with self._lock:
            return key in self._asked and _failed(self._asked[key][1])


def _failed(future: "Future[dict[str, str]]") -> bool:
    return future.done() and (future.cancelled() or future.exception() is not None)


def _draw(specs: Mapping[str, Any]) -> dict[str, str]:
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(DRAW)],
            input=json.dumps(specs).encode(),
            capture_output=True,
            timeout=DRAWING_SECONDS,
            check=True,
        )
        drawn = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise DrawingError(str(error)) from error
    return {str(name): str(svg) for name, svg in drawn.items()}
