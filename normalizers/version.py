"""The version of this package's reading, stored with every record."""

# Raised whenever the same bytes may give another Policy: they are then read again.
EXTRACTOR_VERSION = 4
