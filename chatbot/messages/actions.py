"""Every action id and callback id, once. Where a block holds several of one kind, `:1`, `:2` … is appended."""

import re

CONFIRM = "confirmation.confirm"
CANCEL = "confirmation.cancel"
CHOOSE = "confirmation.choose"
SHOW_DOMAINS = "confirmation.domains"
KEEP_OFF = "confirmation.keep_off"
OVERRIDE = "confirmation.override"
SHOW_KEYS = "confirmation.keys"
PROMOTE = "deployment.promote"
ROLL_BACK = "deployment.roll_back"
CANDIDATES = "project.candidates"
UNDO_LAST = "project.undo"
RESUME = "project.resume"
BACK = "project.back"
ADVANCE = "release.advance"
COMPLETE = "release.complete"
ABORT = "release.abort"
QUEUE = "release.queue"
SHOW_RELEASE = "release.show"
UNDO = "operation.undo"
RETRY = "operation.retry"
GIVE_UP = "operation.give_up"
REDEPLOY = "deployment.redeploy"
KEEP_PINNED = "project.keep_pinned"
INCIDENT = "incident.dialog"
INCIDENT_PROJECTS = "incident.projects"
INCIDENT_WHAT = "incident.what"
ROLL_BACK_ALL = "incident.roll_back_all"
ALL_BACK = "incident.all_back"
OPEN_INCIDENT = "incident.open"
RESOLVE_INCIDENT = "incident.resolve"
OPEN_LINK = "link.open"
PROMOTE_MESSAGE = "message.promote"
SUBSCRIPTIONS = "subscriptions.page"
SUBSCRIBE_MORE = "subscriptions.more"
SUBSCRIBE = "subscribe.dialog"
SUBSCRIBE_PROJECTS = "subscribe.projects"
SUBSCRIBE_KINDS = "subscribe.kinds"
PICKER = "picker.dialog"
PICK_PROJECT = "picker.project"
PICK_DEPLOYMENT = "picker.deployment"


def numbered(action: str, number: int) -> str:
    return f"{action}:{number}"


def any_number(action: str) -> re.Pattern[str]:
    """Matches the action with and without a number."""
    return re.compile(rf"^{re.escape(action)}(:\d+)?$")
