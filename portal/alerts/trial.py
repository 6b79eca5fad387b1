"""A trial message to a target, with no policy in it."""

import asyncio

from pipelines.alert_queue import AlertMessage, message_id
from pipelines.alerts import Alert
from portal.alerts.content import make_content
from portal.alerts.outcome import Refusal
from portal.alerts.run import Service, open_senders

HEADLINE = "这是一条试验通知"


def try_target(service: Service, alert: Alert) -> Refusal | None:
    """Send a trial message; what the target said where it did not take it. Raises SecretsError."""
    return asyncio.run(_try(service, alert))


async def _try(service: Service, alert: Alert) -> Refusal | None:
    now = service.clock()
    seconds = int(now.timestamp())
    message = AlertMessage(message_id(alert.id, (-seconds,)), alert.id, 0, 0, now, now)
    content = make_content(service.library, alert, (), service.public_url, HEADLINE)
    senders = open_senders(service)
    try:
        outcome = await senders.send(alert, content, message)
    finally:
        await senders.close()
    return outcome if isinstance(outcome, Refusal) else None
