"""The command line: ``handrail``, or ``python -m bot``.

Each command reads only what it needs, so that asking for help is quick.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated

import typer

from bot.content.commands import content
from bot.errors import HandrailError, Refused, SettingsError

cli = typer.Typer(
    name="handrail",
    help="A Discord bot for peer support in and after an Intensive Outpatient Program.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
keys = typer.Typer(help="Keys with which Handrail seals what it keeps.", no_args_is_help=True)
cli.add_typer(keys, name="keys")
cli.add_typer(content, name="content")


@cli.command()
def run() -> None:
    """Run the bot. Stops on Ctrl-C."""
    with _importing_quickly():
        from bot.app import run as run_bot
        from bot.settings import load_settings

    asyncio.run(run_bot(load_settings()))


@cli.command()
def rehearse(
    script: Annotated[
        Path | None, typer.Argument(help="Another script than the first week.")
    ] = None,
    also_script: Annotated[
        Path | None, typer.Option("--script", help="The same, by name.", metavar="SCRIPT")
    ] = None,
    json: Annotated[Path | None, typer.Option(help="Write every event here, one a line.")] = None,
    page: Annotated[bool, typer.Option("--page", help="Open it as a page in a browser.")] = False,
    port: Annotated[int | None, typer.Option(help="Where the page listens. 0: any port.")] = None,
) -> None:
    """Play a programme on a Discord of your own machine. Needs no token and no network."""
    from bot.paths import shipped_data

    if script and also_script:
        raise Refused("Name one script, either by itself or after --script.")
    chosen = script or also_script or shipped_data() / "rehearsals" / "first-week.yaml"
    if page:
        from bot.rehearsal.page.command import PORT, serve

        raise typer.Exit(asyncio.run(serve(chosen, PORT if port is None else port, typer.echo)))
    from bot.rehearsal.command import rehearse as play

    raise typer.Exit(asyncio.run(play(chosen, json)))


@cli.command()
def check(
    data: Annotated[Path | None, typer.Option(help="Another folder than the shipped data.")] = None,
    form: Annotated[
        str, typer.Option("--format", help="text, or json for other programs.", metavar="FORMAT")
    ] = "text",
) -> None:
    """Check content, crisis lines, translations, lexicon, rehearsals, names of settings."""
    if form not in ("text", "json"):
        raise Refused(f"The format {form!r} is not known; write text or json.")
    from bot.check import check as check_data
    from bot.clock import SystemClock
    from bot.paths import shipped_data
    from bot.settings import load_settings, unknown_variables

    wrong = [
        f"{name} is not a setting of Handrail." + (f" Did you mean {near}?" if near else "")
        for name, near in unknown_variables(os.environ)
    ]
    overlay = None
    try:
        settings = load_settings(needs=())
        data, overlay = data or settings.content_dir, settings.content_overlay
    except SettingsError as error:
        wrong += str(error).splitlines()
    report = check_data(data or shipped_data(), SystemClock().now().date(), overlay)
    if form == "json":
        typer.echo(report.as_json(wrong))
        raise typer.Exit(bool(wrong or report.problems))
    wrong += map(str, report.problems)
    for warning in report.warnings:
        typer.echo(f"warning: {warning}")
    for sentence in wrong:
        typer.echo(sentence, err=True)
    if wrong:
        typer.echo(f"{len(wrong)} to mend.", err=True)
        raise typer.Exit(1)
    typer.echo("ok\n" + "\n".join(f"  {line}" for line in report.counts))


@cli.command()
def migrate() -> None:
    """Bring the database to this version of Handrail."""
    from bot.settings import load_settings, make_data_dir
    from bot.storage.engine import Database
    from bot.storage.migrate import head, upgrade

    async def work() -> None:
        settings = load_settings(needs=())
        make_data_dir(settings)
        async with Database.open(settings.database_url.get_secret_value()) as db:
            await upgrade(db)
            typer.echo(f"{db.place} is at revision {head()}.")

    asyncio.run(work())


@cli.command()
def screen(
    file: Annotated[
        Path | None, typer.Argument(help="JSON Lines with id and text. Standard input if left out.")
    ] = None,
    explain: Annotated[bool, typer.Option(help="Say in words why each rule fired.")] = False,
    lexicon: Annotated[Path | None, typer.Option(help="Another folder of lexicons.")] = None,
) -> None:
    """Screen messages of your own and see which rules fire. Nothing is kept."""
    from bot.distress.command import screen_lines
    from bot.distress.screen import Screener
    from bot.paths import shipped_data

    screener = Screener.load(lexicon or shipped_data() / "distress")
    try:
        with (
            file.open(encoding="utf-8") if file else nullcontext(sys.stdin) as lines,
            _progress(file) as advance,
        ):
            status = screen_lines(
                lines, sys.stdout, sys.stderr, screener, explain=explain, advance=advance
            )
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise Refused(f"{file or 'The input'} is not UTF-8; save it as UTF-8.") from error
    raise typer.Exit(status)


@keys.command("new")
def keys_new() -> None:
    """Print a new key. Keep a copy: without it what was kept cannot be read any more."""
    from bot.storage.secrets import new_key

    typer.echo(new_key())


@keys.command("rotate")
def keys_rotate() -> None:
    """Seal everything again with the first key of HANDRAIL_ENCRYPTION_KEYS."""
    from bot.settings import load_settings
    from bot.storage.engine import Database
    from bot.storage.migrate import require_head
    from bot.storage.secrets import Keyring

    async def work() -> None:
        settings = load_settings(needs=("encryption_keys",))
        ring = Keyring([key.get_secret_value() for key in settings.encryption_keys])
        async with Database.open(settings.database_url.get_secret_value()) as db:
            await require_head(db)
            count = await ring.rotate_all(db)
        typer.echo(f"{count} values are sealed with the first key. Older keys can go.")

    asyncio.run(work())


@contextmanager
def _progress(file: Path | None) -> Iterator[Callable[[], None]]:
    """A bar on a terminal, where the results go elsewhere; what is called after each line."""
    if file is None or sys.stdout.isatty() or not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with file.open("rb") as counted:
        total = sum(1 for _ in counted)
    with Progress(console=Console(stderr=True), redirect_stdout=False) as bar:
        task = bar.add_task(file.name, total=total)
        yield lambda: bar.advance(task)


@contextmanager
def _importing_quickly() -> Iterator[None]:
    """Import without looking for garbage: there is none, and looking takes a sixth of the start.

    What was imported stays for good, so it is not looked at later either, while somebody waits.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def main() -> None:
    """Entry point. What goes wrong ends in a sentence, not in a traceback."""
    try:
        cli()
    except HandrailError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
