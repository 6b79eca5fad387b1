"""A real browser without a window, spoken to over two pipes in its own protocol (Chrome DevTools Protocol)."""

import json
import os
import select
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE = 15  # seconds for one answer of a slow machine
KEYS = {"ArrowDown": 40, "ArrowUp": 38, "Enter": 13, "Escape": 27, "Tab": 9, "Space": 32}


class Browser:
    """One tab."""

    def __init__(self, send: int, receive: int) -> None:
        self._send = send
        self._receive = receive
        self._held = b""
        self._number = 0
        self._session = ""
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        self._session = self._call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        self.errors: list[str] = []
        for domain in ("Page", "Runtime", "Log"):
            self._call(f"{domain}.enable")

    def open(self, address: str) -> None:
        """Go to an address and wait until its page is whole."""
        self._call("Page.navigate", url=address)
        self.until("document.readyState === 'complete' && location.href !== 'about:blank'")

    def width(self, pixels: int) -> None:
        """Make the window as wide as a telephone or a desk."""
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=pixels,
            height=800,
            deviceScaleFactor=1,
            mobile=pixels < 600,
        )

    def scripts(self, wanted: bool) -> None:
        """Let pages run scripts, or not."""
        self._call("Emulation.setScriptExecutionDisabled", value=not wanted)

    def value(self, expression: str) -> Any:
        """The value of an expression in the page."""
        found = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def until(self, expression: str) -> None:
        """Wait for an expression to be true."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                if self.value(f"!!({expression})"):
                    return
            except Gone:  # the page went away while it was asked
                pass
            assert time.monotonic() < end, f"never true: {expression}"
            time.sleep(0.05)

    def type(self, text: str) -> None:
        """Type into what has the focus."""
        self._call("Input.insertText", text=text)

    def press(self, key: str) -> None:
        """Press and let go of a key."""
        code = KEYS[key]
        named = {"key": " " if key == "Space" else key, "code": key, "windowsVirtualKeyCode": code}
        text = {"Enter": {"text": "\r"}, "Space": {"text": " "}}.get(key, {})
        self._call("Input.dispatchKeyEvent", type="keyDown", **named, **text)
        self._call("Input.dispatchKeyEvent", type="keyUp", **named)

    def click(self, css: str) -> None:
        """Click with the pointer in the middle of an element."""
        box = self.value(
            f"(() => {{ const e = document.querySelector({json.dumps(css)}); e.scrollIntoView({{block: 'center'}});"
            " const b = e.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]; })()"
        )
        for kind in ("mousePressed", "mouseReleased"):
            self._call(
                "Input.dispatchMouseEvent",
                type=kind,
                x=box[0],
                y=box[1],
                button="left",
                clickCount=1,
                buttons=1,
            )

    def picture(self, path: Path) -> None:
        """Keep a picture of what is seen."""
        import base64

        path.write_bytes(base64.b64decode(self._call("Page.captureScreenshot")["data"]))

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._send, json.dumps(message).encode() + b"\0")
        while True:
            answer = self._read()
            if answer.get("id") == self._number:
                if "error" in answer:
                    raise Gone(answer["error"]["message"])
                result: dict[str, Any] = answer["result"]
                return result
            self._note(answer)

    def _note(self, event: dict[str, Any]) -> None:
        if event.get("method") == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(event["params"], ensure_ascii=False))
        elif event.get("method") == "Log.entryAdded" and event["params"]["entry"]["level"] == "error":
            self.errors.append(event["params"]["entry"]["text"])

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._held:
            ready, _, _ = select.select([self._receive], [], [], PATIENCE)
            assert ready, "the browser is silent"
            piece = os.read(self._receive, 1 << 16)
            assert piece, "the browser has ended"
            self._held += piece
        message, _, self._held = self._held.partition(b"\0")
        answer: dict[str, Any] = json.loads(message)
        return answer


class Gone(Exception):
    """What was asked of is no longer there."""


@contextmanager
def browsing(folder: Path) -> Iterator[Browser]:
    """A browser with an empty profile in a folder."""
    assert CHROMIUM
    to_read, send = os.pipe()
    receive, to_write = os.pipe()
    options = [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--disable-background-networking", "--disable-component-update", "--remote-debugging-pipe",
        f"--user-data-dir={folder}",
    ]  # fmt: skip

    # The browser reads commands from 3 and writes to 4.
    shell = ["bash", "-c", f'exec "$0" "$@" 3<&{to_read} 4>&{to_write}', CHROMIUM, *options]
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(shell, pass_fds=(to_read, to_write), stdout=log, stderr=log)
    os.close(to_read)
    os.close(to_write)
    try:
        yield Browser(send, receive)
    finally:
        child.kill()
        child.wait()
        os.close(send)
        os.close(receive)
