"""Signed webhooks: one POST of JSON, signed with HMAC-SHA256 over its time and body, to a checked address."""

import asyncio
import hashlib
import hmac
import ssl
from contextlib import suppress
from functools import cache
from importlib.metadata import version

import httpx
import msgspec

from normalizers.failures import Failure
from pipelines.alert_queue import AlertEvent, AlertMessage
from pipelines.alert_settings import AlertSettings
from pipelines.clock import Clock
from portal.alerts.content import Content
from portal.alerts.guard import NotAllowed, Place, allowed_places, check_url
from portal.alerts.outcome import Accepted, Outcome, Refusal
from portal.alerts.secret_file import TargetSecret

# Seconds for one step of a request, and for all of it: looking up, connecting, sending, and the answer.
STEP_SECONDS = 10.0
WHOLE_SECONDS = 20.0
# Seconds for the rest of an answer whose status is known.
REST_SECONDS = 1.0
MAX_ANSWER = 4_096  # bytes of an answer that are read; nothing in it matters but its status
MAX_BODY = 1 << 20  # bytes; a hundred events have some 60 KB
AGAIN = frozenset({408, 421, 425, 429})  # 4xx that say: later
MAX_SHOWN = 120  # characters of an answer that operators see
SIGNATURE_VERSION = "v1"


def write_body(content: Content, message_id: str) -> bytes:
    """The body of a message: the same bytes at every try, unless a policy was changed or hidden meanwhile."""
    events = [
        {
            "id": one.id,
            "event": event_name(one.event),
            "seq": one.event.seq,
            "validity_before": one.event.validity_before or None,
            "policy": one.policy,
        }
        for one in content.told
    ]
    alert = {"id": content.alert.id, "name": content.alert.name, "query": content.alert.query}
    return msgspec.json.encode({"id": message_id, "alert": alert, "events": events})


def event_name(event: AlertEvent) -> str:
    """What an event is called: new, changed, vanished, restored or validity."""
    return "validity" if event.validity_before is not None else event.kind.value


def sign(key: str, timestamp: int, body: bytes) -> str:
    """The signature of a body sent at a time (seconds since 1970)."""
    made = hmac.new(key.encode(), f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"{SIGNATURE_VERSION}={made}"


class WebhookSender:
    """Sends messages to one webhook; its connection is kept while it is open."""

    def __init__(self, settings: AlertSettings, secret: TargetSecret, clock: Clock) -> None:
        self._settings = settings
        self._secret = secret
        self._clock = clock
        # No proxy of the environment: it would look names up by itself.
        self._client = httpx.AsyncClient(
            verify=_tls(), timeout=STEP_SECONDS, follow_redirects=False, trust_env=False
        )

    async def send(self, content: Content, message: AlertMessage) -> Outcome:
        """One try; it ends in time whatever the target does."""
        body = write_body(content, message.id)
        if len(body) > MAX_BODY:
            return Refusal(Failure.TARGET_REFUSED, f"消息超过 {MAX_BODY} 字节", final=True)
        try:
            async with asyncio.timeout(WHOLE_SECONDS):
                return await self._post(body, message.id)
        except NotAllowed as error:
            return Refusal(Failure.TARGET_PRIVATE, str(error), final=True)
        except (TimeoutError, httpx.TimeoutException):
            return Refusal(Failure.TARGET_TIMEOUT, f"{WHOLE_SECONDS:.0f} 秒内没有答复")
        except (OSError, UnicodeError, httpx.TransportError, httpx.InvalidURL) as error:
            return Refusal(Failure.TARGET_UNREACHABLE, f"{type(error).__name__}：{error}"[:MAX_SHOWN])

    async def close(self) -> None:
        """Let the connection go."""
        await self._client.aclose()

    async def _post(self, body: bytes, message_id: str) -> Outcome:
        places = await allowed_places(check_url(self._secret.url), self._settings)
        for place in places[:-1]:
            try:
                return await self._post_to(place, body, message_id)
            except (httpx.ConnectError, httpx.ConnectTimeout):
                continue
        return await self._post_to(places[-1], body, message_id)

    async def _post_to(self, place: Place, body: bytes, message_id: str) -> Outcome:
        timestamp = int(self._clock().timestamp())
        headers = {
            "host": place.url.netloc.decode("ascii"),
            "user-agent": f"zhengce/{version('zhengce')}",
            "content-type": "application/json",
            "zhengce-delivery": message_id,
            "zhengce-timestamp": str(timestamp),
            "zhengce-signature": sign(self._secret.key, timestamp, body),
        }
        request = self._client.build_request(
            "POST",
            place.url.copy_with(host=place.address),
            content=body,
            headers=headers,
            extensions={"sni_hostname": place.url.raw_host.decode("ascii").strip("[]")},
        )
        response = await self._client.send(request, stream=True)
        try:
            return outcome_of(response.status_code, response.headers.get("retry-after", ""))
        finally:
            await _drain(response)


def outcome_of(status: int, retry_after: str = "") -> Outcome:
    """What an HTTP status means for a message; `retry_after` in seconds counts, a date does not."""
    if 200 <= status < 300:
        return Accepted()
    told = f"HTTP {status}"
    if status >= 500 or status in AGAIN:
        wait = (
            int(retry_after)
            if retry_after.isascii() and retry_after.isdigit() and len(retry_after) < 8
            else 0
        )
        return Refusal(Failure.TARGET_TROUBLE, told, wait=wait)
    return Refusal(Failure.TARGET_REFUSED, told + ("，不跟随重定向" if status < 400 else ""), final=True)


async def _drain(response: httpx.Response) -> None:
    """Read a short answer to its end, so that the connection can be used again; of another one nothing more.

    The status has come: whatever happens now, it counts.
    """
    size = 0
    with suppress(TimeoutError, httpx.HTTPError, OSError):
        async with asyncio.timeout(REST_SECONDS):
            async for piece in response.aiter_raw():
                size += len(piece)
                if size > MAX_ANSWER:
                    break
    with suppress(httpx.HTTPError, OSError):
        await response.aclose()


@cache
def _tls() -> ssl.SSLContext:
    """Certificates are checked against those that the system or httpx knows; reading them takes 20 ms."""
    return httpx.create_ssl_context(trust_env=False)
