"""Pages that were corrected by people."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "corrected",
        sa.Column("page_id", sa.String(length=16), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["page_id"], ["page.id"], name=op.f("fk_corrected_page_id")),
        sa.PrimaryKeyConstraint("page_id", name=op.f("pk_corrected")),
    )


def downgrade() -> None:
    op.drop_table("corrected")
