"""The end of a build's log, as far as it is kept: a few lines that people can read."""

import re
import unicodedata
from collections.abc import Iterable

LINES = 15
_WIDTH = 160
_LONGEST = 2_000  # characters of a line that are looked at
_TERMINAL = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"  # colours, cursor moves
    r"|(?:\x1b\]|\x9d)[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?"  # titles, links
    r"|\x1b."
)
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_MASKS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(://)[^/\s:@]*:[^/\s@]+@"), r"\1•••@"),
    (re.compile(r"(?i)\b(authorization\s*[:=]\s*(?:\w+\s+)?)\S+"), r"\1•••"),
    (
        re.compile(
            r"\b([A-Z0-9_]*(?:SECRET|TOKEN|PASSWORD|PASSWD|CREDENTIAL|KEY)[A-Z0-9_]*[\"']?\s*[=:]\s*)\S+"
        ),
        r"\1•••",
    ),
    (
        re.compile(
            r"\b(?:[spr]k_(?:live|test)|gh[pousr]|github_pat|npm|xox[a-z]|glpat|vercel)[_-][\w-]{10,}"
        ),
        "•••",
    ),
    (re.compile(r"^\s*[A-Za-z0-9+/]{48,}={0,2}$"), "•••"),  # a line of a key in PEM
    (re.compile(r"\bAKIA[0-9A-Z]{12,}|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"), "•••"),
)
"""What looks like a secret. A build can print one that does not."""


def end_of(texts: Iterable[str]) -> tuple[str, ...]:
    """The last lines, without colours, control characters and empty lines; what looks like a secret is masked."""
    kept: list[str] = []
    for line in reversed([line for text in texts for line in text.split("\n")]):
        if line and (readable := _readable(line)):
            kept.append(readable)
            if len(kept) == LINES:
                break
    return tuple(reversed(kept))


def _readable(line: str) -> str:
    line = line.rstrip("\r").rsplit("\r", 1)[-1][:_LONGEST]  # a progress bar writes over itself
    line = _TERMINAL.sub("", line).replace("\t", "  ")
    line = "".join(c for c in line if unicodedata.category(c) not in _INVISIBLE).rstrip()
    for pattern, mask in _MASKS:
        line = pattern.sub(mask, line)
    return line if len(line) <= _WIDTH else line[: _WIDTH - 1] + "…"
