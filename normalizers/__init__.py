"""Understanding pages: pure functions, bytes or text in, values out."""
