"""Endings of the files that offices publish, for patterns that find them.

Office, WPS (wps, et, dps), PDF, OFD (GB/T 33190-2016), CEB, archives, plain text, pictures of pages.
"""

FILES = r"pdf|docx?|wps|ofd|xlsx?|et|dps|zip|rar|7z|pptx?|ceb|rtf|csv|txt|tiff?"
FILES_AND_PICTURES = FILES + r"|jpe?g|png"
