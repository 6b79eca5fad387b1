"""Receivers of alerts on this machine: a mail server and a server of webhooks, which do as they are told."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import SMTP as POLICY
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Mailbox:
    """What a mail server took; `answer` says what it answers to a receiver or a mail ("" for taking it)."""

    port: int = 0
    mails: list[tuple[str, EmailMessage, bytes]] = field(default_factory=list)
    at_receiver: Callable[[str], str] = lambda receiver: ""
    at_data: Callable[[int], str] = lambda number: ""
    tries: int = 0
    last_at: float = 0.0  # of the monotonic clock

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if answer := self.at_receiver(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        self.tries += 1
        if answer := self.at_data(self.tries):
            return answer
        content = cast(bytes, envelope.content)
        mail = BytesParser(policy=POLICY).parsebytes(content)
        self.last_at = time.monotonic()
        self.mails += [(receiver, mail, content) for receiver in envelope.rcpt_tos]
        return "250 taken"

    @property
    def texts(self) -> list[str]:
        return [text_of(mail) for _, mail, _ in self.mails]


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


class _AnyPort(Controller):
    """A controller whose server has a port that the system chose."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]  # aiosmtpd has no types


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    box = Mailbox()
    controller = _AnyPort(box, hostname="127.0.0.1", port=0)
    controller.start()
    try:
        box.port = controller.port
        yield box
    finally:
        controller.stop()


@dataclass
class Hook:
    """What a server of webhooks was sent; `status` says what it answers to the n-th request (from 1)."""

    url: str = ""
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    accepted: list[str] = field(default_factory=list)
    status: Callable[[int], int] = lambda number: 204
    headers: dict[str, str] = field(default_factory=dict)
    answer: bytes = b""
    last_at: float = 0.0
    before_answer: Callable[[int], None] = lambda number: None

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, _, body in self.requests]


@contextmanager
def hook() -> Iterator[Hook]:
    told = Hook()
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            with lock:
                told.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                number = len(told.requests)
                status = told.status(number)
                if status < 300:
                    told.last_at = time.monotonic()
                if status < 300 and self.headers.get("zhengce-delivery"):
                    told.accepted += [event["id"] for event in json.loads(body)["events"]]
            told.before_answer(number)
            self.send_response(status)
            for name, value in told.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(told.answer)))
            self.end_headers()
            self.wfile.write(told.answer)

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    told.url = f"http://127.0.0.1:{server.server_address[1]}/hook?token=abc"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
