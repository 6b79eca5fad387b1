"""Which tests there are depends on the extra `ocr`, which is too large to be installed for all."""

from normalizers.attachments import ocr

collect_ignore = [] if ocr.is_installed() else ["test_attachment_ocr.py"]
