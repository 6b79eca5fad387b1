"""One real Elasticsearch node of this machine, for tests, measurements and use by hand."""
