"""Attachments to text: one small reader a format, run in a contained child process."""
