"""Uploading files in three steps: ask for a URL, post the bytes to it, say where the file is to be shown."""

from chatbot.sandbox.slack.content import decoded, message_content
from chatbot.sandbox.slack.identifiers import prefixed, secret
from chatbot.sandbox.slack.records import Channel, File, Json
from chatbot.sandbox.slack.webapi.calling import Call, Refused, invalid_arguments

MOST_SHARED_CHANNELS = 100


async def get_upload_url(call: Call) -> Json:
    name = call.text("filename")
    try:
        length = int(call.text("length"))
    except ValueError as error:
        raise invalid_arguments("[ERROR] must be an integer [json-pointer:/length]") from error
    if length < 1:
        raise invalid_arguments("[ERROR] must be greater than 0 [json-pointer:/length]")
    file = File(prefixed("F"), name, length, f"/upload/v1/{secret()}", created=int(call.backend.clock()))
    call.backend.state.files[file.id] = file
    return {"upload_url": call.backend.address() + file.upload_path, "file_id": file.id}


async def complete_upload(call: Call) -> Json:
    """Without a channel the file stays private to the app."""
    files = _files(call)
    channels = _channels(call)
    thread_ts = call.args.get("thread_ts")
    if thread_ts and len(channels) > 1:
        raise Refused("invalid_arguments")
    for file, title in files:
        file.title = title
        file.shared = bool(channels)
    for channel in channels:
        _share(call, channel, [file for file, _ in files], str(thread_ts) if thread_ts else None)
    return {"files": [{"id": file.id, "title": file.title} for file, _ in files]}


def _files(call: Call) -> list[tuple[File, str]]:
    """Each with its title: the name where none is given."""
    try:
        given = decoded(call.args.get("files"))
    except ValueError as error:
        raise invalid_arguments("[ERROR] must be valid JSON [json-pointer:/files]") from error
    if not isinstance(given, list) or not given or not all(isinstance(each, dict) for each in given):
        raise invalid_arguments("[ERROR] missing required field: files")
    files = []
    for each in given:
        file = call.backend.state.files.get(str(each.get("id")))
        if file is None or file.content is None:
            raise Refused("file_not_found")
        files.append((file, str(each.get("title") or file.name)))
    return files


def _channels(call: Call) -> list[Channel]:
    named = call.listed("channel_id") or call.listed("channels")
    if len(named) > MOST_SHARED_CHANNELS:
        raise Refused("channels_limit_exceeded")
    bot = call.backend.app.bot_user_id
    channels = [call.backend.state.channel(each) for each in named]
    found = [channel for channel in channels if channel is not None and channel.is_open_to(bot)]
    if len(found) < len(named):
        raise Refused("channel_not_found")
    if any(bot not in channel.members for channel in found):
        raise Refused("not_in_channel")  # chat:write.public is of no help with files
    if any(channel.archived for channel in found):
        raise Refused("posting_to_channel_denied")
    return found


def _share(call: Call, channel: Channel, files: list[File], thread_ts: str | None) -> None:
    """A message with the files. Slack does this a moment after the answer."""
    comment = call.args.get("initial_comment")
    content: Json = {"text": str(comment)} if comment else {}
    if not comment and call.args.get("blocks"):
        content = message_content({"text": "", "blocks": call.args["blocks"]})
    if thread_ts is not None:
        parent = call.backend.state.message(channel.id, thread_ts)
        if parent is None:
            raise Refused("thread_not_found")
        thread_ts = parent.thread_ts = parent.thread_ts or parent.ts
    call.backend.public(channel.id, content | {"files": files}, thread_ts=thread_ts)
