"""Reads the form of a key for another program; what cannot be taken is refused with its reason. Stores nothing."""

from collections.abc import Mapping
from datetime import date, timedelta
from ipaddress import ip_network

from dashboards.staff.settings_pages.fields import read_whole
from feedback.accounts.powers import join_codes
from feedback.api_keys import LONGEST_LIFE, SCOPES, USUAL_QUOTA, ApiKey, Network, Reach, read_key_text
from surveys.case_errors import SettingRefusedError

LONGEST_HOLDER, MOST_CODES, MOST_NETWORKS, LARGEST_QUOTA = 100, 500, 50, 100_000
EMPTY: Mapping[str, str] = {
    "holder": "",
    **{f"scope_{scope}": "" for scope in SCOPES},
    "everywhere": "",
    "provinces": "",
    "communes": "",
    "units": "",
    "networks": "",
    "days": str(LONGEST_LIFE.days),
    "quota": str(USUAL_QUOTA),
}


def read_key(form: Mapping[str, str], text: str, today: date) -> ApiKey:
    """`text` is the whole new key. Raises SettingRefusedError."""
    shown = read_key_text(text)
    holder = " ".join(form["holder"].split())
    if not (holder.isprintable() and 1 <= len(holder) <= LONGEST_HOLDER):
        raise SettingRefusedError(reason="key-holder", longest=str(LONGEST_HOLDER))
    scopes = tuple(scope for scope in SCOPES if form[f"scope_{scope}"] == "yes")
    if not scopes:
        raise SettingRefusedError(reason="key-scope")
    return ApiKey(
        key_id=shown.key_id,
        holder=holder,
        secret_hash=shown.secret_hash,
        scopes=scopes,
        reach=read_reach(form),
        networks=read_networks(form["networks"]),
        quota=read_whole(form["quota"], "key-quota", 1, LARGEST_QUOTA),
        made_on=today,
        expires_on=today + timedelta(days=read_whole(form["days"], "key-days", 1, LONGEST_LIFE.days)),
    )


def read_reach(form: Mapping[str, str]) -> Reach:
    """Codes with commas, semicolons, spaces or lines between. Raises SettingRefusedError."""
    provinces, communes, units = (join_codes([split(form[name])]) for name in ("provinces", "communes", "units"))
    if len(provinces) + len(communes) + len(units) > MOST_CODES:
        raise SettingRefusedError(reason="key-codes", largest=str(MOST_CODES))
    return Reach(form["everywhere"] == "yes", provinces, communes, units)


def read_networks(text: str) -> tuple[Network, ...]:
    """Raises SettingRefusedError."""
    parts = split(text)
    try:
        networks = tuple(ip_network(part) for part in parts)
    except ValueError:
        raise SettingRefusedError(reason="key-network") from None
    if len(networks) > MOST_NETWORKS:
        raise SettingRefusedError(reason="key-networks", largest=str(MOST_NETWORKS))
    return networks


def split(text: str) -> tuple[str, ...]:
    return tuple(text.replace(",", " ").replace(";", " ").split())
