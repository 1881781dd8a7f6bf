"""The first tables: audit, operations, confirmations; and the triggers that keep the audit log append-only."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _audit()
    _operations()
    _confirmations()
    triggers = _SQLITE_TRIGGERS if op.get_context().dialect.name == "sqlite" else _POSTGRESQL_TRIGGERS
    for statement in triggers:
        op.execute(statement)


def downgrade() -> None:
    raise NotImplementedError("The audit log is never dropped.")


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("project", sa.String()),
        sa.Column("operation_id", sa.String()),
        sa.Column("channel", sa.String()),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("prev", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.UniqueConstraint("operation_id", "action", name="audit_once_per_operation"),
        sa.UniqueConstraint("prev", name="audit_no_fork"),
    )
    op.create_index("audit_by_project", "audit", ["project", "seq"])
    op.create_index("audit_by_actor", "audit", ["actor", "seq"])
    op.create_index("audit_by_time", "audit", ["at", "seq"])
    op.create_index("audit_by_project_and_actor", "audit", ["project", "actor", "seq"])


def _operations() -> None:
    op.create_table(
        "operations",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("project_name", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("target_id", sa.String(), nullable=False),
        sa.Column("from_id", sa.String()),
        sa.Column("build_id", sa.String()),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True)),
        sa.Column("promote_asked_at", sa.DateTime(timezone=True)),
        sa.Column("accepted_at", sa.DateTime(timezone=True)),
        sa.Column("finished_at", sa.DateTime(timezone=True)),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.Column("outcome", sa.String()),
        sa.Column("message_ts", sa.String()),
        sa.Column("announcement_ts", sa.String()),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String()),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("path IN ('promote', 'rebuild', 'rollback')", name="operations_path"),
        sa.CheckConstraint(
            "state IN ('requested', 'outdated', 'asked', 'building', 'moving', 'unsure', 'succeeded', "
            "'partly_moved', 'failed', 'unknown', 'superseded', 'cancelled')",
            name="operations_state",
        ),
    )
    unfinished = sa.text("finished_at IS NULL")
    op.create_index(
        "operations_one_active_per_project",
        "operations",
        ["project_id"],
        unique=True,
        sqlite_where=unfinished,
        postgresql_where=unfinished,
    )
    due = sa.text("finished_at IS NULL OR told_at IS NULL")
    op.create_index("operations_due", "operations", ["look_at"], sqlite_where=due, postgresql_where=due)
    op.create_index("operations_by_project", "operations", ["project_id", "created_at"])
    op.create_index("operations_by_time", "operations", ["created_at"])


def _confirmations() -> None:
    op.create_table(
        "confirmations",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("project_name", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.Column("used_by", sa.String()),
        sa.Column("answer", sa.String()),
        sa.CheckConstraint("answer IN ('confirmed', 'cancelled', 'replaced')", name="confirmations_answer"),
        sa.CheckConstraint(
            "(used_at IS NULL) = (used_by IS NULL) AND (used_at IS NULL) = (answer IS NULL)",
            name="confirmations_used_at_once",
        ),
    )
    op.create_index("confirmations_by_expiry", "confirmations", ["expires_at"])


_GENESIS = "0" * 64

# INSERT OR REPLACE removes the row it collides with without asking a DELETE trigger, unless the connection has
# recursive_triggers = ON, which another program's need not have. The INSERT trigger therefore refuses every
# row that could collide: by seq, by prev, or by operation and action.
_SQLITE_TRIGGERS = (
    """
    CREATE TRIGGER audit_refuses_update BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
    """
    CREATE TRIGGER audit_refuses_delete BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END
    """,
    f"""
    CREATE TRIGGER audit_only_grows_at_its_end BEFORE INSERT ON audit
    WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit)
      OR NEW.prev IS NOT coalesce((SELECT hash FROM audit ORDER BY seq DESC LIMIT 1), '{_GENESIS}')
      OR EXISTS (SELECT 1 FROM audit WHERE operation_id = NEW.operation_id AND action = NEW.action)
    BEGIN SELECT RAISE(ABORT, 'the audit log only grows at its end'); END
    """,  # noqa: S608  the only thing put in is a constant
)

# ENABLE ALWAYS: session_replication_role = replica does not switch these off.
_POSTGRESQL_TRIGGERS = (
    """
    CREATE FUNCTION audit_refuses_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$
    """,
    f"""
    CREATE FUNCTION audit_only_grows_at_its_end() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE newest record;
    BEGIN
      SELECT seq, hash INTO newest FROM audit ORDER BY seq DESC LIMIT 1;
      IF NEW.seq IS DISTINCT FROM coalesce(newest.seq, 0) + 1
        OR NEW.prev IS DISTINCT FROM coalesce(newest.hash, '{_GENESIS}') THEN
        RAISE EXCEPTION 'the audit log only grows at its end';
      END IF;
      RETURN NEW;
    END $$
    """,  # noqa: S608  the only thing put in is a constant
    """
    CREATE TRIGGER audit_refuses_change BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses_change()
    """,
    """
    CREATE TRIGGER audit_only_grows_at_its_end BEFORE INSERT ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_only_grows_at_its_end()
    """,
    "ALTER TABLE audit ENABLE ALWAYS TRIGGER audit_refuses_change",
    "ALTER TABLE audit ENABLE ALWAYS TRIGGER audit_only_grows_at_its_end",
)
