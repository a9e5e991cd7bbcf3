"""The host's settings: what is read, what is refused, and with which sentence."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from dotenv import dotenv_values

from bot.errors import SettingsError
from bot.settings import Settings, load_settings, unknown_variables

NEEDED = {"HANDRAIL_DISCORD_TOKEN": "t0ken", "HANDRAIL_ENCRYPTION_KEYS": "k3y-one, k3y-two"}
EXAMPLE = Path(__file__).parent.parent / ".env.example"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """An environment without settings and a folder without ``.env``."""
    for name in list(os.environ):
        if name.upper().startswith("HANDRAIL_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def test_only_token_and_keys_are_needed() -> None:
    """Everything else has a value that is right for one programme on one machine."""
    settings = load_settings(NEEDED)
    assert settings.discord_token.get_secret_value() == "t0ken"
    assert [key.get_secret_value() for key in settings.encryption_keys] == ["k3y-one", "k3y-two"]
    assert settings.database_url.get_secret_value() == (
        "sqlite+aiosqlite:///handrail-data/handrail.sqlite3"
    )
    assert settings.data_dir == Path("handrail-data")
    assert (settings.content_dir, settings.discord_api, settings.rehearsal) == (None, None, None)
    assert (settings.log_format, settings.log_level) == ("json", "info")


def test_a_missing_token_and_key_are_told_together() -> None:
    """Each missing thing is one line: where to get it, and how to do without a token."""
    with pytest.raises(SettingsError) as caught:
        load_settings({"HANDRAIL_DISCORD_TOKEN": ""})
    token, key = str(caught.value).splitlines()
    assert "https://discord.com/developers/applications" in token
    assert "`handrail rehearse`" in token
    assert "`handrail keys new`" in key


def test_commands_say_what_they_need() -> None:
    """A command that talks to no Discord and opens nothing works without token and keys."""
    assert not load_settings({}, needs=()).discord_token
    with pytest.raises(SettingsError, match=r"^HANDRAIL_ENCRYPTION_KEYS is missing"):
        load_settings({}, needs=("encryption_keys",))


def test_the_database_lies_in_the_data_folder_unless_said_otherwise() -> None:
    """The folder moves the default file, and an address of its own wins."""
    moved = load_settings({**NEEDED, "HANDRAIL_DATA_DIR": "/srv/handrail"})
    own = load_settings({**NEEDED, "HANDRAIL_DATABASE_URL": "postgresql+asyncpg://u:p@h/n"})
    assert moved.database_url.get_secret_value() == (
        "sqlite+aiosqlite:////srv/handrail/handrail.sqlite3"
    )
    assert own.database_url.get_secret_value() == "postgresql+asyncpg://u:p@h/n"


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``.env`` in the working folder is read, and a variable of the process overrules it."""
    (tmp_path / ".env").write_text(
        "HANDRAIL_DISCORD_TOKEN=from-file\nHANDRAIL_ENCRYPTION_KEYS=k\nHANDRAIL_LOG_LEVEL=error\n"
    )
    monkeypatch.setenv("HANDRAIL_LOG_LEVEL", "debug")
    settings = load_settings()
    assert settings.discord_token.get_secret_value() == "from-file"
    assert settings.log_level == "debug"


def test_settings_made_by_hand_read_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A test that builds Settings can never pick up a real token from the file or environment."""
    (tmp_path / ".env").write_text("HANDRAIL_DISCORD_TOKEN=from-file\n")
    monkeypatch.setenv("HANDRAIL_DISCORD_TOKEN", "from-environment")
    assert not Settings().discord_token


def test_an_unknown_line_in_the_file_is_refused(tmp_path: Path) -> None:
    """A mistyped name in ``.env`` stops the start, is named, and its value is not shown."""
    (tmp_path / ".env").write_text("HANDRAIL_DISCORD_TOKN=t0ken\n")
    with pytest.raises(SettingsError) as caught:
        load_settings(needs=())
    assert str(caught.value) == (
        "HANDRAIL_DISCORD_TOKN in .env is not a setting of Handrail. "
        "Did you mean HANDRAIL_DISCORD_TOKEN?"
    )


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("LOG_FORMAT", "xml", "is not right: input should be 'json' or 'console'."),
        ("LOG_LEVEL", "loud", "is not right"),
        ("DISCORD_API", "proxy.example:8080", "must be an address that begins with http://"),
        ("DISCORD_API", "ftp://proxy.example", "must be an address that begins with http://"),
        ("REHEARSAL", "ws://rehearsal.example/control", "must be an address on this machine"),
        ("REHEARSAL", "http://127.0.0.1:8700/control", "must be an address on this machine"),
        ("REHEARSAL", "ws://127.0.0.1.example/control", "must be an address on this machine"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str, says: str) -> None:
    """A value that cannot be used is told by the setting's name and never repeated."""
    with pytest.raises(SettingsError) as caught:
        load_settings({**NEEDED, f"HANDRAIL_{name}": value})
    assert str(caught.value).startswith(f"HANDRAIL_{name} {says}")
    assert value not in str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "[::1]", "localhost"])
def test_a_rehearsal_on_this_machine_is_accepted(host: str) -> None:
    """Every way to write this machine's own address will do."""
    address = f"ws://{host}:8700/rehearsal/control"
    assert load_settings({**NEEDED, "HANDRAIL_REHEARSAL": address}).rehearsal == address


def test_a_proxy_address_loses_its_last_slash() -> None:
    """Paths are put behind it, so it never ends in a slash."""
    env = {**NEEDED, "HANDRAIL_DISCORD_API": "http://proxy:8080/api/v10/"}
    assert load_settings(env).discord_api == "http://proxy:8080/api/v10"


def test_secrets_do_not_show() -> None:
    """Neither repr nor str of the settings holds token, keys or the database's password."""
    env = {**NEEDED, "HANDRAIL_DATABASE_URL": "postgresql+asyncpg://u:passw0rd@h/n"}
    settings = load_settings(env)
    assert not re.search("t0ken|k3y|passw0rd", f"{settings!r} {settings} {settings.model_dump()}")


def test_mistyped_variables_are_named_with_the_nearest() -> None:
    """A wrong name or prefix is found with what was meant; other programs' variables are not."""
    environ = {
        "HANDRAIL_DISCORD_TOKN": "",
        "HANDRIAL_LOG_LEVEL": "",
        "HANDRAIL_ZZZZ": "",
        "HANDRAIL_DATA_DIR": "",
        "handrail_log_format": "",
        "DISCORD_TOKEN": "",
        "PATH": "",
    }
    assert unknown_variables(environ) == [
        ("HANDRAIL_DISCORD_TOKN", "HANDRAIL_DISCORD_TOKEN"),
        ("HANDRAIL_ZZZZ", None),
        ("HANDRIAL_LOG_LEVEL", "HANDRAIL_LOG_LEVEL"),
    ]


def test_the_example_holds_every_setting_with_one_comment_line() -> None:
    """``.env.example`` is pairs of a comment and a setting, all of them, and nothing else."""
    lines = EXAMPLE.read_text().splitlines()
    assert all(line.startswith("# ") and line.endswith(".") for line in lines[::2])
    names = [line.partition("=")[0] for line in lines[1::2]]
    assert names == ["HANDRAIL_" + name.upper() for name in Settings.model_fields]


def test_the_example_holds_the_defaults() -> None:
    """Copied as it is, the example changes nothing."""
    values = {name: value or "" for name, value in dotenv_values(EXAMPLE).items()}
    assert load_settings(values, needs=()) == load_settings({}, needs=())
