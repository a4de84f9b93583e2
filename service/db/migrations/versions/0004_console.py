"""What the console needs: roles, sessions that end, the audit log, claims and notes."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Whoever could moderate before may do so everywhere; `admin` may do everything."""
    for column in (
        sa.Column("one_time", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("epoch", sa.String(length=32), nullable=False, server_default=""),
        sa.Column("totp", sa.LargeBinary(), nullable=True),
        sa.Column("totp_used", sa.BigInteger(), nullable=True),
        sa.Column("language", sa.String(length=8), nullable=False, server_default=""),
        sa.Column("zone", sa.String(length=64), nullable=False, server_default=""),
    ):
        op.add_column("moderators", column)
    _people()
    _log()
    _beside_comments()


def _people() -> None:
    op.create_table(
        "roles",
        sa.Column("moderator", sa.String(length=200), nullable=False),
        sa.Column("site_id", sa.String(length=31), nullable=False),
        sa.Column("role", sa.String(length=9), nullable=False),
        sa.PrimaryKeyConstraint("moderator", "site_id"),
    )
    op.execute(
        "INSERT INTO roles (moderator, site_id, role) SELECT name, '', "
        "CASE WHEN name = 'admin' THEN 'admin' ELSE 'moderator' END FROM moderators"
    )
    op.create_table(
        "sign_in_failures",
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )


def _log() -> None:
    op.create_table(
        "audit_log",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("site_id", sa.String(length=31), nullable=False),
        sa.Column("moderator", sa.Text(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("audit_log_by_site", "audit_log", ["site_id", "id"])
    op.create_index("audit_log_by_moderator", "audit_log", ["site_id", "moderator", "id"])
    op.create_index("audit_log_by_subject", "audit_log", ["subject"])
    op.create_table(
        "acted_labels",
        sa.Column("act_id", sa.String(length=30), nullable=False),
        sa.Column("label_id", sa.String(length=30), nullable=False),
        sa.Column("comment_id", sa.String(length=30), nullable=False),
        sa.PrimaryKeyConstraint("act_id", "label_id"),
    )
    op.create_index("ix_acted_labels_comment_id", "acted_labels", ["comment_id"])


def _beside_comments() -> None:
    op.create_table(
        "claims",
        sa.Column("site_id", sa.String(length=31), nullable=False),
        sa.Column("comment_id", sa.String(length=30), nullable=False),
        sa.Column("moderator", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("site_id", "comment_id"),
    )
    op.create_table(
        "notes",
        sa.Column("id", sa.String(length=30), nullable=False),
        sa.Column("site_id", sa.String(length=31), nullable=False),
        sa.Column("comment_id", sa.String(length=30), nullable=False),
        sa.Column("moderator", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_notes_comment_id", "notes", ["comment_id"])
