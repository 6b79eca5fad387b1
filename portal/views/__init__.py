"""Pages that show the library without a query: home, library views, browsing, sources, statistics."""
