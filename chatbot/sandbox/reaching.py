"""How a person reaches the workspace: its JSON API, and channels by their names."""

import aiohttp

from chatbot.sandbox import seen
from chatbot.sandbox.seen import Json, SeenMessage, SeenView


class Refused(Exception):
    """The workspace did not do it; `error` is its code, `told` the whole answer."""

    def __init__(self, error: str, told: Json) -> None:
        details = {key: value for key, value in told.items() if key not in ("ok", "error")}
        super().__init__(f"{error} {details}" if details else error)
        self.error = error
        self.told = told

    @property
    def errors(self) -> dict[str, str]:
        """Of a modal: block_id -> sentence."""
        return dict(self.told.get("errors", {}))


class Reach:
    """`channel` binds one, so that it need not be named each time."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        workspace_url: str,
        person_id: str,
        *,
        channel: str | None = None,
    ) -> None:
        self.id = person_id
        self._session = session
        self._url = workspace_url.rstrip("/") + "/sandbox/"
        self._channel = channel
        self._channel_ids: dict[str, str] = {}

    async def _does(self, what: str, body: Json) -> Json:
        async with self._session.post(self._url + what, json=body | {"as": self.id}) as response:
            return answered(await response.json())

    async def _look(self, what: str, query: Json, since: int | None, wait: float) -> Json:
        asked = query | {"as": self.id}
        if since is not None:
            asked |= {"since": str(since), "wait": f"{wait:.3f}"}
        async with self._session.get(self._url + what, params=asked) as response:
            return answered(await response.json())

    async def _read(
        self, channel_id: str, thread: SeenMessage | None, since: int | None = None, wait: float = 0
    ) -> tuple[int, list[SeenMessage]]:
        query = {"channel": channel_id} | ({"thread_ts": thread.ts} if thread else {})
        told = await self._look("messages", query, since, wait)
        return told["revision"], [seen.message(shape) for shape in told["messages"]]

    async def _views(self, since: int | None, wait: float) -> tuple[int, list[SeenView]]:
        told = await self._look("views", {}, since, wait)
        return told["revision"], [seen.view(shape) for shape in told["views"]]

    async def _channel_id(self, channel: str | None) -> str:
        """By name or id; `app` is the direct message with the app, once it is open."""
        named = channel or self._channel
        if named is None:
            raise ValueError("which channel? name it, or bind one with in_()")
        if named not in self._channel_ids:
            told = await self._look("workspace", {}, None, 0)
            for each in told["channels"]:
                self._channel_ids |= {each["name"]: each["id"], each["id"]: each["id"]}
                if each["is_im"] and self.id in each["members"]:
                    self._channel_ids["app"] = each["id"]
        if named not in self._channel_ids:
            raise Refused("no_such_channel", {"channel": named})
        return self._channel_ids[named]


def answered(answer: Json) -> Json:
    if answer.get("ok") is False:
        raise Refused(str(answer["error"]), answer)
    return answer
