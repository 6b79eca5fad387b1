"""The pages of alerts: order mails of a search, confirm, stop. Nothing but a POST changes anything."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import QueryParams

from index.engine import RequestError
from pipelines.alerts import Rhythm, Topic
from pipelines.catalogue import Catalogue
from portal.alerts.content import TOPIC_NAMES
from portal.alerts.desk import FORM_HOURS, Crowded, Desk
from portal.alerts.run import Service
from portal.alerts.saved_query import MAX_QUERY, save_query, saved_address, told_query
from portal.alerts.secret_file import SecretsError
from portal.alerts.targets import TargetError, parse_mail
from portal.library import Library
from portal.limits import TOO_MANY, Buckets, client_key
from portal.posted_form import FormRefused, read_form
from portal.rendering import Templates
from portal.serving import Serving

MAX_TOKEN = 100  # characters
# Orders of one client: so many at once, and one more every so many seconds.
ORDERS, ORDER_SECONDS = 10, 360
RHYTHM_NAMES = {Rhythm.INSTANT: "有新内容就发", Rhythm.DAILY: "每天汇总一次"}
FOREIGN = f"表单不是从本站打开的，或已放置超过 {FORM_HOURS} 小时：请重新打开订阅页再提交"
ENDED = "链接无效或已过期"
TOO_OFTEN = f"订阅太频繁：每个来源最多连续 {ORDERS} 次，请稍后再试"
LOCKED = "密钥文件暂时无法读取，请稍后再试"
CLOSED = "这个政策库没有设置发信，不能用邮件订阅；可以用订阅源（Atom、RSS）"


class AlertPages:
    """Answers of the pages below /alerts."""

    def __init__(self, library: Library, templates: Templates, desk: Desk | None) -> None:
        self._library = library
        self._templates = templates
        self._desk = desk if desk and desk.is_open else None
        self._orders = Buckets(1 / ORDER_SECONDS, ORDERS)

    def new(self, parameters: QueryParams) -> Response:
        """The form, for the search of the address."""
        try:
            query = save_query(parameters, self._library.query_names())
        except RequestError as error:
            return self._templates.error(422, str(error))
        return self._form(query)

    async def order(self, request: Request) -> Response:
        """Take an order; the answer is the same whatever is known of the address."""
        try:
            form = await read_form(request)
            if not self._orders.take(client_key(request.client.host if request.client else "")).allowed:
                raise FormRefused(TOO_MANY, TOO_OFTEN)
        except FormRefused as error:
            return self._templates.error(error.status, str(error))
        try:
            return await run_in_threadpool(self._ordered, form)
        except SecretsError:
            return self._templates.error(503, LOCKED)

    def _ordered(self, form: Mapping[str, str]) -> Response:
        desk = self._desk
        if desk is None:
            return self._templates.error(503, CLOSED)
        query = form.get("query", "")[:MAX_QUERY]
        given, trouble = form.get("mail", "").strip(), ""
        topics = [topic for topic in Topic if form.get(f"topic_{topic}")]
        rhythm = Rhythm.DAILY if form.get("rhythm", "") == Rhythm.DAILY else Rhythm.INSTANT
        if not desk.is_ours(form.get("token", "")[:MAX_TOKEN], query):
            return self._templates.error(403, FOREIGN)
        try:
            query = save_query(QueryParams(query), self._library.query_names())
            address = parse_mail(given)
            trouble = "" if topics else "请至少选一项要通知的内容"
            if not trouble:
                desk.order(query, address, topics, rhythm)
        except TargetError as error:
            trouble = str(error)
        except Crowded as error:
            return self._templates.error(503, str(error))
        except RequestError as error:
            return self._templates.error(422, str(error))
        if trouble:
            return self._form(query, 422, trouble, given, topics, rhythm)
        answer = self._page("alert_done.html", done="ordered", address=address)
        answer.background = BackgroundTask(desk.ask)
        return answer

    def _form(
        self,
        query: str,
        status: int = 200,
        trouble: str = "",
        mail: str = "",
        topics: list[Topic] | None = None,
        rhythm: Rhythm = Rhythm.DAILY,
    ) -> Response:
        return self._page(
            "alert_new.html",
            status,
            query=query,
            told=told_query(query, self._library.label()),
            back=saved_address(query).href(),
            token=self._desk.form_token(query) if self._desk else "",
            open=self._desk is not None,
            closed=CLOSED,
            trouble=trouble,
            mail=mail,
            chosen=[Topic.NEW] if topics is None else topics,
            topics=TOPIC_NAMES,
            rhythm=rhythm,
            rhythms=RHYTHM_NAMES,
        )

    def ask_confirm(self, token: str) -> Response:
        """The page behind the link of a question: a button."""
        alert = self._desk.to_confirm(token) if self._desk else None
        if alert is None:
            return self._templates.error(HTTPStatus.GONE, ENDED)
        return self._button("confirm", token, alert.query)

    def confirm(self, token: str) -> Response:
        """Confirm."""
        alert = self._desk.confirm(token) if self._desk else None
        if alert is None:
            return self._templates.error(HTTPStatus.GONE, ENDED)
        return self._page("alert_done.html", done="confirmed", told=self._told(alert.query))

    def ask_stop(self, token: str) -> Response:
        """The page behind the link to stop: a button."""
        genuine, alert = self._desk.to_stop(token) if self._desk else (False, None)
        if not genuine:
            return self._templates.error(HTTPStatus.GONE, ENDED)
        if alert is None:
            return self._page("alert_done.html", done="stopped")
        return self._button("stop", token, alert.query)

    def stop(self, token: str) -> Response:
        """Stop; one that is stopped already is no mistake."""
        if self._desk is None or not self._desk.stop(token):
            return self._templates.error(HTTPStatus.GONE, ENDED)
        return self._page("alert_done.html", done="stopped")

    def _button(self, does: str, token: str, query: str) -> Response:
        return self._page("alert_button.html", does=does, token=token, told=self._told(query))

    def _told(self, query: str) -> str:
        return told_query(query, self._library.label())

    def _page(self, template: str, status: int = 200, **values: Any) -> Response:
        answer = self._templates.render(template, status, **values)
        answer.headers["cache-control"] = "no-store"
        return answer


def alerts_router(
    library: Library, catalogue: Catalogue, templates: Templates, serving: Serving
) -> APIRouter:
    """The routes below /alerts; without a data folder the desk is closed."""
    desk = None
    if serving.data is not None:
        desk = Desk(
            Service(library, catalogue, serving.alerts, serving.data, serving.public_url, serving.clock)
        )
    pages = AlertPages(library, templates, desk)
    router = APIRouter(prefix="/alerts", include_in_schema=False)

    def guarded(answer: Callable[[str], Response], token: str) -> Response:
        try:
            return answer(token[:MAX_TOKEN])
        except SecretsError:
            return templates.error(503, LOCKED)

    @router.get("/new")
    def new(request: Request) -> Response:
        return guarded(lambda _: pages.new(request.query_params), "")

    @router.post("/new")
    async def order(request: Request) -> Response:
        return await pages.order(request)

    @router.get("/confirm")
    def ask_confirm(t: str = "") -> Response:
        return guarded(pages.ask_confirm, t)

    @router.post("/confirm")
    def confirm(t: str = "") -> Response:
        return guarded(pages.confirm, t)

    @router.get("/stop")
    def ask_stop(t: str = "") -> Response:
        return guarded(pages.ask_stop, t)

    @router.post("/stop")
    def stop(t: str = "") -> Response:
        return guarded(pages.stop, t)

    return router
