"""Where a sign-in may lead back to: pages for staff on this very site, and nothing else."""

import re
from urllib.parse import unquote, urlsplit

from feedback.web.bodies import Request

HOME = "/staff"
LONGEST = 2000
# Printable ASCII as browsers send it; no backslash, which some take for a slash.
OWN = re.compile(r"/staff/[!-\[\]-~]+")


def read_own_path(text: str) -> str:
    """The address if it is one of ours, else the home of staff."""
    if len(text) > LONGEST or OWN.fullmatch(text) is None or "//" in text.partition("?")[0]:
        return HOME
    path = unquote(urlsplit(text).path)
    is_plain = "\\" not in path and path.isprintable() and not {".", ".."} & set(path.split("/"))
    return text if is_plain else HOME


def name_asked_path(request: Request) -> str:
    """The address of a request with its question, if one may be led back to it."""
    raw: bytes = request.scope.get("raw_path") or request.scope["path"].encode()
    query = request.scope["query_string"]
    return read_own_path((raw.partition(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1"))
