"""The address inside a slip's square and SMS. Capitals only, so that the square stays in alphanumeric mode."""

from urllib.parse import urlsplit

from feedback.posters.address import name_host


def make_slip_address(base_url: str, token: str) -> str:
    """`HTTPS://DG.TINH.GOV.VN/V/7K3MQ9XW4D2NR8TA`; UnprintableAddressError for a host that cannot be printed."""
    host = name_host(base_url)
    return f"{urlsplit(base_url).scheme}://{host}/V/{token}".upper()


def make_typing_address(base_url: str) -> str:
    """Where code and PIN are typed: `DG.TINH.GOV.VN/V`."""
    return f"{name_host(base_url)}/V"
