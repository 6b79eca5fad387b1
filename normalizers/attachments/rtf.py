"""Rich Text Format to text; many files named .doc are RTF."""

import re
from dataclasses import dataclass, field

from normalizers.attachments.file_text import CONTENT_DAMAGED, TEXT_CUT, FileText, ReadError, file_text
from normalizers.failures import Failure

_TOKEN = re.compile(
    rb"\\(?P<word>[a-z]{1,32})(?P<number>-?\d{1,9})? ?|\\'(?P<hex>[0-9a-fA-F]{2})|\\(?P<symbol>[^a-z])"
    rb"|(?P<brace>[{}])|(?P<text>[^\\{}\r\n]+)|[\r\n]+|\\"
)
# Groups that hold no text of the document.
_SKIPPED = frozenset(
    b"fonttbl colortbl stylesheet listtable info pict object header headerl headerr headerf footer footerl "
    b"footerr footerf fldinst themedata datastore generator annotation".split()
)
_BREAKS = {
    b"par": "\n",
    b"line": "\n",
    b"page": "\n",
    b"sect": "\n",
    b"row": "\n",
    b"cell": "\t",
    b"tab": "\t",
}
_SYMBOLS = {b"~": " ", b"_": "-", b"\n": "\n", b"\r": "\n", b"\\": "\\", b"{": "{", b"}": "}"}
MAX_DEPTH = 1000


@dataclass(slots=True)
class _Output:
    """Text so far: bytes of the code page wait until they are complete."""

    encoding: str = "gb18030"
    pieces: list[str] = field(default_factory=list)
    waiting: bytearray = field(default_factory=bytearray)

    def add(self, text: str) -> None:
        if self.waiting:
            self.pieces.append(self.waiting.decode(self.encoding, "replace"))
            self.waiting.clear()
        self.pieces.append(text)


@dataclass(slots=True)
class _State:
    """What holds inside a group; `pending` bytes are the fallback of a Unicode character, to be left out."""

    is_skipped: bool = False
    fallback: int = 1
    pending: int = 0


def read_rtf(data: bytes) -> FileText:
    """Text of an RTF file, table rows as lines with tabs."""
    output, stack = _Output(), [_State()]
    for token in _TOKEN.finditer(data):
        if token["brace"]:
            _take_brace(token["brace"], stack)
        elif token["word"]:
            _take_word(token["word"], int(token["number"] or 0), stack[-1], output)
        elif token["symbol"] == b"*":
            stack[-1].is_skipped = True
        elif not stack[-1].is_skipped:
            _take_text(token, stack[-1], output)
    output.add("")
    # A sound file closes every group; what follows the end of the outermost one is padding.
    warnings = [TEXT_CUT] if len(stack) > 1 else []
    if b"\0" in data.rstrip(b"\0"):
        warnings.append(CONTENT_DAMAGED)
    return file_text("rtf", "rtf", "".join(output.pieces), None, warnings)


def _take_brace(brace: bytes, stack: list[_State]) -> None:
    if brace == b"{":
        if len(stack) > MAX_DEPTH:
            raise ReadError(Failure.ATTACHMENT_DAMAGED, "RTF 嵌套过深")
        stack.append(_State(stack[-1].is_skipped, stack[-1].fallback))
    elif len(stack) > 1:
        stack.pop()


def _take_word(word: bytes, number: int, state: _State, output: _Output) -> None:
    if word in _SKIPPED:
        state.is_skipped = True
    elif word == b"ansicpg":
        output.encoding = {950: "big5", 65001: "utf-8"}.get(number, "gb18030")
    elif word == b"uc":
        state.fallback = max(0, min(number, 8))
    elif state.is_skipped:
        return
    elif word == b"u":
        output.add(chr(number % 0x10000))
        state.pending = state.fallback
    elif word in _BREAKS:
        output.add(_BREAKS[word])


def _take_text(token: re.Match[bytes], state: _State, output: _Output) -> None:
    """Adds text of the code page, less the fallback for readers that do not know \\u."""
    if token["hex"]:
        raw = bytes.fromhex(token["hex"].decode())
    elif token["text"]:
        raw = token["text"]
    else:
        output.add(_SYMBOLS.get(token["symbol"] or b"", ""))
        return
    left_out = min(state.pending, len(raw))
    state.pending -= left_out
    output.waiting += raw[left_out:]
