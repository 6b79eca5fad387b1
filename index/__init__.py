"""Finding policies: one contract, two engines."""
