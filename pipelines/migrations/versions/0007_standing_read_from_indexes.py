"""What is added up over all sightings and all runs is read from indexes alone."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("listing", schema=None) as batch_op:
        batch_op.drop_index("ix_listing_site_channel")
        batch_op.create_index("ix_listing_site_channel_date", ["site", "channel", "date"], unique=False)
    with op.batch_alter_table("run_channel", schema=None) as batch_op:
        batch_op.create_index("ix_run_channel_site_run", ["site", "run"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("run_channel", schema=None) as batch_op:
        batch_op.drop_index("ix_run_channel_site_run")
    with op.batch_alter_table("listing", schema=None) as batch_op:
        batch_op.drop_index("ix_listing_site_channel_date")
        batch_op.create_index("ix_listing_site_channel", ["site", "channel"], unique=False)
