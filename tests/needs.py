"""What the suite needs beyond Python: said in one line each. With CI=true a missing one is an error."""

import os
import shutil
import sys

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def chromium() -> str | None:
    """The path of a Chromium, from $CHROMIUM or the usual names."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)


def main() -> int:
    if chromium():
        return 0
    print(
        "No Chromium found: the browser tests are skipped. Install it, or set CHROMIUM to its path.",
        flush=True,
    )
    return 1 if os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
