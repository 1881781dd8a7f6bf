"""The payloads that Slack sends to an app: one set of builders, whichever transport carries them.

Shapes: docs.slack.dev/reference/interaction-payloads and the samples in Bolt's own scenario tests.
"""

import copy
from dataclasses import dataclass

from chatbot.sandbox.slack import seed
from chatbot.sandbox.slack.elements import Touchable
from chatbot.sandbox.slack.identifiers import prefixed
from chatbot.sandbox.slack.installation import Installation
from chatbot.sandbox.slack.records import Channel, File, Json, Member, Message, Values, View

TEAM: Json = {"id": seed.TEAM_ID, "domain": seed.TEAM_DOMAIN}


@dataclass(frozen=True)
class Source:
    """Where an interaction happened: in a message (with its channel) or in a view."""

    channel: Channel | None = None
    message: Message | None = None
    view: View | None = None
    unfurl: str | None = None
    """The link whose card beneath the message was touched."""

    @property
    def execution(self) -> str | None:
        """The run of the workflow step that posted the message or opened the view."""
        made = self.view or self.message
        return made.execution if made is not None else None

    @property
    def blocks(self) -> list[Json]:
        if self.view is not None:
            return self.view.blocks
        return self.message.blocks_of(self.unfurl) if self.message is not None else []

    @property
    def container(self) -> Json:
        if self.view is not None:
            return {"type": "view", "view_id": self.view.id}
        if self.message is None or self.channel is None:
            raise ValueError("a source is a view, or a message with its channel")
        container: Json = {
            "type": "message",
            "message_ts": self.message.ts,
            "channel_id": self.channel.id,
            "is_ephemeral": self.message.only_for is not None,
        }
        if self.message.thread_ts is not None:
            container["thread_ts"] = self.message.thread_ts
        if self.unfurl is not None:
            # the shape of a payload in java-slack-sdk#1038 and of sentry's tests; not in Slack's reference
            container |= {
                "type": "message_attachment",
                "attachment_id": list(self.message.unfurls).index(self.unfurl) + 1,
                "is_app_unfurl": True,
                "app_unfurl_url": self.unfurl,
            }
        return container


class Payloads:
    def __init__(self, app: Installation) -> None:
        self._app = app

    def _wrapped(self, kind: str, person: Member) -> Json:
        return {
            "type": kind,
            "user": user(person),
            "api_app_id": self._app.app_id,
            "token": self._app.verification_token,
            "team": TEAM,
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def slash_command(
        self, person: Member, channel: Channel, command: str, text: str, *, trigger_id: str, response_url: str
    ) -> Json:
        """`is_enterprise_install` is a string here and nowhere else (bolt-js, types/command)."""
        return {
            "token": self._app.verification_token,
            "team_id": seed.TEAM_ID,
            "team_domain": seed.TEAM_DOMAIN,
            "channel_id": channel.id,
            "channel_name": channel_name(channel),
            "user_id": person.id,
            "user_name": person.name,
            "command": command,
            "text": text,
            "api_app_id": self._app.app_id,
            "is_enterprise_install": "false",
            "response_url": response_url,
            "trigger_id": trigger_id,
        }

    def block_actions(
        self,
        person: Member,
        source: Source,
        actions: list[Json],
        values: Values,
        *,
        trigger_id: str,
        response_url: str | None,
    ) -> Json:
        payload = self._wrapped("block_actions", person)
        payload |= {"container": source.container, "trigger_id": trigger_id, "actions": actions}
        payload |= self._origin(source)
        if source.view is None:
            payload |= {"state": {"values": values}, "response_url": response_url}
        return payload

    def _origin(self, source: Source) -> Json:
        """An ephemeral message is not repeated in what the app hears of it."""
        if source.view is not None:
            return {"view": self.view(source.view)}
        if source.channel is None or source.message is None:
            return {}
        origin: Json = {"channel": {"id": source.channel.id, "name": channel_name(source.channel)}}
        if source.unfurl is not None:
            origin["app_unfurl"] = self._unfurl(source.message, source.unfurl)
        elif source.message.only_for is None:
            origin["message"] = self.message(source.message)
        return origin

    def block_suggestion(self, person: Member, source: Source, touched: Touchable, typed: str) -> Json:
        """It tells nothing of what other fields hold (java-slack-sdk#1292, bolt-python#349)."""
        payload = self._wrapped("block_suggestion", person)
        payload |= {
            "container": source.container,
            "action_id": touched.action_id,
            "block_id": touched.block_id,
            "value": typed,
        }
        payload |= self._origin(source)
        if source.view is not None:
            payload["view"]["state"] = {"values": {}}
        return payload

    def view_submission(
        self, person: Member, view: View, *, trigger_id: str, response_urls: list[Json]
    ) -> Json:
        payload = self._wrapped("view_submission", person)
        return payload | {"trigger_id": trigger_id, "view": self.view(view), "response_urls": response_urls}

    def view_closed(self, person: Member, view: View, *, is_cleared: bool) -> Json:
        payload = self._wrapped("view_closed", person)
        return payload | {"view": self.view(view), "is_cleared": is_cleared, "response_urls": []}

    def global_shortcut(self, person: Member, callback_id: str, *, action_ts: str, trigger_id: str) -> Json:
        payload = self._wrapped("shortcut", person)
        return payload | {"callback_id": callback_id, "action_ts": action_ts, "trigger_id": trigger_id}

    def message_shortcut(
        self,
        person: Member,
        source: Source,
        callback_id: str,
        *,
        action_ts: str,
        trigger_id: str,
        response_url: str,
    ) -> Json:
        if source.message is None:
            raise ValueError("a message shortcut is used on a message")
        payload = self._wrapped("message_action", person) | self._origin(source)
        return payload | {
            "callback_id": callback_id,
            "action_ts": action_ts,
            "trigger_id": trigger_id,
            "message_ts": source.message.ts,
            "response_url": response_url,
        }

    def event(self, event: Json) -> Json:
        """The Events API wrapper."""
        return {
            "token": self._app.verification_token,
            "team_id": seed.TEAM_ID,
            "context_team_id": seed.TEAM_ID,
            "context_enterprise_id": None,
            "api_app_id": self._app.app_id,
            "event": event,
            "type": "event_callback",
            "event_id": prefixed("Ev"),
            "event_time": int(float(event["event_ts"])),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": seed.TEAM_ID,
                    "user_id": self._app.bot_user_id,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": f"1-{event['type']}-{seed.TEAM_ID}-{_channel_id(event)}",
        }

    def message(self, message: Message) -> Json:
        """A message as Slack describes it to an app, in payloads and in Web API answers."""
        shape: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
        shape |= {"team": seed.TEAM_ID}
        if message.by_app:
            shape |= {"bot_id": self._app.bot_id, "app_id": self._app.app_id}
        attachments = [*message.attachments, *(self._unfurl(message, url) for url in message.unfurls)]
        kept: Json = {
            "client_msg_id": message.client_msg_id,
            "blocks": message.blocks,
            "attachments": attachments,
            "files": [self.file(file) for file in message.files],
            "metadata": message.metadata,
            "thread_ts": message.thread_ts,
        }
        shape |= {name: value for name, value in kept.items() if value not in (None, [])}
        if message.edited_ts is not None:
            shape["edited"] = {"user": message.user, "ts": message.edited_ts}
        if message.broadcast:
            shape["subtype"] = "thread_broadcast"
        if message.reactions:
            shape["reactions"] = [
                {"name": name, "users": users, "count": len(users)}
                for name, users in message.reactions.items()
            ]
        return shape

    def _unfurl(self, message: Message, url: str) -> Json:
        """A card as an attachment of the message."""
        return message.unfurls[url] | {
            "id": list(message.unfurls).index(url) + 1,
            "fallback": message.unfurls[url].get("fallback", "[no preview available]"),
            "bot_id": self._app.bot_id,
            "app_id": self._app.app_id,
            "app_unfurl_url": url,
            "from_url": url,
            "is_app_unfurl": True,
        }

    def file(self, file: File) -> Json:
        return {
            "id": file.id,
            "created": file.created,
            "timestamp": file.created,
            "name": file.name,
            "title": file.title,
            "size": file.length,
            "user": self._app.bot_user_id,
            "mode": "hosted",
        }

    def view(self, view: View) -> Json:
        """`type` is always there: Bolt 1.30 raises KeyError without it."""
        definition = view.definition
        return {
            "id": view.id,
            "team_id": seed.TEAM_ID,
            "type": view.type,
            "blocks": view.blocks,
            "private_metadata": definition.get("private_metadata", ""),
            "callback_id": definition.get("callback_id", ""),
            "state": {"values": copy.deepcopy(view.values)},
            "hash": view.hash,
            "title": definition.get("title"),
            "clear_on_close": definition.get("clear_on_close", False),
            "notify_on_close": definition.get("notify_on_close", False),
            "close": definition.get("close"),
            "submit": definition.get("submit"),
            "previous_view_id": view.previous_id,
            "root_view_id": view.root_id,
            "app_id": self._app.app_id,
            "external_id": definition.get("external_id", ""),
            "app_installed_team_id": seed.TEAM_ID,
            "bot_id": self._app.bot_id,
        }


def _channel_id(event: Json) -> str:
    channel = event.get("channel", event.get("channel_id", ""))
    return str(channel["id"] if isinstance(channel, dict) else channel)


def user(person: Member) -> Json:
    return {"id": person.id, "username": person.name, "name": person.name, "team_id": seed.TEAM_ID}


def permalink(message: Message) -> str:
    link = f"https://{seed.TEAM_DOMAIN}.slack.com/archives/{message.channel}/p{message.ts.replace('.', '')}"
    return link + (f"?thread_ts={message.thread_ts}&cid={message.channel}" if message.is_reply else "")


def channel_name(channel: Channel) -> str:
    """What Slack tells apps in place of the names of conversations that are not public."""
    if channel.is_im:
        return "directmessage"
    return "privategroup" if channel.is_private else channel.name
