"""No answer sends a reader elsewhere: not to the host that a request names, nor to one in its address."""

import pytest
from served_portal import Served

FOREIGN = {"host": "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "https"}
PATHS = [
    "/sites/",
    "/search/?q=%E9%80%9A%E7%9F%A5",
    "/statistics/",
    "/browse/",
    "/library/policy/",
    "/policies/{id}/",
    "/api/v1/policies/",
    "/api/v1/changes/?since=0",
    "/feeds/policies.atom/",
    "/static",
    "//evil.example/",
    "//evil.example/sites/",
    "//evil.example/%2e%2e",
    "/%5Cevil.example/",
    "/sites//evil.example/",
    "/search?next=//evil.example&return=https://evil.example&url=//evil.example",
]


@pytest.mark.parametrize("path", PATHS)
def test_no_answer_redirects(portal: Served, path: str) -> None:
    path = path.format(id=portal.policies[0].id)
    # As bytes: a client would read what begins with two slashes as a host.
    url = portal.client.base_url.copy_with(raw_path=path.encode())
    answer = portal.client.get(url, headers=FOREIGN, follow_redirects=False)
    assert "location" not in answer.headers and not answer.is_redirect
    assert "evil.example" not in answer.headers.get("content-location", "")


def test_a_number_leads_to_its_document_without_naming_a_host(portal: Served) -> None:
    number = next(one.doc_number for one in portal.policies if one.doc_number)
    answer = portal.client.get("/search", params={"q": number}, headers=FOREIGN, follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/policies/")
