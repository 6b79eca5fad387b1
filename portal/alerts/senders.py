"""Who sends a message of an alert, by the kind of its target."""

import asyncio
from collections.abc import Mapping

from normalizers.failures import Failure
from pipelines.alert_queue import AlertMessage
from pipelines.alert_settings import AlertSettings
from pipelines.alerts import Alert, TargetKind
from pipelines.clock import Clock
from portal.alerts.content import Content
from portal.alerts.mail import news_mail
from portal.alerts.outcome import Outcome, Refusal
from portal.alerts.robots import send_to_robot
from portal.alerts.secret_file import TargetSecret
from portal.alerts.smtp import MailSession
from portal.alerts.webhook import WebhookSender

MISSING = "密钥文件中没有它"


class Senders:
    """What is open while a run delivers: one connection to the mail server, one to each webhook."""

    def __init__(
        self,
        settings: AlertSettings,
        secrets: Mapping[str, TargetSecret],
        public_url: str,
        link_key: bytes,
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._secrets = secrets
        self._public_url = public_url
        self.link_key = link_key
        self._clock = clock
        self._webhooks: dict[str, WebhookSender] = {}
        self._mail_turn = asyncio.Lock()
        self.mails = MailSession(settings, clock)

    async def send(self, alert: Alert, content: Content, message: AlertMessage) -> Outcome:
        """One try of one message."""
        if alert.kind is TargetKind.MAIL:
            return await self._mail(content, message)
        secret = self._secrets.get(alert.id)
        if secret is None:
            return Refusal(Failure.TARGET_KEY_MISSING, MISSING, final=True)
        if alert.kind is TargetKind.WEBHOOK:
            return await self._webhook(alert.id, secret).send(content, message)
        return await asyncio.to_thread(send_to_robot, alert.kind, secret, content)

    async def close(self) -> None:
        """Close all connections."""
        for webhook in self._webhooks.values():
            await webhook.close()
        await asyncio.to_thread(self.mails.close)

    async def _mail(self, content: Content, message: AlertMessage) -> Outcome:
        if not self._public_url:
            return Refusal(Failure.MAIL_SERVER_FAILED, "没有设置 public_url，邮件无法给出退订链接", ours=True)
        mail = news_mail(
            content, message.id, self._settings.sender, self._public_url, self.link_key, self._clock()
        )
        async with self._mail_turn:
            return await asyncio.to_thread(self.mails.send, mail, content.alert.address)

    def _webhook(self, alert_id: str, secret: TargetSecret) -> WebhookSender:
        if alert_id not in self._webhooks:
            self._webhooks[alert_id] = WebhookSender(self._settings, secret, self._clock)
        return self._webhooks[alert_id]
