"""A small country that does not exist, on this machine, with known truth."""
