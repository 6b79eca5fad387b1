"""The mails of alerts: plain text and HTML, with the headers that let a receiver stop them in one step (RFC 8058)."""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from functools import cache
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader

from pipelines.alerts import Alert
from pipelines.clock import SHANGHAI
from portal.alerts.content import Content
from portal.alerts.links import make_token
from portal.rendering import TEMPLATES
from portal.site_text import one_line

SHOWN = 100  # policies in one mail: 30 KB; the rest is counted, the results page has them
MAX_SUBJECT = 120  # characters
NOT_OFFICIAL = "非官方来源，以原文为准"


def news_mail(
    content: Content, message_id: str, sender: str, public_url: str, key: bytes, now: datetime
) -> EmailMessage:
    """The mail of a message; its Message-ID is the same at every try."""
    alert = content.alert
    stop = stop_href(public_url, key, alert.id)
    rest = max(0, len(content.lines) - SHOWN)
    mail = _mail(
        alert, f"[政策库] {alert.name}：{content.headline}", f"{message_id}@{_domain(sender)}", sender, now
    )
    mail["List-Unsubscribe"] = f"<{stop}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail["List-Id"] = f"<{alert.id}.alerts.{_domain(sender)}>"
    text = [f"{alert.name}：{content.headline}", ""]
    for line in content.lines[:SHOWN]:
        text += [f"【{line.happened}】{line.title}", *filter(None, (line.facts, line.href)), ""]
    text += [f"另有 {rest} 件，见检索结果。", ""] if rest else []
    text += [f"检索结果：{content.results}", f"退订：{stop}", NOT_OFFICIAL, ""]
    return _written(
        mail,
        "\n".join(text),
        "alert_mail.html",
        content=content,
        lines=content.lines[:SHOWN],
        rest=rest,
        stop=stop,
    )


def confirm_mail(
    alert: Alert, told: str, sender: str, public_url: str, key: bytes, until: datetime, now: datetime
) -> EmailMessage:
    """The mail that asks whether its receiver wants an alert; without an answer no other follows."""
    token = make_token(key, "confirm", alert.id, until)
    confirm = f"{public_url}/alerts/confirm?{urlencode({'t': token})}"
    stop = stop_href(public_url, key, alert.id)
    ends = until.astimezone(SHANGHAI)
    subject = f"[政策库] 请确认订阅：{alert.name}"
    mail = _mail(alert, subject, f"confirm-{alert.id}@{_domain(sender)}", sender, now)
    text = [
        "有人（应该是您）用这个邮箱订阅了政策库的检索条件：",
        told,
        "",
        f"打开下面的网页确认后才会收到通知，链接在 {ends:%Y-%m-%d %H:%M}（北京时间）之前有效：",
        confirm,
        "",
        "不是您订阅的，不必理会：没有确认就不会再发。也可以在这里谢绝：",
        stop,
        "",
    ]
    return _written(mail, "\n".join(text), "alert_confirm_mail.html", told=told, confirm=confirm, stop=stop)


def stop_href(public_url: str, key: bytes, alert_id: str) -> str:
    """The page where an alert is stopped; it does not end."""
    return f"{public_url}/alerts/stop?{urlencode({'t': make_token(key, 'stop', alert_id)})}"


def _mail(alert: Alert, subject: str, message_id: str, sender: str, now: datetime) -> EmailMessage:
    mail = EmailMessage(SMTP)
    # email takes "=?" in a value for an encoded word, and Python before 3.11.10 would write a line break in it as one.
    subject = one_line(subject).replace("=?", "=？")
    mail["Subject"] = subject if len(subject) <= MAX_SUBJECT else subject[: MAX_SUBJECT - 1] + "…"
    mail["From"] = sender
    mail["To"] = alert.address
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message_id}>"
    mail["Auto-Submitted"] = "auto-generated"
    return mail


def _written(mail: EmailMessage, text: str, template: str, **values: object) -> EmailMessage:
    mail.set_content(text, cte="base64")
    html = _environment().get_template(template).render(values, not_official=NOT_OFFICIAL)
    mail.add_alternative(html, subtype="html", cte="base64")
    return mail


def _domain(sender: str) -> str:
    return sender.rpartition("@")[2]


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
