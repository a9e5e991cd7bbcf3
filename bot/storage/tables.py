"""The map of the data: every table Handrail keeps, and for how long.

Discord's ids are 64-bit integers. A column named ``sealed_...`` holds text encrypted by
``bot.storage.secrets`` and is opened only in its room's store. No column anywhere holds the
text of a message. An ``id`` is never given twice (``sqlite_autoincrement``; PostgreSQL's
sequences do it anyway): a button on an old message must not act on a new row. Every change
here needs a revision in ``migrations/versions``. Retention is enforced by ``bot.privacy``:

===========  ==================================================================
programme    while the programme runs
cohort       while the programme runs
member       until they leave or take their yes back (within 24 hours)
slot         while the cohort runs
swap         while the cohort runs
delivery     30 days
episode      30 days after its outcome
checkin      30 days
audit        1 year
watermark    while the channel is watched
rule_tally   1 year
===========  ==================================================================
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from bot.storage.columns import UtcDateTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_COHORT = "cohort.id"

programme = Table(
    "programme",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("country", String(2)),  # ISO 3166-1 alpha-2, null when not said
    Column("language", String(8), nullable=False),
    Column("zone", String(64), nullable=False),  # IANA
    Column("staffed_hours", JSON, nullable=False),  # see bot.programme.hours
    Column("clinician_role_id", BigInteger, nullable=False),
    Column("peer_role_id", BigInteger),
    Column("lead_role_id", BigInteger, nullable=False),
    Column("on_call_role_id", BigInteger),
    Column("detection", String(16), nullable=False),  # in-memory | dry-run | off
    Column("checkins", String(16), nullable=False),  # prompt-only | stored
    Column("level_3_always", Boolean, nullable=False),  # staff hear of level 3 whatever was chosen
    Column("start_channel_id", BigInteger),
    Column("start_message_id", BigInteger),
    Column("limits_accepted_by", BigInteger),
    Column("limits_accepted_at", UtcDateTime),
    Column("tuning", JSON, nullable=False),  # see bot.screening.model
    Column("updated_at", UtcDateTime, nullable=False),
)

cohort = Table(
    "cohort",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("guild_id", ForeignKey("programme.guild_id", ondelete="CASCADE"), nullable=False),
    Column("name", String(40), nullable=False),
    Column("zone", String(64), nullable=False),  # IANA
    Column("starts_on", Date, nullable=False),  # in the cohort's zone
    Column("admission", String(8), nullable=False),  # rolling | closed
    Column("state", String(8), nullable=False),  # making | active | archived
    Column("role_id", BigInteger),
    Column("category_id", BigInteger),
    Column("daily_channel_id", BigInteger),
    Column("talk_channel_id", BigInteger),
    Column("staff_channel_id", BigInteger),
    Column("support_message_id", BigInteger),
    Column("created_at", UtcDateTime, nullable=False),
    Column("archived_at", UtcDateTime),
    UniqueConstraint("guild_id", "name"),
    sqlite_autoincrement=True,
)

cohort_staff = Table(
    "cohort_staff",
    metadata,
    Column("cohort_id", ForeignKey(_COHORT, ondelete="CASCADE"), primary_key=True),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("added_at", UtcDateTime, nullable=False),
)

member = Table(
    "member",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("cohort_id", ForeignKey(_COHORT, ondelete="CASCADE"), nullable=False),
    Column("language", String(8), nullable=False),
    Column("country", String(2)),
    Column("help_route", String(8), nullable=False),  # direct | channel | button
    Column("staff_told", Boolean, nullable=False),
    Column("checkins_stored", Boolean),  # null: not asked yet
    Column("told_level_3", Boolean, nullable=False),  # that staff always hear of level 3
    Column("told_detection", String(16), nullable=False),  # what of screening they were told
    Column("consent_version", Integer, nullable=False),
    Column("consented_at", UtcDateTime, nullable=False),
    Index(None, "cohort_id"),
)

slot = Table(
    "slot",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("cohort_id", ForeignKey(_COHORT, ondelete="CASCADE"), nullable=False),
    Column("kind", String(16), nullable=False),  # daily | check-in
    Column("days", String(7), nullable=False),  # ISO weekdays: "12345" is Monday to Friday
    Column("at", String(5), nullable=False),  # HH:MM in the cohort's zone
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "cohort_id"),
    sqlite_autoincrement=True,
)

swap = Table(
    "swap",
    metadata,
    Column("cohort_id", ForeignKey(_COHORT, ondelete="CASCADE"), primary_key=True),
    Column("local_date", Date, primary_key=True),  # in the cohort's zone
    Column("item_id", String(40), nullable=False),  # the spare skill that is posted instead
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", String(16), primary_key=True),  # random; stands in the message's custom_id
    Column("cohort_id", ForeignKey(_COHORT, ondelete="CASCADE"), nullable=False),
    Column("slot_id", ForeignKey("slot.id", ondelete="CASCADE"), nullable=False),
    Column("local_date", Date, nullable=False),  # in the cohort's zone
    Column("kind", String(16), nullable=False),
    Column("due_at", UtcDateTime, nullable=False),
    Column("grace_until", UtcDateTime, nullable=False),
    Column("state", String(8), nullable=False),  # due | claimed | sent | missed | skipped
    Column("lease_until", UtcDateTime),
    Column("attempts", Integer, nullable=False),
    Column("channel_id", BigInteger),
    Column("message_id", BigInteger),
    Column("item_ids", JSON, nullable=False),
    Column("reason", String(80)),
    Column("updated_at", UtcDateTime, nullable=False),
    UniqueConstraint("cohort_id", "slot_id", "local_date"),
    Index(None, "state", "due_at"),
)

episode = Table(
    "episode",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("cohort_id", ForeignKey(_COHORT, ondelete="CASCADE")),
    Column("user_id", BigInteger, nullable=False),
    Column("kind", String(8), nullable=False),  # finding | request | report
    Column("level", Integer, nullable=False),
    Column("sealed_finding", Text, nullable=False),  # categories and ids of entries
    Column("state", String(8), nullable=False),  # open | claimed | closed
    Column("channel_id", BigInteger),
    Column("message_id", BigInteger),
    Column("message_state", String(8), nullable=False),  # there | edited | deleted | none
    Column("opened_at", UtcDateTime, nullable=False),
    Column("last_at", UtcDateTime, nullable=False),
    Column("escalate_at", UtcDateTime),  # when the lead or on-call is pinged; null once done
    Column("claimed_by", BigInteger),
    Column("claimed_at", UtcDateTime),
    Column("outcome", String(16)),  # no-action | handed-over | talked
    Column("closed_by", BigInteger),
    Column("closed_at", UtcDateTime),
    Column("care_channel_id", BigInteger),
    Column("care_message_id", BigInteger),
    Index(None, "user_id"),
    Index(None, "state", "escalate_at"),
    sqlite_autoincrement=True,
)

checkin = Table(
    "checkin",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("cohort_id", ForeignKey(_COHORT, ondelete="CASCADE"), nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("local_date", Date, nullable=False),  # in the cohort's zone
    Column("sealed_answers", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("cohort_id", "user_id", "local_date"),
    Index(None, "user_id"),
    sqlite_autoincrement=True,
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("actor_id", BigInteger, nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject_id", BigInteger),
    Column("cohort_id", Integer),
    Index(None, "subject_id"),
    sqlite_autoincrement=True,
)

watermark = Table(
    "watermark",
    metadata,
    Column("channel_id", BigInteger, primary_key=True, autoincrement=False),
    Column("message_id", BigInteger, nullable=False),  # everything up to it has been screened
)

rule_tally = Table(
    "rule_tally",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("rule_id", String(80), primary_key=True),
    Column("month", String(7), primary_key=True),  # "2026-03", in UTC
    Column("fired", Integer, nullable=False),
    Column("useful", Integer, nullable=False),
    Column("useless", Integer, nullable=False),
)

key_check = Table(
    "key_check",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("sealed_word", Text, nullable=False),
)
