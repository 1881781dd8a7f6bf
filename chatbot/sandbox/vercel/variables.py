"""Environment variables as they are written: bodies, what may not be in them, and the records they become."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, ValidationError

from chatbot.sandbox.vercel.errors import ApiError, bad_request, not_found
from chatbot.sandbox.vercel.records import EnvRecord, EnvType, Project, Target
from chatbot.sandbox.vercel.validation import Body, first_complaint

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.records import User
    from chatbot.sandbox.vercel.store import Store

MOST_AT_ONCE = 1000
Key = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$", max_length=256)]
Value = Annotated[str, Field(max_length=65_536)]
Targets = Annotated[list[Target], Field(max_length=3)]


class _Settings(Body):
    git_branch: Annotated[str, Field(min_length=1, max_length=250)] | None = None
    comment: Annotated[str, Field(max_length=500)] | None = None
    custom_environment_ids: list[str] | None = None
    visibility: Literal["config", "secret"] | None = None


class VariableChange(_Settings):
    key: Key | None = None
    value: Value | None = None
    type: EnvType | None = None
    target: Targets | None = None


class NewVariable(_Settings):
    key: Key
    value: Value
    type: EnvType
    target: Targets | Target | None = None

    def targets(self) -> tuple[Target, ...]:
        if self.target is None:
            return ()
        named = [self.target] if isinstance(self.target, str) else self.target
        return tuple(dict.fromkeys(named))


def read_variables(decoded: Any) -> NewVariable | list[NewVariable]:
    """Raises ApiError 400 for the first that is no variable at all."""
    try:
        if not isinstance(decoded, list):
            return NewVariable.model_validate(decoded)
        if not 0 < len(decoded) <= MOST_AT_ONCE:
            raise bad_request(f"between 1 and {MOST_AT_ONCE} variables, please.")
        return [NewVariable.model_validate(one) for one in decoded]
    except ValidationError as error:
        raise bad_request(first_complaint(error)) from error


def added(store: Store, project: Project, new: NewVariable, by: User, *, upsert: bool) -> EnvRecord:
    """Raises ApiError 400, 403 (there already) or 404. With `upsert`, what is there is written over."""
    _require_environments(project, new.custom_environment_ids)
    if not new.targets() and not new.custom_environment_ids:
        raise bad_request("`target` or `customEnvironmentIds` is required.")
    _require_branch_sense(new.targets(), new.git_branch)
    there = _clashing(project, new.key, new.targets(), new.custom_environment_ids or [], new.git_branch)
    if there is not None and not upsert:
        raise _exists(new.key)
    now = store.stamp()
    if there is None:
        there = EnvRecord(store.new_id("", 16), new.key, new.type, (), now, now, by.id)
        project.env.append(there)
    else:
        there.updated_by = by.id
    there.type, there.value, there.target = new.type, new.value, new.targets()
    there.updated_at, there.git_branch, there.comment = now, new.git_branch, new.comment or ""
    there.custom_environment_ids = tuple(new.custom_environment_ids or ())
    return there


def require_targets(project: Project, change: VariableChange) -> None:
    """Raises ApiError 400 or 404 for environments that are none."""
    _require_environments(project, change.custom_environment_ids)
    if change.target == [] and not change.custom_environment_ids:
        raise bad_request("`target` should name an environment.")


def changed(store: Store, project: Project, record: EnvRecord, change: VariableChange, by: User) -> None:
    """Raises ApiError 400 or 403, and then nothing is changed."""
    said = change.model_fields_set
    target = tuple(dict.fromkeys(change.target)) if change.target is not None else record.target
    custom = record.custom_environment_ids
    if change.custom_environment_ids is not None:
        custom = tuple(dict.fromkeys(change.custom_environment_ids))
    branch = change.git_branch if "git_branch" in said else record.git_branch
    key = change.key or record.key
    _require_branch_sense(target, branch)
    if _clashing(project, key, target, list(custom), branch, but=record) is not None:
        raise _exists(key)
    if record.type == "sensitive" and change.type not in (None, "sensitive"):
        raise bad_request("a sensitive variable stays sensitive.")
    record.key, record.target, record.custom_environment_ids, record.git_branch = key, target, custom, branch
    record.type = change.type or record.type
    record.value = record.value if change.value is None else change.value
    record.comment = record.comment if change.comment is None else change.comment
    record.updated_at, record.updated_by = store.stamp(), by.id


def _clashing(
    project: Project,
    key: str,
    target: tuple[Target, ...],
    custom: list[str],
    branch: str | None,
    *,
    but: EnvRecord | None = None,
) -> EnvRecord | None:
    """The record that has the key for one of these environments and the same branch."""
    return next(
        (
            one
            for one in project.env
            if one is not but
            and one.key == key
            and one.git_branch == branch
            and (set(one.target) & set(target) or set(one.custom_environment_ids) & set(custom))
        ),
        None,
    )


def _exists(key: str) -> ApiError:
    message = f"A variable with the name `{key}` already exists for the target"
    return ApiError(403, message, code="ENV_CONFLICT")


def _require_branch_sense(target: tuple[Target, ...], branch: str | None) -> None:
    if branch is not None and target != ("preview",):
        raise bad_request("`gitBranch` is for the target preview alone.")


def _require_environments(project: Project, ids: list[str] | None) -> None:
    for one in ids or ():
        environment = project.custom_environment(one)
        if environment is None or environment.id != one:
            raise not_found("Custom environment", one)
