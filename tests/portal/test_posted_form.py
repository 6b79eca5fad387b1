"""The one reader of posted forms."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

import pytest
from fastapi import Request
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message

import portal
from portal.posted_form import FORM_TYPE, MAX_BODY, MAX_FIELDS, FormRefused, read_form

FORM = {"content-type": FORM_TYPE}
PIECE = 1 << 10


class Body:
    """A body that is given out in pieces and knows how much of it was asked for."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.given = 0

    async def receive(self) -> Message:
        """The next piece."""
        piece = self._content[self.given : self.given + PIECE]
        self.given += len(piece)
        return {"type": "http.request", "body": piece, "more_body": self.given < len(self._content)}


def read(body: Body, headers: Mapping[str, str] = FORM) -> Mapping[str, str]:
    pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
    return asyncio.run(read_form(Request({"type": "http", "method": "POST", "headers": pairs}, body.receive)))


def refusal(body: Body, headers: Mapping[str, str] = FORM) -> FormRefused:
    with pytest.raises(FormRefused) as caught:
        read(body, headers)
    return caught.value


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        (b"", {}),
        (b"a=1&b=", {"a": "1", "b": ""}),
        (b"a=1&a=2", {"a": "2"}),
        (b"mail=a%40example.org&x=%E7%94%B2+%E4%B9%99", {"mail": "a@example.org", "x": "甲 乙"}),
        ("x=甲".encode(), {"x": "甲"}),
        (b"message=" + b"%E9%95%BF" * 2_000, {"message": "长" * 2_000}),
        (b"&".join(b"f%d=x" % n for n in range(MAX_FIELDS)), {f"f{n}": "x" for n in range(MAX_FIELDS)}),
        (b"a=" + b"x" * (MAX_BODY - 2), {"a": "x" * (MAX_BODY - 2)}),
    ],
)
def test_fields_are_read(content: bytes, fields: dict[str, str]) -> None:
    assert read(Body(content)) == fields


@pytest.mark.parametrize(
    ("content", "status", "told"),
    [
        (b"a=" + b"x" * (MAX_BODY - 1), 413, f"超过 {MAX_BODY} 字节"),
        (b"&".join(b"f%d=x" % n for n in range(MAX_FIELDS + 1)), 400, "无法读取"),
        (b"a=\xff", 400, "无法读取"),
        (b"a=%ff", 400, "无法读取"),
        (b"%ED%A0%80=1", 400, "无法读取"),  # half of a surrogate pair
    ],
)
def test_what_cannot_be_read_is_refused(content: bytes, status: int, told: str) -> None:
    error = refusal(Body(content))
    assert error.status == status
    assert told in str(error)


def test_a_long_body_is_not_read_to_its_end() -> None:
    body = Body(b"x" * 8 * MAX_BODY)
    assert refusal(body).status == 413
    assert body.given <= MAX_BODY + PIECE


@pytest.mark.parametrize(
    "headers",
    [
        FORM,
        {"content-type": "Application/X-WWW-Form-URLencoded; charset=UTF-8"},
        FORM | {"sec-fetch-site": "same-origin"},
        FORM | {"sec-fetch-site": "none"},
    ],
)
def test_forms_of_our_pages_are_taken(headers: dict[str, str]) -> None:
    assert read(Body(b"a=1"), headers) == {"a": "1"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 415),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "multipart/form-data; boundary=x"}, 415),
        ({"content-type": f"{FORM_TYPE}x"}, 415),
        (FORM | {"sec-fetch-site": "same-site"}, 403),
        (FORM | {"sec-fetch-site": "cross-site"}, 403),
        (FORM | {"sec-fetch-site": "SAME-ORIGIN"}, 403),
        ({"content-type": "text/plain", "sec-fetch-site": "cross-site"}, 403),
    ],
)
def test_other_forms_are_not_even_read(headers: dict[str, str], status: int) -> None:
    body = Body(b"a=1")
    assert refusal(body, headers).status == status
    assert body.given == 0


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=50), max_size=MAX_FIELDS))
def test_what_a_browser_writes_comes_back(fields: dict[str, str]) -> None:
    assert read(Body(urlencode(fields).encode())) == fields


def test_there_is_no_second_reader() -> None:
    readers = [
        path.name
        for path in Path(portal.__file__).parent.rglob("*.py")
        if any(word in path.read_text("utf-8") for word in (".form()", ".stream()", "await request.body"))
    ]
    assert readers == ["posted_form.py"]
