"""The mail server: one connection for the mails of a run, and what its answers mean."""

import smtplib
import ssl
from contextlib import suppress
from datetime import datetime, timedelta
from email.message import EmailMessage

from normalizers.failures import Failure
from pipelines.alert_settings import AlertSettings, MailServer
from pipelines.clock import Clock
from portal.alerts.outcome import SERVER_PAUSE, Accepted, Outcome, Refusal
from portal.site_text import one_line

SECONDS = 20.0  # for every step of the conversation
# On this machine nobody reads along, and a relay here has a certificate that nobody signed (Debian's postfix).
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
MAX_SHOWN = 160  # characters of an answer that operators see
# What goes wrong before any receiver is spoken of.
SERVER_ERRORS = (
    smtplib.SMTPConnectError,
    smtplib.SMTPHeloError,
    smtplib.SMTPAuthenticationError,
    smtplib.SMTPNotSupportedError,
    smtplib.SMTPSenderRefused,
    smtplib.SMTPServerDisconnected,
    OSError,
)


class UnsafeLogin(smtplib.SMTPException):
    """A password would have to go over a connection that anybody can read."""


class MailSession:
    """Sends mails one after the other; a server that fails is left alone for a while."""

    def __init__(self, settings: AlertSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._open: smtplib.SMTP | None = None
        self._down_until: datetime | None = None
        self._trouble = Refusal(Failure.MAIL_SERVER_FAILED, "没有设置 [alerts] smtp 与 from", ours=True)

    def send(self, mail: EmailMessage, receiver: str) -> Outcome:
        """One try; accepted means that the server took the mail for this receiver."""
        if not self._settings.can_mail or (self._down_until and self._clock() < self._down_until):
            return self._trouble
        try:
            server = self._server()
            server.send_message(mail, self._settings.sender, [receiver])
        except smtplib.SMTPRecipientsRefused as error:
            return _refused(*error.recipients[receiver])
        except smtplib.SMTPDataError as error:
            return _refused(error.smtp_code, error.smtp_error)
        except (*SERVER_ERRORS, smtplib.SMTPException) as error:
            return self._fail(error)
        return Accepted()

    def close(self) -> None:
        """Say good-bye."""
        if self._open is not None:
            with suppress(OSError, smtplib.SMTPException):
                self._open.quit()
            self._open.close()
        self._open = None

    def _server(self) -> smtplib.SMTP:
        """The open connection where it still answers, else a new one."""
        if self._open is not None:
            with suppress(OSError, smtplib.SMTPException):
                if self._open.noop()[0] == 250:
                    return self._open
            self._open.close()
            self._open = None
        assert self._settings.server is not None  # can_mail says so
        self._open = _connect(self._settings.server)
        return self._open

    def _fail(self, error: Exception) -> Refusal:
        self.close()
        self._down_until = self._clock() + timedelta(seconds=SERVER_PAUSE)
        self._trouble = Refusal(Failure.MAIL_SERVER_FAILED, _told(error), ours=True, wait=SERVER_PAUSE)
        return self._trouble


def _connect(server: MailServer) -> smtplib.SMTP:
    """A connection that is encrypted where the server can, and logged in where a user is given."""
    context = ssl.create_default_context()
    if server.tls:
        made: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
    else:
        made = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    try:
        made.ehlo_or_helo_if_needed()
        encrypted = server.tls or server.host in LOOPBACK
        if not encrypted and made.has_extn("starttls"):
            made.starttls(context=context)
            made.ehlo()
            encrypted = True
        if server.user:
            if not encrypted:
                raise UnsafeLogin("服务器不支持加密，密码没有送出")
            made.login(server.user, server.secret)
    except (OSError, smtplib.SMTPException):
        made.close()
        raise
    return made


def _refused(code: int, answer: bytes | str) -> Refusal:
    """What a server says of one receiver or one mail: 4xx may pass, 5xx stays."""
    said = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    told = f"{code} {one_line(said)}"[:MAX_SHOWN]
    if code >= 500:
        return Refusal(Failure.TARGET_REFUSED, told, final=True)
    return Refusal(Failure.TARGET_TROUBLE, told)


def _told(error: Exception) -> str:
    """What went wrong, without the password: of a refused login the code alone."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return f"登录被拒绝（{error.smtp_code}）"
    if isinstance(error, smtplib.SMTPSenderRefused):
        return f"发信地址被拒绝：{error.smtp_code} {one_line(str(error.smtp_error))}"[:MAX_SHOWN]
    return f"{type(error).__name__}：{one_line(str(error))}"[:MAX_SHOWN]
