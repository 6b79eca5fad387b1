"""What a search form makes of its filters."""

from portal.forms import SearchForm


def test_a_body_is_found_by_its_short_and_its_full_name() -> None:
    asked = SearchForm(filters={"issuer": ["国办", "演示局"], "level": ["national"]}).request()
    assert asked.request.filters == {"issuer": ("国办", "国务院办公厅", "演示局"), "level": ("national",)}
