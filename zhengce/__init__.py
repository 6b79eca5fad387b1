"""The front door: command line, configuration and the nightly job."""
