"""A policy as plain text, and the names of files that are taken away."""

from collections.abc import Iterator

from normalizers.attachments.file_text import PAGE_BREAK
from normalizers.policy import Policy
from portal.citation import UNTITLED
from portal.document_page import Document, File

RULE = "=" * 40


def download_name(policy: Policy, ending: str) -> str:
    """The name of a file with a policy in it: number and title, else its id."""
    named = " ".join(filter(None, (policy.doc_number, policy.title)))
    return f"{named or policy.id}.{ending}"


def as_text(document: Document) -> str:
    """Title, fields, body and the texts of all files, whole, with the citation at the end."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Document) -> Iterator[str]:
    policy = document.policy
    yield policy.title or UNTITLED
    yield ""
    for field in document.fields:
        yield f"{field.name}：{field.value}"
    yield f"原文地址：{policy.url}"
    if document.stored.withdrawn:
        yield "原站已撤下，以下是撤下之前保存的内容。"
    yield from ("", RULE, "", policy.text or "（没有读到正文）")
    for file in document.files:
        yield from ("", RULE, "", *_of_file(file))
    yield from ("", RULE, "", document.citation, "非官方来源，以原文为准。")


def _of_file(file: File) -> Iterator[str]:
    yield f"{file.label}：{file.attachment.name}"
    yield file.attachment.url
    yield ""
    yield file.attachment.text.replace(PAGE_BREAK, "\n\n") or f"（{file.trouble or '没有文字'}）"
