"""The address inside a printed square: made once here, because paper outlives every later version.

Capitals only, so that the square stays in alphanumeric mode and its modules stay large.
"""

import re
from urllib.parse import SplitResult, urlsplit

from surveys.codes import read_desk_code
from surveys.errors import UnprintableAddressError

_DEFAULT_PORTS = {"http": 80, "https": 443}
_PRINTABLE_HOST = re.compile(r"[a-z0-9.-]+")


def make_desk_address(base_url: str, code: str) -> str:
    """`HTTPS://DG.TINH.GOV.VN/Q/7K3MQ9XWC`; raises for a wrong code or a host that cannot be printed."""
    return f"{_split(base_url).scheme}://{name_host(base_url)}/Q/{read_desk_code(code)}".upper()


def name_host(base_url: str) -> str:
    """The host a citizen compares with the browser's, in capitals; with its port when that is unusual."""
    parts = _split(base_url)
    port = "" if parts.port in {None, _DEFAULT_PORTS[parts.scheme]} else f":{parts.port}"
    return f"{parts.hostname}{port}".upper()


def _split(base_url: str) -> SplitResult:
    try:
        parts = urlsplit(base_url)
        is_printable = (
            parts.scheme in _DEFAULT_PORTS
            and _PRINTABLE_HOST.fullmatch(parts.hostname or "") is not None
            # Reading the port judges it: a wrong one raises ValueError.
            and parts.port != 0
            and parts.path in {"", "/"}
            and not (parts.query or parts.fragment or parts.username)
        )
    except ValueError:
        is_printable = False
        parts = SplitResult("", "", "", "", "")
    if not is_printable:
        raise UnprintableAddressError(address=base_url)
    return parts
