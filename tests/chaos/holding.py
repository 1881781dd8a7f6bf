"""A process that holds SQLite's write lock: `python tests/chaos/holding.py FILE SECONDS`."""

import sqlite3
import sys
import time

connection = sqlite3.connect(sys.argv[1], timeout=20, isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
time.sleep(float(sys.argv[2]))
connection.execute("ROLLBACK")
