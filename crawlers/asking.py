"""Asking for a few pages, one after the other: of a site, or of pages that were saved."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from crawlers.platforms.list_requests import ListRequest
from normalizers.addresses import address_key
from normalizers.failures import Failure


@dataclass(frozen=True, slots=True)
class Answer:
    """One page as it came: what was asked, the address after redirects, the bytes."""

    request: ListRequest
    url: str
    data: bytes


class AskFailed(Exception):
    """A page that could not be had, by name; `url` is what was asked, `message` says what happened."""

    def __init__(self, failure: Failure, message: str, url: str) -> None:
        super().__init__(failure, message, url)
        self.failure = failure
        self.message = message
        self.url = url


class Asker(Protocol):
    """Whoever can be asked for a page; raises AskFailed."""

    async def ask(self, wanted: ListRequest, kind: str = "list") -> Answer:
        """The answer to one request; `kind` is list or detail."""
        ...


class SavedPages:
    """Pages at hand instead of a network; what is not among them fails as `not_saved`."""

    def __init__(self, answers: Iterable[Answer]) -> None:
        self._answers = {_key(answer.request): answer for answer in answers}

    async def ask(self, wanted: ListRequest, kind: str = "list") -> Answer:
        """The saved answer to a request."""
        found = self._answers.get(_key(wanted))
        if found is None:
            raise AskFailed(Failure.NOT_SAVED, f"没有保存这个{_KINDS.get(kind, '页面')}", wanted.url)
        return found


_KINDS = {"list": "列表页", "detail": "详情页"}


def key_or_address(url: str) -> str:
    """The key of an address; what is no address stands for itself."""
    try:
        return address_key(url)
    except ValueError:
        return url


def _key(request: ListRequest) -> object:
    return key_or_address(request.url), tuple(sorted(request.form.items())), request.json
