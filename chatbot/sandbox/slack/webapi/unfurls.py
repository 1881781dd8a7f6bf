"""chat.unfurl: cards beneath the links that a person wrote."""

from chatbot.sandbox.slack import happenings
from chatbot.sandbox.slack.blockkit import problems_of_blocks
from chatbot.sandbox.slack.content import ContentRefused, decoded, sentences
from chatbot.sandbox.slack.records import Json, Message
from chatbot.sandbox.slack.unfurling import card, links, unfurl_id
from chatbot.sandbox.slack.webapi.calling import Call, Refused

SOURCES = ("conversations_history", "composer")


async def unfurl(call: Call) -> Json:
    """Beside what is there already; the card of a link that has one is replaced."""
    message = _message(call)
    cards = _cards(call)
    shared = {link["url"] for link in links(message, call.backend.app.unfurl_domains)}
    for url in cards:
        if url not in message.text:
            raise Refused("cannot_unfurl_message")
        if url not in shared:
            raise Refused("cannot_unfurl_url")
    before = call.backend.payloads.message(message)
    message.unfurls |= {url: card(content) for url, content in cards.items()}
    call.backend.state.touched(message)
    happenings.changed(call.backend, message, before)
    return {}


def _message(call: Call) -> Message:
    """By channel and ts, or by unfurl_id and source."""
    state, args = call.backend.state, call.args
    if args.get("unfurl_id") or args.get("source"):
        given = str(args.get("unfurl_id") or "")
        if not given:
            raise Refused("missing_unfurl_id")
        if not args.get("source"):
            raise Refused("missing_source")
        if args["source"] not in SOURCES:
            raise Refused("invalid_source")
        channel_id, _, rest = given.partition(".")
        message = state.message(channel_id, rest.rpartition(".")[0])
        if message is None or unfurl_id(message) != given:
            raise Refused("invalid_unfurl_id")
        return message
    for name in ("channel", "ts"):
        if not args.get(name):
            raise Refused(f"missing_{name}")
    channel = state.channel(str(args["channel"]))
    if channel is None or not channel.is_open_to(call.backend.app.bot_user_id):
        raise Refused("cannot_find_channel")
    message = state.message(channel.id, str(args["ts"]))
    if message is None:
        raise Refused("cannot_find_message")
    return message


def _cards(call: Call) -> dict[str, Json]:
    given = call.args.get("unfurls")
    if not given:
        raise Refused("missing_unfurls")
    try:
        cards = decoded(given)
    except ValueError as error:
        raise Refused("invalid_unfurls_format") from error
    if not isinstance(cards, dict) or not all(isinstance(each, dict) for each in cards.values()):
        raise Refused("invalid_unfurls_format")
    for url, content in cards.items():
        problems = problems_of_blocks(content.get("blocks", []))
        if problems:
            raise ContentRefused("invalid_blocks", sentences(problems, f"/unfurls/{url}/blocks"))
    return cards
