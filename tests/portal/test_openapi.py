"""The API keeps to its own description, whatever is asked: schemathesis over every operation."""

import pytest
from served_portal import Served

from benchmarks.openapi_fuzz import fuzz, known_values

pytestmark = pytest.mark.slow

# Of each operation so many sound and so many unsound requests; `benchmarks.openapi_fuzz` makes more.
EXAMPLES = 8


@pytest.mark.filterwarnings("ignore")
def test_every_answer_is_one_that_the_description_tells_of(portal: Served) -> None:
    policy = next(one for one in portal.policies if one.doc_number)
    address = str(portal.client.base_url).rstrip("/")
    found = fuzz(address, EXAMPLES, 1, known_values(policy))
    assert found.failures == []
    assert not [status for status in found.statuses if status >= 500]
    assert {200, 404, 422} <= set(found.statuses)
