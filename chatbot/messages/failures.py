"""What is said where something failed: the platform, the audit log, the bot itself."""

from datetime import timedelta

from chatbot.errors import (
    NotAuthorized,
    NotFound,
    PlatformAnswered,
    PlatformError,
    PlatformUnreachable,
    RateLimited,
)
from chatbot.messages.message import Message, says
from chatbot.messages.wording import code, foreign, span


def word_failure(error: PlatformError) -> Message:
    """A platform that did not do what was asked of it while nothing was being changed."""
    words = foreign(error.said, 300).rstrip(". ") if isinstance(error, PlatformAnswered) else ""
    said = f": {words}" if words else ""
    match error:
        case NotAuthorized():
            text = (
                f"Vercel refused ({error.status}){said}. Nothing was done. "
                "The bot's token may be wrong, expired, or without rights to this team or project."
            )
        case RateLimited():
            wait = f" for {span(timedelta(seconds=error.wait))}" if error.wait else ""
            text = f"Vercel's rate limit is reached{wait}. Nothing was done. Try again later."
        case NotFound():
            text = f"Vercel does not know it ({error.status}){said}. Nothing was done."
        case PlatformUnreachable():
            text = f"Vercel did not answer: {foreign(str(error))}. Nothing was done. Try again in a minute."
        case PlatformAnswered():
            text = f"Vercel answered {error.status}{said}. Nothing was done. Try again in a minute."
        case _:
            text = f"Vercel gave {foreign(str(error))}. Nothing was done. Try again in a minute."
    return says(text)


def word_old_button() -> Message:
    """A button that nobody answers any more."""
    return says(
        "Nothing was done. This button is from an older version of promotebot. Type the command again."
    )


def word_no_audit() -> Message:
    """Without an audit entry nothing is done."""
    return says(
        "Nothing was done. The audit log cannot be written just now, and without it I do not act. "
        "Try again in a minute, and tell the bot's maintainers."
    )


def word_unwritten() -> Message:
    """A click that the database did not acknowledge: it may have been written down all the same."""
    return says(
        "The database does not answer just now, so I cannot say whether that was written down. If it was, a message "
        "in the channel tells how it goes. If none comes within a minute, nothing was done: try again."
    )


def word_bug(reference: str) -> Message:
    """An error of ours. The log has the same reference."""
    return says(
        f"Something broke in promotebot; it is not your fault. Tell its maintainers the reference {code(reference)}. "
        "If you confirmed something, `/current` shows what production serves."
    )
