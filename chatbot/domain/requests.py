"""Why a request is refused before or apart from its plan. messages/refusals.py has the sentences."""

from dataclasses import dataclass

from chatbot.domain.deployments import Deployment, Project
from chatbot.domain.plans import OpenIncident, Path
from chatbot.domain.references import Reference
from chatbot.errors import Refusal


@dataclass(eq=False)
class UnknownDeployment(Refusal):
    """No deployment goes by that name. `nearest` are the most alike, at most three."""

    reference: Reference
    nearest: tuple[Deployment, ...] = ()


@dataclass(eq=False)
class Ambiguous(Refusal):
    """Several projects have one. `candidates` has the best of each."""

    reference: Reference
    candidates: tuple[Deployment, ...]


@dataclass(eq=False)
class Deleted(Refusal):
    """The platform knew it once (410)."""

    reference: Reference


@dataclass(eq=False)
class OutOfReach(Refusal):
    """It is there, but the platform does not show it to the bot's token (403): another team's, for one."""

    reference: Reference


@dataclass(eq=False)
class UnknownProject(Refusal):
    name: str
    known: tuple[str, ...] = ()


@dataclass(eq=False)
class NothingToRollBackTo(Refusal):
    project: Project


@dataclass(eq=False)
class NothingToUndo(Refusal):
    """The bot has made no change of the project that has an inverse."""

    project: Project


@dataclass(eq=False)
class Overtaken(Refusal):
    """Production was moved since the bot's last change, which had made `made` Current."""

    project: Project
    made: Deployment


@dataclass(eq=False)
class NotPinned(Refusal):
    """No rollback holds new builds back: there is nothing to resume."""

    project: Project


@dataclass(eq=False)
class NothingToResumeWith(Refusal):
    """Nothing that is ready is newer than Current."""

    project: Project


@dataclass(eq=False)
class ProjectBusy(Refusal):
    """One change at a time: an operation on the project has not ended, and the line behind it is full."""

    project_name: str
    waiting: int
    path: str
    target_id: str
    actor: str


@dataclass(eq=False)
class IncidentOpen(Refusal):
    """What takes a project forward needs an explicit override while an incident of it is open."""

    project_name: str
    path: Path
    incidents: tuple[OpenIncident, ...]


@dataclass(eq=False)
class AlreadyAnIncident(Refusal):
    """One of exactly these projects is open in this channel."""

    incident: OpenIncident


class NoIncident(Refusal):
    """None is open in this channel, or it is resolved already."""


@dataclass(eq=False)
class TooManyAtOnce(Refusal):
    """For one incident."""

    named: int
    most: int


@dataclass(eq=False)
class AlreadyUnderWay(Refusal):
    """Somebody has requested exactly this, and it has not ended."""

    project_name: str
    actor: str


@dataclass(eq=False)
class ConfirmationUsed(Refusal):
    by: str | None


class NotOpened(Refusal):
    """Slack did not open a dialog: it takes that for three seconds after a command or a click."""


class ConfirmationExpired(Refusal):
    """Ten minutes have passed."""


class ConfirmationUnknown(Refusal):
    """No such row: a forged value, or one purged long ago."""


@dataclass(eq=False)
class TooLate(Refusal):
    """Only a build that is under way can be given up."""

    project_name: str


@dataclass(eq=False)
class Stale(Refusal):
    """A one-click button whose operation is no longer the last word."""

    project_name: str


class NoDialogHere(Refusal):
    """What was asked opens a dialog, and a mention cannot."""


class NoDeploymentThere(Refusal):
    """The message names none that the bot may see."""


class ButtonUnknown(Refusal):
    """What it carries was made by no message of ours."""
