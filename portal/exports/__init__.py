"""Taking results away: one model of rows, a writer a format, files, the full dump and the API."""
