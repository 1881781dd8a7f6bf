"""What can go wrong, drawn as a tree.

PromotebotError
├── ConfigurationError        the bot cannot start; one sentence, exit 2
├── Refusal                   the bot will not do it; messages/refusals.py has the sentence
├── GitHostError              GitHub did not say how two commits compare; nothing depends on it
└── PlatformError             Vercel did not do it, or did not say so
    ├── PlatformUnreachable   no answer arrived
    ├── PlatformGarbled       an answer arrived that cannot be read
    └── PlatformAnswered      an error status: 4xx and 5xx
        ├── NotFound          404 and 410
        ├── NotAuthorized     401 and 403
        └── RateLimited       429, after the last retry
"""

from http import HTTPStatus


class PromotebotError(Exception):
    """Everything this project raises on purpose."""


class ConfigurationError(PromotebotError):
    """The bot cannot start as it is set up. The text is shown as it is and names the setting."""


class Refusal(PromotebotError):
    """The bot declines. Subclasses carry nouns, never sentences."""


class GitHostError(PromotebotError):
    """No answer, none that can be read, or an error `status`."""

    def __init__(self, why: str, status: int | None = None) -> None:
        super().__init__(f"{why} ({status})" if status else why)
        self.status = status


class PlatformError(PromotebotError):
    """A call to Vercel that did not end in a readable success.

    `may_have_applied` is true when a write may have taken effect all the same: whoever wrote must then
    look, and must not write again.
    """

    may_have_applied = False


class PlatformUnreachable(PlatformError):
    """No answer: the connection failed, was cut, or timed out."""

    def __init__(self, why: str, *, may_have_applied: bool) -> None:
        super().__init__(why)
        self.may_have_applied = may_have_applied


class PlatformGarbled(PlatformError):
    """An answer that is not the JSON it should be. The status said success, so a write has applied."""

    may_have_applied = True


class PlatformAnswered(PlatformError):
    """An error answer. `said` is the platform's own message, as it came from outside: escape it.

    `wait` is how many seconds the platform asks to wait, where it does.
    """

    def __init__(self, status: int, said: str, wait: float | None = None) -> None:
        super().__init__(f"{status}: {said}")
        self.status = status
        self.said = said
        self.wait = wait
        # Only a plain 4xx says that it did not: a proxy's 502, or a redirect, says nothing of the server behind.
        self.may_have_applied = status == HTTPStatus.REQUEST_TIMEOUT or not 400 <= status < 500


class NotFound(PlatformAnswered):
    """404 (never was) or 410 (deleted by retention)."""


class NotAuthorized(PlatformAnswered):
    """401 (the token) or 403 (the token's rights, or the team scope)."""


class RateLimited(PlatformAnswered):
    """429, still after the retries that the deadline allowed."""
