"""A port that stands for every host below .test, and notes whoever comes."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Strangers:
    """What came to a port: the first bytes of each connection, also of one that said nothing."""

    port: int
    heard: list[bytes] = field(default_factory=list)

    @property
    def rule(self) -> str:
        """What makes Chromium look there for those hosts and all their ports; it asks its maker for things, too."""
        return f"--host-resolver-rules=MAP *.test 127.0.0.1:{self.port}"


@contextmanager
def strangers() -> Iterator[Strangers]:
    """Such a port, which answers nothing."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            self.request.settimeout(1)
            try:
                said = self.request.recv(300)
            except OSError:
                said = b""
            found.heard.append(said)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        found = Strangers(server.server_address[1])
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield found
        finally:
            server.shutdown()
