"""Which environment keys make the result differ from what the person has seen."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from json import dumps

from chatbot.domain.deployments import Deployment, EnvironmentKey


@dataclass(frozen=True)
class EnvironmentChange:
    """Names of keys, never values; each tuple is sorted. `version` stands for all records as read."""

    changed_since_build: tuple[str, ...] = ()
    only_preview: tuple[str, ...] = ()
    only_production: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    version: str = ""


def environment_change(
    target: Deployment, records: Iterable[EnvironmentKey], *, rebuild: bool
) -> EnvironmentChange:
    """How the environment that will be used differs from what the person may expect.

    A rebuild uses production's variables of now, so its preview is compared with production: one record in
    both is equal by construction, two records may differ (their values are not read). A promote or rollback
    keeps what was built in, so what changed since then is missing. A deleted variable leaves no record and
    cannot be shown.
    """
    records = tuple(records)
    version = digest(
        sorted(
            [r.id, r.key, sorted(r.targets), r.git_branch or "", r.updated_at.isoformat()] for r in records
        )
    )
    production = {r.key: r.id for r in records if "production" in r.targets}
    if not rebuild:
        changed = {r.key for r in records if "production" in r.targets and r.updated_at > target.created_at}
        return EnvironmentChange(changed_since_build=tuple(sorted(changed)), version=version)
    preview = _preview_records(records, target.commit.branch if target.commit else None)
    return EnvironmentChange(
        only_preview=tuple(sorted(preview.keys() - production.keys())),
        only_production=tuple(sorted(production.keys() - preview.keys())),
        differing=tuple(sorted(k for k in preview.keys() & production.keys() if preview[k] != production[k])),
        version=version,
    )


def _preview_records(records: Iterable[EnvironmentKey], branch: str | None) -> dict[str, str]:
    """Key to record id as a preview of this branch sees them: a record of the branch wins."""
    seen: dict[str, str] = {}
    for record in sorted(records, key=lambda r: r.git_branch is not None):
        if "preview" in record.targets and record.git_branch in {None, branch}:
            seen[record.key] = record.id
    return seen


def digest(value: object) -> str:
    """A short stand-in for JSON-like data, equal exactly when the data is."""
    return sha256(dumps(value, separators=(",", ":")).encode()).hexdigest()
