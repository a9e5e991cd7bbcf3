"""The tables of the first release.

Revision ID: 0001
Revises: nothing
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "programme",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("country", sa.String(2)),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("staffed_hours", sa.JSON, nullable=False),
        sa.Column("clinician_role_id", sa.BigInteger, nullable=False),
        sa.Column("peer_role_id", sa.BigInteger),
        sa.Column("lead_role_id", sa.BigInteger, nullable=False),
        sa.Column("on_call_role_id", sa.BigInteger),
        sa.Column("detection", sa.String(16), nullable=False),
        sa.Column("checkins", sa.String(16), nullable=False),
        sa.Column("level_3_always", sa.Boolean, nullable=False),
        sa.Column("start_channel_id", sa.BigInteger),
        sa.Column("start_message_id", sa.BigInteger),
        sa.Column("limits_accepted_by", sa.BigInteger),
        sa.Column("limits_accepted_at", sa.DateTime(timezone=True)),
        sa.Column("tuning", sa.JSON, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "cohort",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "guild_id",
            sa.BigInteger,
            sa.ForeignKey("programme.guild_id", ondelete="CASCADE"),
            nullable=False,
        ),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("admission", sa.String(8), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("role_id", sa.BigInteger),
        sa.Column("category_id", sa.BigInteger),
        sa.Column("daily_channel_id", sa.BigInteger),
        sa.Column("talk_channel_id", sa.BigInteger),
        sa.Column("staff_channel_id", sa.BigInteger),
        sa.Column("support_message_id", sa.BigInteger),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("archived_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("guild_id", "name"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "cohort_staff",
        sa.Column(
            "cohort_id",
            sa.Integer,
            sa.ForeignKey("cohort.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "member",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column(
            "cohort_id", sa.Integer, sa.ForeignKey("cohort.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("country", sa.String(2)),
        sa.Column("help_route", sa.String(8), nullable=False),
        sa.Column("staff_told", sa.Boolean, nullable=False),
        sa.Column("checkins_stored", sa.Boolean),
        sa.Column("told_level_3", sa.Boolean, nullable=False),
        sa.Column("told_detection", sa.String(16), nullable=False),
        sa.Column("consent_version", sa.Integer, nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_member_cohort_id", "member", ["cohort_id"])
    op.create_table(
        "slot",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column(
            "cohort_id", sa.Integer, sa.ForeignKey("cohort.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("days", sa.String(7), nullable=False),
        sa.Column("at", sa.String(5), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_slot_cohort_id", "slot", ["cohort_id"])
    op.create_table(
        "delivery",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column(
            "cohort_id", sa.Integer, sa.ForeignKey("cohort.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column(
            "slot_id", sa.Integer, sa.ForeignKey("slot.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("local_date", sa.Date, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("grace_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("channel_id", sa.BigInteger),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("item_ids", sa.JSON, nullable=False),
        sa.Column("reason", sa.String(80)),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("cohort_id", "slot_id", "local_date"),
    )
    op.create_index("ix_delivery_state_due_at", "delivery", ["state", "due_at"])
    op.create_table(
        "episode",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("cohort_id", sa.Integer, sa.ForeignKey("cohort.id", ondelete="CASCADE")),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("level", sa.Integer, nullable=False),
        sa.Column("sealed_finding", sa.Text, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("channel_id", sa.BigInteger),
        sa.Column("message_id", sa.BigInteger),
        sa.Column("message_state", sa.String(8), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("escalate_at", sa.DateTime(timezone=True)),
        sa.Column("claimed_by", sa.BigInteger),
        sa.Column("claimed_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.String(16)),
        sa.Column("closed_by", sa.BigInteger),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("care_channel_id", sa.BigInteger),
        sa.Column("care_message_id", sa.BigInteger),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_episode_state_escalate_at", "episode", ["state", "escalate_at"])
    op.create_index("ix_episode_user_id", "episode", ["user_id"])
    op.create_table(
        "checkin",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column(
            "cohort_id", sa.Integer, sa.ForeignKey("cohort.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("local_date", sa.Date, nullable=False),
        sa.Column("sealed_answers", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("cohort_id", "user_id", "local_date"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_checkin_user_id", "checkin", ["user_id"])
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("actor_id", sa.BigInteger, nullable=False),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("subject_id", sa.BigInteger),
        sa.Column("cohort_id", sa.Integer),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_subject_id", "audit", ["subject_id"])
    op.create_table(
        "watermark",
        sa.Column("channel_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("message_id", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "rule_tally",
        sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("rule_id", sa.String(80), primary_key=True),
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("fired", sa.Integer, nullable=False),
        sa.Column("useful", sa.Integer, nullable=False),
        sa.Column("useless", sa.Integer, nullable=False),
    )
    op.create_table(
        "key_check",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("sealed_word", sa.Text, nullable=False),
    )
