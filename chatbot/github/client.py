"""The one place that speaks HTTP to GitHub."""

from http import HTTPStatus

import aiohttp
from pydantic import BaseModel, Field, ValidationError

from chatbot.domain.changes import Comparison
from chatbot.errors import GitHostError

_MOST_FILES = 300
"""A comparison tells of no more (docs.github.com/rest, "Compare two commits")."""


class GitHubClient:
    """One shared session, closed by whoever opened it. `deadline` is seconds; nothing is asked twice."""

    def __init__(
        self, session: aiohttp.ClientSession, *, url: str, token: str, deadline: float = 1.5
    ) -> None:
        self._session = session
        self._url = url
        self._headers = {
            "Authorization": f"Bearer {token}",
            "Accept": "application/vnd.github+json",
            "X-GitHub-Api-Version": "2022-11-28",
            "User-Agent": "promotebot",
        }
        self._deadline = deadline

    async def compare(self, repository: str, base: str, head: str) -> Comparison:
        """What the commit `head` has and `base` has not, since the two parted. Raises GitHostError.

        Of the commits themselves only one is asked for: their number stands beside them, and the files come
        with the first page.
        """
        path = f"/repos/{repository}/compare/{base}...{head}"
        raw = await self.request(path, {"per_page": "1", "page": "1"})
        try:
            told = _Comparison.model_validate_json(raw)
        except ValidationError as error:
            raise GitHostError("an answer that cannot be read") from error
        paths = tuple(file.filename for file in told.files)
        return Comparison(told.ahead_by, paths, cut=len(paths) >= _MOST_FILES)

    async def request(self, path: str, query: dict[str, str]) -> bytes:
        """One GET: the body of a success. A renamed repository is followed to its new name.

        Raises:
            GitHostError: anything else.
        """
        try:
            async with self._session.get(
                self._url + path,
                params=query,
                headers=self._headers,
                timeout=aiohttp.ClientTimeout(total=self._deadline),
                max_redirects=2,
            ) as answer:
                if answer.status != HTTPStatus.OK:
                    raise GitHostError("an error", answer.status)
                return await answer.read()
        except TimeoutError as error:
            raise GitHostError("no answer in time") from error
        except aiohttp.ClientError as error:
            raise GitHostError("no connection") from error


class _File(BaseModel):
    filename: str


class _Comparison(BaseModel):
    ahead_by: int = Field(ge=0)
    files: list[_File] = []
