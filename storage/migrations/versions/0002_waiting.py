"""Operations may wait outside of the one that is active, may be steps of a rolling release, and note more."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_PATH = "path IN ('promote', 'rebuild', 'rollback', 'advance', 'complete', 'abort')"
_STATE = (
    "state IN ('waiting', 'requested', 'outdated', 'asked', 'building', 'moving', 'queued', 'unsure', "
    "'succeeded', 'partly_moved', 'failed', 'unknown', 'superseded', 'cancelled')"
)
_ACTIVE = sa.text("finished_at IS NULL AND state NOT IN ('waiting', 'queued')")
_DUE = sa.text("finished_at IS NULL OR told_at IS NULL OR watch_until IS NOT NULL")
_NEW = (
    sa.Column("in_line_since", sa.DateTime(timezone=True)),
    sa.Column("keep_off_asked_at", sa.DateTime(timezone=True)),
    sa.Column("retired_at", sa.DateTime(timezone=True)),
    sa.Column("ended_by", sa.String()),
    sa.Column("watch_until", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    # A copy of the table has no conditions on its indexes, so those with one are made again.
    op.drop_index("operations_one_active_per_project", "operations")
    op.drop_index("operations_due", "operations")
    with op.batch_alter_table("operations") as table:  # SQLite changes no CHECK in place: it gets a copy
        for name, rule in (("operations_path", _PATH), ("operations_state", _STATE)):
            table.drop_constraint(name, type_="check")
            table.create_check_constraint(name, rule)
        for column in _NEW:
            table.add_column(column)
    op.create_index("operations_due", "operations", ["look_at"], sqlite_where=_DUE, postgresql_where=_DUE)
    op.create_index(
        "operations_one_active_per_project",
        "operations",
        ["project_id"],
        unique=True,
        sqlite_where=_ACTIVE,
        postgresql_where=_ACTIVE,
    )


def downgrade() -> None:
    raise NotImplementedError("The audit log is never dropped.")
