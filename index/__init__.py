"""Finding policies: one contract, one embedded engine."""
