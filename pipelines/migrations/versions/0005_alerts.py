"""Saved queries, what they found, what is sent of it; and what the validity of a changed policy was before."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.add_column(sa.Column("validity_before", sa.String(length=16), nullable=True))
    op.create_table(
        "alert",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("events", sa.String(length=40), nullable=False),
        sa.Column("rhythm", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("ask_at", sa.DateTime(), nullable=True),
        sa.Column("asked", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("digest_day", sa.Date(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", sa.DateTime(), nullable=True),
        sa.Column("failure", sa.String(length=40), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    with op.batch_alter_table("alert", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alert_state"), ["state"], unique=False)
    op.create_table(
        "alert_message",
        sa.Column("id", sa.String(length=16), nullable=False),
        sa.Column("alert", sa.String(length=16), nullable=False),
        sa.Column("first_seq", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("next_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["alert"], ["alert.id"], name=op.f("fk_alert_message_alert")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_message")),
    )
    with op.batch_alter_table("alert_message", schema=None) as batch_op:
        batch_op.create_index("ix_alert_message_alert_state", ["alert", "state"], unique=False)
        batch_op.create_index("ix_alert_message_state_next_at", ["state", "next_at"], unique=False)
    op.create_table(
        "alert_event",
        sa.Column("alert", sa.String(length=16), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("page_id", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("validity_before", sa.String(length=16), nullable=True),
        sa.Column("message", sa.String(length=16), nullable=True),
        sa.ForeignKeyConstraint(["alert"], ["alert.id"], name=op.f("fk_alert_event_alert")),
        sa.ForeignKeyConstraint(["message"], ["alert_message.id"], name=op.f("fk_alert_event_message")),
        sa.PrimaryKeyConstraint("alert", "seq", name=op.f("pk_alert_event")),
    )
    with op.batch_alter_table("alert_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_alert_event_message"), ["message"], unique=False)


def downgrade() -> None:
    for table in ("alert_event", "alert_message", "alert"):
        op.drop_table(table)
    with op.batch_alter_table("change", schema=None) as batch_op:
        batch_op.drop_column("validity_before")
