"""A process for test_killing.py: one operation and its audit entry a transaction, until it is killed.

Prints the entry's seq after each commit.
"""

import asyncio
import sys

from storage import audit, operations
from storage.database import Database
from tests.storage.rows import NOW, operation


async def main(url: str, name: str) -> None:
    database = Database.open(url)
    number = 0
    while True:
        number += 1
        project = f"prj_{name}_{number}"
        async with database.write() as session:
            await operations.create(session, operation(f"op_{name}_{number}", project=project))
            entry = await audit.append(
                session, at=NOW, action="requested", actor=f"bot:{name}", operation_id=f"op_{name}_{number}"
            )
        sys.stdout.write(f"{entry.seq}\n")
        sys.stdout.flush()


asyncio.run(main(*sys.argv[1:]))
