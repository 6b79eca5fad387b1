"""What every form that changes something goes through: read within limits, sent from a page of ours."""

from collections.abc import Mapping
from urllib.parse import parse_qs

from fastapi import Request

MAX_BODY = 32 << 10  # bytes; 2,000 Chinese characters take 18,000 as percent codes
MAX_FIELDS = 20
FORM_TYPE = "application/x-www-form-urlencoded"
# What a browser says of a form of our own page, or of one that was asked for again by hand (Fetch Metadata).
OWN = ("same-origin", "none")


class FormRefused(Exception):
    """A form that is not taken: status and reason (Chinese)."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


async def read_form(request: Request) -> Mapping[str, str]:
    """The fields of a form, the last of several of a name; raises FormRefused."""
    if request.headers.get("sec-fetch-site", "none") not in OWN:
        raise FormRefused(403, "表单不是从本站打开的：请在本站的页面上填写")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM_TYPE:
        raise FormRefused(415, f"表单格式应为 {FORM_TYPE}")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MAX_BODY:
            raise FormRefused(413, f"表单超过 {MAX_BODY} 字节")
    try:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError as error:
        raise FormRefused(400, "表单无法读取") from error
    return {name: values[-1] for name, values in fields.items()}
