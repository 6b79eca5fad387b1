"""One class a CMS family: how its list pages, paging and detail pages look."""
