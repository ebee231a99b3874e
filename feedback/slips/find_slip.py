"""Finds the visit behind a token or a typed code, and says why it cannot be rated. Changes nothing but PIN tries."""

from datetime import datetime

import msgspec

from feedback.database import Connection
from feedback.record_response import end_of_change_window, read_local_day
from feedback.slips.derive_keys import SlipSecrets
from feedback.slips.rules import find_slip_rules
from feedback.slips.tokens import SlipToken, is_genuine, is_right_pin, make_slip_token, read_pin, read_slip_code
from feedback.tables.responses import select_response
from feedback.tables.slip_views import SlipView, select_slip_view
from feedback.tables.visit_slips import give_pin_try_back, take_pin_try
from surveys.codes import hash_token
from surveys.errors import (
    ExpiredSlipError,
    SlipPinClosedError,
    SpentSlipError,
    UnknownSlipError,
    WithdrawnSlipError,
    WrongPinError,
)


class OpenSlip(msgspec.Struct, frozen=True):
    """A visit that may be rated now, or whose rating may still be changed."""

    view: SlipView
    rating_token: str
    is_spent: bool


async def find_slip(connection: Connection, token: SlipToken, secrets: SlipSecrets, now: datetime) -> OpenSlip:
    """Raises UnknownSlipError, WithdrawnSlipError, ExpiredSlipError or SpentSlipError.

    Their detail `desk` is the code of the desk where an ordinary rating is welcome, or empty.
    """
    view = await select_slip_view(connection, token.slip_id, read_local_day(now)[0])
    if view is None:
        raise UnknownSlipError(desk="")
    if view.epoch != view.desk_epoch:
        raise WithdrawnSlipError(desk=view.desk_code)
    if not is_genuine(token, secrets.derive_desk_key(view.desk_id, view.epoch, view.salt)):
        raise UnknownSlipError(desk=view.desk_code)
    return await open_slip(connection, view, secrets, now)


async def open_slip(connection: Connection, view: SlipView, secrets: SlipSecrets, now: datetime) -> OpenSlip:
    """A genuine slip, unless its time has passed."""
    ended = read_local_day(now)[0] >= view.valid_to
    if view.nonce is None or (ended and view.spent_on is None):
        # What is closed before its end was spent.
        error = ExpiredSlipError if ended else SpentSlipError
        raise error(desk=view.desk_code, day=f"{view.valid_to:%d/%m/%Y}")
    rating_token = secrets.make_rating_token(view.slip_id, view.nonce)
    if view.spent_on is not None:
        first = await select_response(connection, view.unit_id, hash_token(rating_token))
        if first is None or now > end_of_change_window(first):
            raise SpentSlipError(desk=view.desk_code)
    return OpenSlip(view, rating_token, view.spent_on is not None)


async def find_typed_slip(connection: Connection, code: str, pin: str, secrets: SlipSecrets, now: datetime) -> str:
    """The token of a slip whose code and PIN were typed. Not inside a transaction: a wrong try must stay counted.

    Raises MalformedSlipCodeError, WrongCheckSymbolError, UnknownSlipError, WithdrawnSlipError, WrongPinError that
    says how many tries are left, or SlipPinClosedError.
    """
    slip_id, pin = read_slip_code(code), read_pin(pin)
    day, _ = read_local_day(now)
    view = await select_slip_view(connection, slip_id, day)
    if view is None:
        raise UnknownSlipError(desk="")
    if view.epoch != view.desk_epoch:
        raise WithdrawnSlipError(desk=view.desk_code)
    most = find_slip_rules(day).pin_tries
    taken = await take_pin_try(connection, slip_id, most)
    if taken is None:
        raise SlipPinClosedError(desk=view.desk_code)
    desk_key = secrets.derive_desk_key(view.desk_id, view.epoch, view.salt)
    if not is_right_pin(slip_id, pin, desk_key):
        raise WrongPinError(left=most - taken, desk=view.desk_code)
    await give_pin_try_back(connection, slip_id)
    return make_slip_token(slip_id, desk_key)
