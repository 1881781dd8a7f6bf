"""What production is seen to do, who hears of it, and incidents."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


_PATH = "path IN ('promote', 'rebuild', 'redeploy', 'rollback', 'advance', 'complete', 'abort')"
_STATE = (
    "state IN ('waiting', 'requested', 'outdated', 'asked', 'building', 'moving', 'queued', 'unsure', "
    "'succeeded', 'staged', 'partly_moved', 'failed', 'unknown', 'superseded', 'cancelled')"
)
_ACTIVE = sa.text("finished_at IS NULL AND state NOT IN ('waiting', 'queued')")
_DUE = sa.text("finished_at IS NULL OR told_at IS NULL OR watch_until IS NOT NULL")


def upgrade() -> None:
    for make in (
        _redeploys,
        _production,
        _changes,
        _deliveries,
        _leases,
        _pins,
        _reminders,
        _subscriptions,
        _announcements,
        _mentions,
        _quiet,
        _incidents,
        _incident_projects,
        _incident_entries,
        _homes,
        _glances,
        _heard,
        _workflow_runs,
    ):
        make()


def downgrade() -> None:
    raise NotImplementedError("The audit log is never dropped.")


def _redeploys() -> None:
    """An operation may build again what has failed, and end Staged. The indexes with a condition: see 0002."""
    op.drop_index("operations_one_active_per_project", "operations")
    op.drop_index("operations_due", "operations")
    with op.batch_alter_table("operations") as table:
        for name, rule in (("operations_path", _PATH), ("operations_state", _STATE)):
            table.drop_constraint(name, type_="check")
            table.create_check_constraint(name, rule)
    op.create_index("operations_due", "operations", ["look_at"], sqlite_where=_DUE, postgresql_where=_DUE)
    op.create_index(
        "operations_one_active_per_project",
        "operations",
        ["project_id"],
        unique=True,
        sqlite_where=_ACTIVE,
        postgresql_where=_ACTIVE,
    )


def _production() -> None:
    op.create_table(
        "production",
        sa.Column("project_id", sa.String(), primary_key=True),
        sa.Column("project_name", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("current_id", sa.String()),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("seen", sa.String(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True)),
    )
    op.create_index("production_by_number", "production", ["number"])


def _changes() -> None:
    op.create_table(
        "changes",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("project_name", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("from_id", sa.String()),
        sa.Column("to_id", sa.String()),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("who", sa.String()),
        sa.Column("operation_id", sa.String()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("settle_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("project_id", "number", name="changes_numbered"),
        sa.CheckConstraint(
            "kind IN ('current', 'domain', 'release', 'failed', 'staged', 'pinned', 'gone', 'renamed')",
            name="changes_kind",
        ),
        sa.UniqueConstraint("key", name="changes_once"),
    )
    op.create_index("changes_by_time", "changes", ["noticed_at"])
    op.create_index(
        "changes_unsettled",
        "changes",
        ["settle_at"],
        sqlite_where=sa.text("settle_at IS NOT NULL"),
        postgresql_where=sa.text("settle_at IS NOT NULL"),
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("project_id", sa.String()),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_at", sa.DateTime(timezone=True)),
    )
    op.create_index("deliveries_by_time", "deliveries", ["received_at"])
    op.create_index("deliveries_of_project", "deliveries", ["project_id", "at"])


def _leases() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
    )


def _pins() -> None:
    op.create_table(
        "pins",
        sa.Column("project_id", sa.String(), primary_key=True),
        sa.Column("project_name", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String()),
        sa.Column("why", sa.String()),
        sa.Column("channel", sa.String()),
        sa.Column("quiet_until", sa.DateTime(timezone=True)),
        sa.Column("kept_by", sa.String()),
        sa.Column("look_at", sa.DateTime(timezone=True)),
        sa.Column("looked_at", sa.DateTime(timezone=True)),
        sa.Column("over_at", sa.DateTime(timezone=True)),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String()),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
    )
    op.create_index("pins_due", "pins", ["look_at"])


def _reminders() -> None:
    op.create_table(
        "reminders",
        sa.Column("project_id", sa.String(), primary_key=True),
        sa.Column("channel", sa.String(), primary_key=True),
        sa.Column("ts", sa.String(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True), nullable=False),
    )


def _subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("channel", sa.String(), primary_key=True),
        sa.Column("project_id", sa.String(), primary_key=True),
        sa.Column("project_name", sa.String(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.Column("staged", sa.Boolean(), nullable=False),
        sa.Column("pinned", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True)),
        sa.Column("why", sa.String()),
        sa.Column("said_at", sa.DateTime(timezone=True)),
    )
    op.create_index("subscriptions_by_project", "subscriptions", ["project_id"])
    op.create_index(
        "subscriptions_closed",
        "subscriptions",
        ["channel"],
        sqlite_where=sa.text("closed_at IS NOT NULL"),
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )


def _announcements() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("change_id", sa.String(), nullable=False),
        sa.Column("project_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ts", sa.String()),
        sa.Column("place", sa.String()),
        sa.Column("posted_at", sa.DateTime(timezone=True)),
        sa.Column("given_up_at", sa.DateTime(timezone=True)),
        sa.Column("why", sa.String()),
        sa.Column("retired_at", sa.DateTime(timezone=True)),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String()),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("change_id", "channel", name="announcements_once"),
    )
    op.create_index(
        "announcements_due",
        "announcements",
        ["look_at"],
        sqlite_where=sa.text("posted_at IS NULL AND given_up_at IS NULL"),
        postgresql_where=sa.text("posted_at IS NULL AND given_up_at IS NULL"),
    )
    op.create_index(
        "announcements_in_order",
        "announcements",
        ["project_id", "channel", "number"],
        sqlite_where=sa.text("posted_at IS NULL AND given_up_at IS NULL"),
        postgresql_where=sa.text("posted_at IS NULL AND given_up_at IS NULL"),
    )
    op.create_index(
        "announcements_with_buttons",
        "announcements",
        ["project_id", "number"],
        sqlite_where=sa.text("posted_at IS NOT NULL AND retired_at IS NULL"),
        postgresql_where=sa.text("posted_at IS NOT NULL AND retired_at IS NULL"),
    )
    op.create_index(
        "announcements_lately",
        "announcements",
        ["posted_at", "channel"],
        sqlite_where=sa.text("posted_at IS NOT NULL"),
        postgresql_where=sa.text("posted_at IS NOT NULL"),
    )
    op.create_index(
        "announcements_leased",
        "announcements",
        ["lease_until", "channel"],
        sqlite_where=sa.text("posted_at IS NULL AND given_up_at IS NULL"),
        postgresql_where=sa.text("posted_at IS NULL AND given_up_at IS NULL"),
    )


def _mentions() -> None:
    op.create_table(
        "mentions",
        sa.Column("user_id", sa.String(), primary_key=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    )


def _quiet() -> None:
    op.create_table(
        "quiet",
        sa.Column("user_id", sa.String(), primary_key=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
    )


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("key", sa.String()),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("ts", sa.String()),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("is_drill", sa.Boolean(), nullable=False),
        sa.Column("resolved_at", sa.DateTime(timezone=True)),
        sa.Column("resolved_by", sa.String()),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_owner", sa.String()),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("key", name="incidents_once"),
    )
    op.create_index(
        "incidents_due",
        "incidents",
        ["look_at"],
        sqlite_where=sa.text("resolved_at IS NULL OR told_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL OR told_at IS NULL"),
    )


def _incident_projects() -> None:
    op.create_table(
        "incident_projects",
        sa.Column("incident_id", sa.String(), primary_key=True),
        sa.Column("project_id", sa.String(), primary_key=True),
        sa.Column("project_name", sa.String(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
    )
    op.create_index("incident_projects_by_project", "incident_projects", ["project_id"])


def _incident_entries() -> None:
    op.create_table(
        "incident_entries",
        sa.Column("incident_id", sa.String(), primary_key=True),
        sa.Column("number", sa.Integer(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
    )


def _homes() -> None:
    op.create_table(
        "homes",
        sa.Column("user_id", sa.String(), primary_key=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("search", sa.String(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("may_act", sa.Boolean(), nullable=False),
        sa.Column("because", sa.String(), nullable=False),
        sa.Column("shown", sa.String(), nullable=False),
        sa.Column("shown_at", sa.DateTime(timezone=True)),
        sa.Column("hash", sa.String()),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
    )
    op.create_index("homes_opened", "homes", ["opened_at"])


def _glances() -> None:
    op.create_table(
        "glances",
        sa.Column("project_id", sa.String(), primary_key=True),
        sa.Column("visited_at", sa.DateTime(timezone=True)),
        sa.Column("visits", sa.String(), nullable=False),
        sa.Column("way_from", sa.String()),
        sa.Column("way", sa.String()),
    )


def _heard() -> None:
    op.create_table(
        "heard",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("heard_by_time", "heard", ["at"])


def _workflow_runs() -> None:
    op.create_table(
        "workflow_runs",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("wanted", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("reason", sa.String()),
        sa.Column("confirmation_id", sa.String()),
        sa.Column("card_channel", sa.String()),
        sa.Column("card_ts", sa.String()),
        sa.Column("operation_id", sa.String()),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True)),
    )
    running = sa.text("completed_at IS NULL")
    op.create_index(
        "workflow_runs_due", "workflow_runs", ["look_at"], sqlite_where=running, postgresql_where=running
    )
    op.create_index("workflow_runs_by_confirmation", "workflow_runs", ["confirmation_id"])
    op.create_index("workflow_runs_by_operation", "workflow_runs", ["operation_id"])
