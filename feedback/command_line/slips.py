"""`langnghe slips`: visit slips for desks whose software cannot ask for them itself."""

import csv
import datetime as dt
import sys
from pathlib import Path

import click

from feedback.command_line.session import connect, console, fill_secret, read_wording, run
from feedback.record_response import read_local_day
from feedback.settings import Settings
from feedback.slips.address import make_slip_address
from feedback.slips.check_requests import RefusedSlip, SlipRequest
from feedback.slips.derive_keys import make_slip_secrets
from feedback.slips.draw_slips import draw_slips
from feedback.slips.end_slips import rekey_desk
from feedback.slips.issue_slips import Answer, IssuedSlip, issue_slips
from feedback.slips.sms import write_sms
from feedback.tables.slip_desks import select_issuing_desks
from surveys.codes import print_desk_code
from surveys.errors import UnknownPlaceError
from surveys.wording import Wording

# Whoever works at the server is one issuer.
ISSUER = "command line"


@click.group()
def slips() -> None:
    """Issue visit slips, and end those of a desk."""


@slips.command("issue")
@click.option("--unit", required=True, help="Code of the unit.")
@click.option("--desk", required=True, help="Number of the desk.")
@click.option("--procedure", required=True, help="Code of the procedure.")
@click.option("--official", help="Code of the official; not needed where only one serves at the desk.")
@click.option("--count", type=click.IntRange(1, 1000), default=1, show_default=True, help="How many visits.")
@click.option("--reference", help="Your own name for the dossier, so that it gets one slip; only with one visit.")
@click.option("--sms", "as_sms", is_flag=True, help="Show the text of an SMS.")
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Write receipts 58 mm wide to this file.")
def slips_issue(
    unit: str,
    desk: str,
    procedure: str,
    official: str | None,
    count: int,
    reference: str | None,
    pdf: Path | None,
    *,
    as_sms: bool,
) -> None:
    """Issue slips for dossiers finished or refused today, and show for each its address, code and PIN."""
    if reference and count > 1:
        raise click.UsageError("--reference: --count 1")

    async def work(settings: Settings) -> int:
        settings = fill_secret(settings)
        today, _ = read_local_day(dt.datetime.now(dt.UTC))
        requests = [SlipRequest(unit, desk, procedure, official, reference)] * count
        async with connect(settings) as connection:
            secrets = make_slip_secrets(settings.secret)
            answers = await issue_slips(connection, requests, secrets, today, issuer=ISSUER)
        return show_answers(settings, read_wording(settings.language), answers, pdf, as_sms=as_sms)

    sys.exit(run(work))


def show_answers(settings: Settings, wording: Wording, answers: list[Answer], pdf: Path | None, *, as_sms: bool) -> int:
    issued = [answer for answer in answers if isinstance(answer, IssuedSlip)]
    refused = [(row, answer) for row, answer in enumerate(answers, 1) if isinstance(answer, RefusedSlip)]
    for slip in issued:
        show_slip(settings, wording, slip, as_sms=as_sms)
    for row, answer in refused:
        reason = wording.say(f"reason.{answer.reason}")
        console.print(wording.say("cli.slip-refused", row=row, field=answer.field, reason=reason), markup=False)
    if pdf is not None and issued:
        pdf.write_bytes(draw_slips(issued, settings.base_url))
        console.print(wording.say("cli.slip-file", path=pdf.absolute()), markup=False)
    console.print(wording.say("cli.slips-issued", issued=len(issued), refused=len(refused)))
    return 1 if refused else 0


def show_slip(settings: Settings, wording: Wording, slip: IssuedSlip, *, as_sms: bool) -> None:
    address = make_slip_address(settings.base_url, slip.token)
    row = (address, print_desk_code(slip.code), slip.pin, slip.valid_to.isoformat())
    csv.writer(sys.stdout, lineterminator="\n").writerow(row)
    if as_sms:
        sms = write_sms(slip, settings.base_url, wording)
        said = wording.say("cli.slip-sms", letters=sms.letters, parts=sms.parts, text=sms.text)
        console.print(said, markup=False)


@slips.command("rekey")
@click.option("--unit", required=True, help="Code of the unit.")
@click.option("--desk", required=True, help="Number of the desk.")
def slips_rekey(unit: str, desk: str) -> None:
    """Give one desk new slip keys at once: every slip it has out is no longer good. For lost or copied slips."""

    async def work(settings: Settings) -> None:
        wording = read_wording(settings.language)
        today, _ = read_local_day(dt.datetime.now(dt.UTC))
        async with connect(settings) as connection:
            found = (await select_issuing_desks(connection, [unit], today)).get((unit, desk))
            if found is None:
                raise UnknownPlaceError
            epoch = await rekey_desk(connection, found.desk_id, today)
        if epoch is None:
            console.print(wording.say("cli.slips-never", desk=desk, unit=unit), markup=False)
        else:
            console.print(wording.say("cli.slips-rekeyed", desk=desk, unit=unit, epoch=epoch), markup=False)

    run(work)
