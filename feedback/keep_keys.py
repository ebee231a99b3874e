"""Adds keys of other programs. One that reads scores an administrator proposes, and another approves.

What is proposed and approved runs inside a transaction of its caller.
"""

from datetime import date, datetime

import msgspec

from feedback.accounts.powers import Account
from feedback.api_keys import MOST_KEYS_A_HOLDER, ApiKey
from feedback.database import Connection
from feedback.set_parameters import note
from feedback.tables.administered_keys import KeyLine
from feedback.tables.api_keys import (
    approve_api_key,
    count_active_keys,
    insert_api_key,
    lock_holders,
    select_known_codes,
)
from surveys.case_errors import SettingRefusedError
from surveys.errors import KeyCoversNothingError, TooManyKeysError, UnknownPlaceError

READS_SCORES = "evaluation"
REFUSALS = {"revoked": "key-revoked", "lapsed": "key-lapsed"}


async def add_key(connection: Connection, key: ApiKey) -> None:
    """Raises KeyCoversNothingError, UnknownPlaceError or TooManyKeysError."""
    if key.reach.everywhere == bool(key.reach.provinces or key.reach.communes or key.reach.units):
        raise KeyCoversNothingError
    async with connection.transaction():
        named = {*key.reach.provinces, *key.reach.communes, *key.reach.units}
        if named - await select_known_codes(connection, key.reach):
            raise UnknownPlaceError
        await lock_holders(connection)
        active = await count_active_keys(connection, key.holder, key.made_on)
        if active >= MOST_KEYS_A_HOLDER:
            raise TooManyKeysError(holder=key.holder, count=active)
        await insert_api_key(connection, key)


async def propose_key(connection: Connection, by: Account, key: ApiKey, now: datetime) -> ApiKey:
    """As it was stored: a key that reads scores waits for somebody else, as the role `personnel` does.

    Raises KeyCoversNothingError, UnknownPlaceError or TooManyKeysError.
    """
    reads_scores = READS_SCORES in key.scopes
    stored = msgspec.structs.replace(key, proposed_by=by.account_id) if reads_scores else key
    await add_key(connection, stored)
    details = {"holder": key.holder, "scopes": ", ".join(key.scopes), "where": key.reach.describe()[:200]}
    deed = "key-proposed" if reads_scores else "key-made"
    await note(connection, by, now, deed, "key", f"lnk_{key.key_id}", **details)
    return stored


async def approve_key(connection: Connection, by: Account, line: KeyLine, today: date, now: datetime) -> None:
    """Raises SettingRefusedError."""
    state = line.name_state(today)
    if state != "waiting":
        raise SettingRefusedError(reason=REFUSALS.get(state, "key-not-waiting"))
    if line.proposed_by == by.account_id:
        raise SettingRefusedError(reason="key-own")
    if not await approve_api_key(connection, line.key_id, by.account_id, now):
        raise SettingRefusedError(reason="key-not-waiting")
    details = {"holder": line.holder, "where": line.reach.describe()[:200]}
    await note(connection, by, now, "key-approved", "key", f"lnk_{line.key_id}", **details)
