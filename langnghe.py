"""The one program's command line: each command is read once it is asked for, so that none waits for all."""

from collections.abc import Mapping
from importlib import import_module

import click

from feedback.logs import set_up_logs

COMMANDS: Mapping[str, str] = {
    **dict.fromkeys(["up", "serve", "work", "demo"], "wiring"),
    "db": "feedback.command_line.db",
    "catalogue": "feedback.command_line.catalogue",
    "accounts": "feedback.command_line.accounts",
    "posters": "feedback.command_line.posters",
    "keys": "feedback.command_line.keys",
    "slips": "feedback.command_line.slips",
    "dossiers": "feedback.command_line.dossiers",
    "officials": "dashboards.command_line.officials",
    "pilots": "dashboards.command_line.pilots",
    "release": "dashboards.command_line.releases",
    "explain": "dashboards.command_line.explain",
    "reviews": "dashboards.command_line.reviews",
    "reports": "dashboards.command_line.reports",
    "alerts": "dashboards.command_line.alerts",
    "webhooks": "dashboards.command_line.webhooks",
    **dict.fromkeys(["bot", "chat"], "bots.command_line"),
}


class Commands(click.Group):
    """Knows its commands by the name of the module they stand in, under their own name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (click's own way)
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 (click's own way)
        module = COMMANDS.get(cmd_name)
        return getattr(import_module(module), cmd_name) if module else None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="langnghe")
def main() -> None:
    r"""Lắng Nghe: citizens rate the service at public desks; the ratings become fair indicators.

    \b
    First steps on a new server:
      langnghe up                          start everything on http://127.0.0.1:8080
      langnghe catalogue template x.xlsx   a workbook to fill in: units, desks, officials, procedures
      langnghe catalogue import x.xlsx     read it (add --dry-run to only check it)
      langnghe posters card                print a card with a QR code for every desk

    Settings are environment variables, described in docs/operations.md.
    """
    set_up_logs()


if __name__ == "__main__":
    main()
