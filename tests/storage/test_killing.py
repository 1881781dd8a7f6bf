"""kill -9 is the tested way to stop."""

import signal
import subprocess
import sys
from pathlib import Path

from storage import audit
from storage.database import Database
from tests.storage.rows import NOW, unfinished

ROOT = Path(__file__).parents[2]


def start(url: str, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.storage.writer", url, name], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


async def test_writers_killed_midway_leave_whole_transactions_and_one_chain(url: str, db: Database) -> None:
    writers = [start(url, name) for name in ("one", "other")]
    committed = []
    for writer in writers:
        assert writer.stdout is not None
        committed += [int(writer.stdout.readline()) for _ in range(25)]
    for writer in writers:
        writer.send_signal(signal.SIGKILL)
    for writer in writers:
        said, _ = writer.communicate()
        whole = said.rpartition("\n")[0]
        committed += [int(line) for line in whole.splitlines()]
        assert writer.returncode == -signal.SIGKILL
    async with db.write() as session:
        last = await audit.append(session, at=NOW, action="noted", actor="bot")
    async with db.read() as session:
        verdict = await audit.verify(session)
        entries = [entry async for entry in audit.export(session)]
        kept = await unfinished(session)
    assert (verdict.problem, verdict.entries) == (None, last.seq)
    assert set(committed) <= {entry.seq for entry in entries}
    assert len(committed) >= 50
    assert sorted(found.id for found in kept) == sorted(
        entry.operation_id for entry in entries if entry.operation_id is not None
    )
