"""Getting pages: site files, platforms, the spider, middlewares and the run."""
