"""Robots of group chats (DingTalk, WeCom, Feishu) through apprise, and whether they took what they were sent.

All three answer a refused message with HTTP 200 and a code in the body, which apprise 2.2 does not read (seen
2026-11 in its sources): the answer is read here on its way to apprise.
"""

import importlib
import logging
import threading
from types import ModuleType
from typing import Any

import requests

from normalizers.failures import Failure
from pipelines.alerts import TargetKind
from portal.alerts.content import Content
from portal.alerts.outcome import Accepted, Outcome, Refusal
from portal.alerts.secret_file import TargetSecret
from portal.alerts.webhook import outcome_of
from portal.site_text import one_line

# What a text message of WeCom may have (developer.work.weixin.qq.com, 2048 bytes); the others take more.
MAX_BYTES = 2_000
MAX_TITLE = 60  # characters of one title
STEP_SECONDS = 10.0
MAX_SHOWN = 120
# Plug-ins of apprise: module, class, and the name of the token in it.
PLUGINS = {
    TargetKind.DINGTALK: ("dingtalk", "NotifyDingTalk", "token"),
    TargetKind.WECOM: ("wecombot", "NotifyWeComBot", "key"),
    TargetKind.FEISHU: ("feishu", "NotifyFeishu", "token"),
}
# Codes that mean "later": too fast (DingTalk 130101 and 410100, WeCom 45009 and 45033, Feishu 9499 and 11232),
# and busy (-1 of all).
AGAIN = frozenset({-1, 130101, 410100, 45009, 45033, 9499, 11232})


class RobotError(ValueError):
    """A token that no robot has (Chinese)."""


def send_to_robot(kind: TargetKind, secret: TargetSecret, content: Content) -> Outcome:
    """One try; the message is plain text, so that nothing in a title is taken for a link or a call."""
    return send_text(kind, secret, robot_text(content))


def send_text(kind: TargetKind, secret: TargetSecret, text: str) -> Outcome:
    """Send some text; accepted means that the service said so."""
    try:
        robot = make_robot(kind, secret)
    except RobotError as error:
        return Refusal(Failure.TARGET_KEY_MISSING, str(error), final=True)
    _heard.outcome = Refusal(Failure.TARGET_UNREACHABLE, "没有答复")
    robot.send(body=text)
    outcome: Outcome = _heard.outcome
    return outcome


def make_robot(kind: TargetKind, secret: TargetSecret) -> Any:
    """The plug-in of apprise for a robot; raises RobotError."""
    name, plugin, argument = PLUGINS[kind]
    module = _module(name)
    given = {argument: secret.token} | ({"secret": secret.key} if secret.key else {})
    try:
        return getattr(module, plugin)(**given, rto=STEP_SECONDS, cto=STEP_SECONDS, redirect="no")
    except TypeError as error:  # apprise's errors of configuration are TypeErrors
        raise RobotError("令牌的写法不对") from error


def robot_text(content: Content) -> str:
    """What a group reads: as many policies as fit, and how many more there are."""
    head = f"[政策库] {content.alert.name}：{content.headline}"
    foot = f"检索结果：{content.results}" if content.results else ""
    parts = [_tame(head)]
    room = MAX_BYTES - len(_tame(head).encode()) - len(foot.encode()) - 100
    for number, line in enumerate(content.lines, 1):
        title = line.title if len(line.title) <= MAX_TITLE else line.title[: MAX_TITLE - 1] + "…"
        part = _tame(f"{number}. 【{line.happened}】{title}") + (f"\n{line.href}" if line.href else "")
        room -= len(part.encode()) + 1
        if room < 0:
            parts.append(f"另有 {len(content.lines) - number + 1} 件")
            break
        parts.append(part)
    return "\n".join([*parts, foot] if foot else parts)


def _tame(text: str) -> str:
    """A text in which Feishu finds no tag (<at user_id="all">)."""
    return one_line(text).replace("<", "＜").replace(">", "＞")


class _Heard(threading.local):
    """What the service of this thread's last message answered."""

    outcome: Outcome = Refusal(Failure.TARGET_UNREACHABLE, "没有答复")


_heard = _Heard()


class _Listening:
    """`requests` as a plug-in uses it; what is answered to a POST is read on its way."""

    def __getattr__(self, name: str) -> Any:
        return getattr(requests, name)

    @staticmethod
    def post(url: str, **arguments: Any) -> requests.Response:
        try:
            response = requests.post(url, **arguments)  # noqa: S113 (apprise gives the time limit)
        except requests.Timeout:
            _heard.outcome = Refusal(Failure.TARGET_TIMEOUT, f"{STEP_SECONDS:.0f} 秒内没有答复")
            raise
        except requests.RequestException as error:
            # Its text has the address, and that has the token.
            _heard.outcome = Refusal(Failure.TARGET_UNREACHABLE, type(error).__name__)
            raise
        _heard.outcome = _read(response)
        return response


def _read(response: requests.Response) -> Outcome:
    """What an answer means: the status, then the code in the body, which is 0 for taken."""
    outcome = outcome_of(response.status_code, response.headers.get("retry-after", ""))
    if isinstance(outcome, Refusal):
        return outcome
    try:
        answer = response.json()
        code = next(answer[name] for name in ("errcode", "code", "StatusCode") if name in answer)
    except (ValueError, TypeError, StopIteration):
        return Refusal(Failure.TARGET_TROUBLE, "答复无法理解")
    if code == 0:
        return Accepted()
    told = one_line(f"{code} {answer.get('errmsg') or answer.get('msg') or ''}")[:MAX_SHOWN]
    if code in AGAIN:
        return Refusal(Failure.TARGET_TROUBLE, told)
    return Refusal(Failure.TARGET_REFUSED, told, final=True)


def _module(name: str) -> ModuleType:
    """A module of apprise that asks through `_Listening`; importing it takes 0.3 s of CPU, so it is done late."""
    module = importlib.import_module(f"apprise.plugins.{name}")
    if not isinstance(module.__dict__["requests"], _Listening):
        module.__dict__["requests"] = _Listening()
        logging.getLogger("apprise").setLevel(logging.CRITICAL)  # it writes addresses with tokens
    return module
