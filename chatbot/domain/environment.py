"""Which environment keys make the result differ from what the person has seen."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from json import dumps

from chatbot.domain.deployments import Deployment, EnvironmentKey


@dataclass(frozen=True)
class EnvironmentChange:
    """Names of keys, never values; each tuple is sorted.

    `compared_with` names the custom environment that the target was built for, if it was one: then that is what
    `only_preview` and `differing` are about. `version` stands for all records as read, `keys` for those of each
    key, so that two looks can be compared by name.
    """

    changed_since_build: tuple[str, ...] = ()
    compared_with: str | None = None
    only_preview: tuple[str, ...] = ()
    only_production: tuple[str, ...] = ()
    differing: tuple[str, ...] = ()
    version: str = ""
    keys: tuple[tuple[str, str], ...] = ()

    @property
    def named(self) -> frozenset[str]:
        """Every key that a confirmation tells of."""
        return frozenset(
            (*self.changed_since_build, *self.only_preview, *self.only_production, *self.differing)
        )


def environment_change(
    target: Deployment, records: Iterable[EnvironmentKey], *, rebuild: bool
) -> EnvironmentChange:
    """How the environment that will be used differs from what the person may expect.

    A rebuild uses production's variables of now, so those that the target was built with, of preview or of its
    custom environment, are compared with production's: one record in both is equal by construction, two records
    may differ (their values are not read). A promote or rollback keeps what was built in, so what changed since
    then is missing. A deleted variable leaves no record and cannot be shown.
    """
    records = tuple(records)
    keys = tuple(_versions(records))
    version = digest(keys)
    production = {r.key: r.id for r in records if "production" in r.targets}
    if not rebuild:
        changed = {r.key for r in records if "production" in r.targets and r.updated_at > target.created_at}
        return EnvironmentChange(changed_since_build=tuple(sorted(changed)), version=version, keys=keys)
    if target.custom_environment_id:
        preview = {r.key: r.id for r in records if target.custom_environment_id in r.custom_environments}
    else:
        preview = _preview_records(records, target.commit.branch if target.commit else None)
    return EnvironmentChange(
        compared_with=target.custom_environment if target.custom_environment_id else None,
        only_preview=tuple(sorted(preview.keys() - production.keys())),
        only_production=tuple(sorted(production.keys() - preview.keys())),
        differing=tuple(sorted(k for k in preview.keys() & production.keys() if preview[k] != production[k])),
        version=version,
        keys=keys,
    )


def changed_keys(before: EnvironmentChange, after: EnvironmentChange) -> tuple[str, ...]:
    """Keys of which a record was added, changed or removed between two looks."""
    was, now = dict(before.keys), dict(after.keys)
    return tuple(sorted(key for key in was.keys() | now.keys() if was.get(key) != now.get(key)))


def _versions(records: Iterable[EnvironmentKey]) -> Iterator[tuple[str, str]]:
    """Each key with a stand-in for its records."""
    found: dict[str, list[object]] = {}
    for r in records:
        where = [sorted(r.targets), r.git_branch or "", sorted(r.custom_environments)]
        found.setdefault(r.key, []).append([r.id, where, r.updated_at.isoformat()])
    for key, seen in sorted(found.items()):
        yield key, digest(sorted(seen, key=str))[:16]


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
