"""What the host decides: environment variables named ``HANDRAIL_...`` and the file ``.env``.

Built once, in ``bot.__main__``, and passed on. ``Settings(...)`` itself reads nothing; only
:func:`load_settings` looks at the environment and at ``.env`` in the working directory (the
environment wins). Every setting stands in ``.env.example`` with one line about it.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    DotEnvSettingsSource,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from bot.errors import SettingsError

_PREFIX = "HANDRAIL_"
_MISSING = {
    "discord_token": (
        "HANDRAIL_DISCORD_TOKEN is missing: make an application at "
        "https://discord.com/developers/applications, copy the token from its Bot page into the "
        "file .env; to look around first, type `handrail rehearse`, which needs no token."
    ),
    "encryption_keys": (
        "HANDRAIL_ENCRYPTION_KEYS is missing: type `handrail keys new` and copy the key it prints "
        "into the file .env; keep a second copy somewhere safe."
    ),
}


class Settings(BaseSettings):
    """The host's decisions, checked.

    Attributes:
        discord_token: the bot's token; empty where a command needs none.
        encryption_keys: Fernet keys, the first one seals; empty where a command needs none.
        database_url: SQLAlchemy's address of the database; secret because it may hold a password.
        data_dir: the folder for what Handrail keeps.
        content_dir: a folder used in place of the shipped ``data/``.
        content_overlay: a programme's own items and reviews, laid over the shipped ones.
        discord_api: address of a Discord REST proxy, without a slash at the end.
        rehearsal: control address of a rehearsal Discord on this machine, which moves the clock.
        log_format: ``json`` for machines, ``console`` for people.
        log_level: the least that is logged of Handrail itself; libraries never go below info.
    """

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        env_file=".env",
        env_ignore_empty=True,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
    )

    discord_token: SecretStr = SecretStr("")
    encryption_keys: Annotated[tuple[SecretStr, ...], NoDecode] = ()
    database_url: SecretStr = SecretStr("")
    data_dir: Path = Path("handrail-data")
    content_dir: Path | None = None
    content_overlay: Path | None = None
    discord_api: str | None = None
    rehearsal: str | None = None
    log_format: Literal["json", "console"] = "json"
    log_level: Literal["debug", "info", "warning", "error"] = "info"

    @property
    def rehearsal_gateway(self) -> str | None:
        """The gateway of the rehearsal Discord, which listens where its control socket does."""
        return self.rehearsal and self.rehearsal.removesuffix("/rehearsal/control")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what is passed: a test must never pick up a developer's real token."""
        return (init_settings,)

    @field_validator("encryption_keys", mode="before")
    @classmethod
    def _between_commas(cls, value: Any) -> Any:
        if isinstance(value, str):
            return [part.strip() for part in value.split(",") if part.strip()]
        return value

    @field_validator("discord_api")
    @classmethod
    def _web_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        address = urlsplit(value)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError("must be an address that begins with http:// or https://")
        return value.rstrip("/")

    @field_validator("rehearsal")
    @classmethod
    def _on_this_machine(cls, value: str | None) -> str | None:
        if value is None:
            return None
        address = urlsplit(value)
        if address.scheme != "ws" or not _is_loopback(address.hostname or ""):
            raise ValueError(
                "must be an address on this machine, such as "
                "ws://127.0.0.1:8700/rehearsal/control: who is at the other end moves the clock"
            )
        return value

    @model_validator(mode="before")
    @classmethod
    def _default_database(cls, values: Any) -> Any:
        if isinstance(values, dict) and not values.get("database_url"):
            folder = Path(values.get("data_dir") or cls.model_fields["data_dir"].default)
            return {**values, "database_url": f"sqlite+aiosqlite:///{folder / 'handrail.sqlite3'}"}
        return values


def load_settings(
    env: Mapping[str, str] | None = None,
    *,
    needs: Collection[str] = ("discord_token", "encryption_keys"),
) -> Settings:
    """Read and check the settings.

    Args:
        env: the environment; None means the process's own, and ``.env`` beside it.
        needs: which of the token and the keys the command cannot do without.

    Raises:
        SettingsError: one sentence a line for everything that is wrong. Never holds a value.
    """
    try:
        settings = Settings(**_given(env))
    except ValidationError as error:
        wrong = error.errors(include_url=False, include_input=False)
        raise SettingsError("\n".join(_sentence(dict(one)) for one in wrong)) from None
    missing = [
        sentence
        for name, sentence in _MISSING.items()
        if name in needs and not getattr(settings, name)
    ]
    if missing:
        raise SettingsError("\n".join(missing))
    return settings


def make_data_dir(settings: Settings) -> None:
    """Make the folder for what Handrail keeps, for this user alone.

    Raises:
        SettingsError: it cannot be made.
    """
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"The folder {settings.data_dir} cannot be made ({error.strerror}). "
            "Set HANDRAIL_DATA_DIR to a folder that this user may write to."
        ) from error


def unknown_variables(environ: Mapping[str, str]) -> list[tuple[str, str | None]]:
    """Variables that look like settings and are none, each with the setting it resembles.

    Found are names with the prefix ``HANDRAIL_`` and names within a letter or two of a setting.
    """
    found = []
    for name in sorted(environ):
        nearest = _nearest(name)
        if nearest != name.upper() and (nearest or name.upper().startswith(_PREFIX)):
            found.append((name, nearest))
    return found


def _given(env: Mapping[str, str] | None) -> dict[str, Any]:
    environment = EnvSettingsSource(Settings)
    if env is None:
        return {**DotEnvSettingsSource(Settings)(), **environment()}
    environment.env_vars = {name.lower(): value for name, value in env.items() if value}
    return environment()


def _sentence(wrong: dict[str, Any]) -> str:
    name = str(wrong["loc"][0]) if wrong["loc"] else ""
    if wrong["type"] == "extra_forbidden":
        nearest = _nearest(name)
        hint = f"Did you mean {nearest}?" if nearest else "Take it out; .env.example has them all."
        return f"{name.upper()} in .env is not a setting of Handrail. {hint}"
    if wrong["type"] == "value_error":
        return f"{_PREFIX}{name.upper()} {wrong['ctx']['error']}."
    return f"{_PREFIX}{name.upper()} is not right: {wrong['msg'].lower()}."


def _nearest(name: str) -> str | None:
    """The setting's variable that ``name`` is or resembles; without the prefix, closely."""
    known = [_PREFIX + field.upper() for field in Settings.model_fields]
    name = name.upper()
    if not name.startswith(_PREFIX):
        return next(iter(difflib.get_close_matches(name, known, 1, 0.9)), None)
    ends = [one.removeprefix(_PREFIX) for one in known]
    found = difflib.get_close_matches(name.removeprefix(_PREFIX), ends, 1)
    return _PREFIX + found[0] if found else None


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False
