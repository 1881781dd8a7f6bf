"""What can go wrong in storage.

StorageError                 a sentence
├── UnsupportedDatabase      the address names a database that promotebot cannot use
├── DatabaseUnavailable      it does not answer, or stayed locked
├── NewerDatabase            a newer promotebot has upgraded it
├── NotStorable              a value that is not JSON, not UTC-aware, or not text for every database
├── DuplicateEntry           the audit log has this fact already
├── ProjectBusy              another operation of the project is unfinished (`holder`)
├── LeaseLost                somebody else has claimed the operation since
└── ConfirmationRefused
    ├── UnknownConfirmation
    ├── AlreadyUsed          consumed before (`confirmation`)
    └── Expired              its time is over (`confirmation`)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.models import Confirmation, Operation


class StorageError(Exception):
    pass


class UnsupportedDatabase(StorageError):
    pass


class DatabaseUnavailable(StorageError):
    pass


class NewerDatabase(StorageError):
    pass


class NotStorable(StorageError):
    pass


class DuplicateEntry(StorageError):
    def __init__(self, operation_id: str, action: str) -> None:
        super().__init__(f"The audit log already says {action!r} of operation {operation_id}.")
        self.operation_id = operation_id
        self.action = action


class ProjectBusy(StorageError):
    def __init__(self, holder: Operation) -> None:
        super().__init__(f"Operation {holder.id} of project {holder.project_name} is not finished.")
        self.holder = holder


class LeaseLost(StorageError):
    def __init__(self, operation_id: str, fence: int) -> None:
        super().__init__(
            f"Somebody else has claimed or changed operation {operation_id} since fence {fence}."
        )
        self.operation_id = operation_id
        self.fence = fence


class ConfirmationRefused(StorageError):
    pass


class UnknownConfirmation(ConfirmationRefused):
    def __init__(self, confirmation_id: str) -> None:
        super().__init__(f"There is no confirmation {confirmation_id}.")


class AlreadyUsed(ConfirmationRefused):
    def __init__(self, confirmation: Confirmation) -> None:
        super().__init__(
            f"Confirmation {confirmation.id} was {confirmation.answer} by {confirmation.used_by}."
        )
        self.confirmation = confirmation


class Expired(ConfirmationRefused):
    def __init__(self, confirmation: Confirmation) -> None:
        super().__init__(f"Confirmation {confirmation.id} expired at {confirmation.expires_at.isoformat()}.")
        self.confirmation = confirmation
