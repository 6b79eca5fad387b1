"""Commands that measure the bars; each prints its figures and exits 1 when a bar is missed."""
