import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from storage.database import HEAD, Database, current_revision, is_current, migration_engine, upgrade
from storage.errors import NewerDatabase
from storage.migrations.applying import configuration

ROOT = Path(__file__).parents[2]


def test_the_constant_names_the_newest_migration() -> None:
    assert ScriptDirectory.from_config(configuration()).get_current_head() == HEAD


async def test_an_empty_database_is_not_current_until_it_was_upgraded(empty_url: str) -> None:
    database = Database.open(empty_url)
    assert (current_revision(empty_url), is_current(empty_url), await database.is_current()) == (
        None,
        False,
        False,
    )
    upgrade(empty_url)
    assert (current_revision(empty_url), is_current(empty_url), await database.is_current()) == (
        HEAD,
        True,
        True,
    )
    await database.dispose()


def test_starting_imports_no_alembic(url: str) -> None:
    program = (
        "import sys, storage.audit, storage.confirmations, storage.operations\n"
        "from storage.database import is_current\n"
        "sys.exit(0 if is_current(sys.argv[1]) and 'alembic' not in sys.modules else 1)"
    )
    subprocess.run([sys.executable, "-c", program, url], cwd=ROOT, check=True)


def test_asking_for_the_revision_makes_no_file(tmp_path: Path) -> None:
    assert current_revision(f"sqlite:///{tmp_path / 'none.db'}") is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("dialect", ["postgresql"], indirect=True)
def test_a_session_that_plays_a_replica_does_not_switch_the_triggers_off(empty_url: str) -> None:
    upgrade(empty_url)
    with migration_engine(empty_url).connect() as connection:
        found = connection.execute(
            text("SELECT tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal")
        )
        assert dict(list(found)) == {
            "audit_refuses_change": "A",
            "audit_only_grows_at_its_end": "A",
        }


def test_upgrading_twice_changes_nothing(url: str) -> None:
    before = schema_of(url)
    upgrade(url)
    assert schema_of(url) == before


UPGRADING = """
import sys
from storage.database import upgrade
from storage.migrations import applying
print("imported", flush=True)
sys.stdin.read()
upgrade(sys.argv[1])
"""


def test_processes_that_upgrade_at_once_all_succeed(empty_url: str) -> None:
    processes = [
        subprocess.Popen(
            [sys.executable, "-W", "error", "-c", UPGRADING, empty_url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "imported\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()  # go
        process.stdin = None
    outcomes = [(process.communicate(timeout=50)[1], process.returncode) for process in processes]
    assert outcomes == [("", 0)] * 3
    assert is_current(empty_url)


def test_a_database_of_a_newer_version_is_left_alone(empty_url: str) -> None:
    upgrade(empty_url)
    with migration_engine(empty_url).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase, match="newer promotebot"):
        upgrade(empty_url)
    assert (current_revision(empty_url), is_current(empty_url)) == ("9999", False)


def test_a_failed_migration_leaves_nothing(empty_url: str) -> None:
    engine = migration_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE confirmations (id INTEGER)"))  # in the way of the last table
    with pytest.raises(Exception, match="confirmations"):
        upgrade(empty_url)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE confirmations"))
        assert objects(connection) == []
    upgrade(empty_url)
    assert is_current(empty_url)


def test_the_models_say_what_the_migrations_made(url: str) -> None:
    engine = migration_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []


def test_also_in_checks_and_conditions_that_alembic_does_not_compare(empty_url: str, url: str) -> None:
    """The database's own words for tables made from the models, and for those the migrations made."""
    engine = migration_engine(empty_url)
    with engine.begin() as connection:
        SQLModel.metadata.create_all(connection)
    made, migrated = schema_of(empty_url), schema_of(url)
    assert made == {name: words for name, words in migrated.items() if name in made}
    rest = migrated.keys() - made.keys()
    assert all("alembic_version" in name or name.startswith("audit_") for name in rest), rest


def schema_of(url: str) -> dict[str, str]:
    with migration_engine(url).connect() as connection:
        return dict(objects(connection))


def objects(connection: Connection) -> list[tuple[str, str]]:
    """Tables, indexes, constraints and triggers by name; columns in the order of their names."""
    if connection.dialect.name == "sqlite":
        found = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
        )
        return [(name, in_any_order(sql)) for name, sql in found]
    return [(name, words) for query in CATALOGUE for name, words in connection.execute(text(query))]


CATALOGUE = (
    """
    SELECT table_name || '.' || column_name, data_type || is_nullable || coalesce(column_default, '')
    FROM information_schema.columns WHERE table_schema = 'public'
    """,
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    """
    SELECT conrelid::regclass::text || '.' || conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    """,
    "SELECT tgname, pg_get_triggerdef(oid) || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal",
)


def in_any_order(sql: str) -> str:
    """SQLite keeps the text of CREATE TABLE; models and migrations may order its lines differently."""
    head, bracket, body = sql.partition("(")
    head = head.replace('"', "")  # a table that was copied and renamed is spelled with quotes
    return " ".join([*head.split(), bracket, *sorted(line.strip(" ,)\t") for line in body.splitlines())])


def test_the_wheel_contains_the_migrations(tmp_path: Path) -> None:
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    (wheel,) = tmp_path.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    scripts = {path.relative_to(ROOT).as_posix() for path in (ROOT / "storage").rglob("*.py")}
    assert scripts <= names
    assert any(name.startswith(f"storage/migrations/versions/{HEAD}_") for name in names)


def test_what_was_there_before_the_second_migration_stays(empty_url: str) -> None:
    engine = migration_engine(empty_url)
    with engine.begin() as connection:
        alembic = configuration()
        alembic.attributes["connection"] = connection
        command.upgrade(alembic, "0001")
        connection.execute(
            text(
                "INSERT INTO operations (id, project_id, project_name, path, target_id, plan, fingerprint, state, "
                "actor, channel, created_at, fence, look_at) VALUES ('op_1', 'prj_shop', 'shop', 'promote', 'dpl_1', "
                "'{}', 'f', 'asked', 'slack:U1', 'C1', '2026-03-01 12:00:00+00:00', 3, '2026-03-01 12:00:00+00:00')"
            )
        )
    upgrade(empty_url)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT id, state, fence, in_line_since FROM operations")).all()
    assert [tuple(row) for row in found] == [("op_1", "asked", 3, None)]
