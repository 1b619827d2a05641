"""Which content types and file extensions match: a table of our own, since Python's knows more
or less on each machine.
"""

from __future__ import annotations

_EXTENSIONS = {
    "application/epub+zip": ("epub",),
    "application/gzip": ("gz", "tgz"),
    "application/json": ("json",),
    "application/msword": ("doc", "dot"),
    "application/octet-stream": ("bin",),
    "application/pdf": ("pdf",),
    "application/postscript": ("ps", "eps", "ai"),
    "application/rtf": ("rtf",),
    "application/vnd.ms-excel": ("xls", "xlt"),
    "application/vnd.ms-outlook": ("msg",),
    "application/vnd.ms-powerpoint": ("ppt", "pps", "pot"),
    "application/vnd.oasis.opendocument.presentation": ("odp",),
    "application/vnd.oasis.opendocument.spreadsheet": ("ods",),
    "application/vnd.oasis.opendocument.text": ("odt",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": ("pptx",),
    "application/vnd.openxmlformats-officedocument.presentationml.slideshow": ("ppsx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    "application/x-7z-compressed": ("7z",),
    "application/x-tar": ("tar",),
    "application/x-zip-compressed": ("zip",),
    "application/xml": ("xml", "xsd", "xsl"),
    "application/zip": ("zip",),
    "audio/aac": ("aac",),
    "audio/flac": ("flac",),
    "audio/mp4": ("m4a", "mp4"),
    "audio/mpeg": ("mp3", "mpga"),
    "audio/ogg": ("ogg", "oga", "opus"),
    "audio/wav": ("wav",),
    "audio/x-wav": ("wav",),
    "image/avif": ("avif",),
    "image/bmp": ("bmp",),
    "image/gif": ("gif",),
    "image/heic": ("heic",),
    "image/jpeg": ("jpg", "jpeg", "jpe"),
    "image/png": ("png",),
    "image/svg+xml": ("svg",),
    "image/tiff": ("tif", "tiff"),
    "image/vnd.microsoft.icon": ("ico",),
    "image/webp": ("webp",),
    "image/x-icon": ("ico",),
    "message/rfc822": ("eml",),
    "text/calendar": ("ics",),
    "text/css": ("css",),
    "text/csv": ("csv",),
    "text/html": ("html", "htm"),
    "text/javascript": ("js", "mjs"),
    "text/markdown": ("md", "markdown"),
    "text/plain": ("txt", "text", "log"),
    "text/rtf": ("rtf",),
    "text/tab-separated-values": ("tsv",),
    "text/vcard": ("vcf",),
    "text/xml": ("xml", "xsd", "xsl"),
    "video/mp4": ("mp4", "m4v"),
    "video/mpeg": ("mpeg", "mpg"),
    "video/ogg": ("ogv",),
    "video/quicktime": ("mov", "qt"),
    "video/webm": ("webm",),
    "video/x-msvideo": ("avi",),
}

_KNOWN = frozenset(extension for listed in _EXTENSIONS.values() for extension in listed)


def _extension(file_name: str) -> str:
    return file_name.rpartition(".")[2].lower()


def is_known(content_type: str, file_name: str) -> bool:
    """Whether the table has the type, or the extension of the name."""
    return content_type in _EXTENSIONS or _extension(file_name) in _KNOWN


def fits(content_type: str, file_name: str) -> bool:
    """Whether such files are called so; of what the table does not know, it is believed."""
    if not is_known(content_type, file_name):
        return True
    return _extension(file_name) in _EXTENSIONS.get(content_type, ())
