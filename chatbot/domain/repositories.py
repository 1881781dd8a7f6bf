"""Where commits are kept, and where people compare two of them."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Self
from urllib.parse import quote

_SITES = {
    "github": "https://github.com",
    "gitlab": "https://gitlab.com",
    "bitbucket": "https://bitbucket.org",
}
_NAME = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)+", re.ASCII)
_SITE = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")


class GitHost(StrEnum):
    GITHUB = "github"
    GITLAB = "gitlab"
    BITBUCKET = "bitbucket"


@dataclass(frozen=True)
class Repository:
    """`name` is "acme/shop", on GitLab with every group. `site` has no slash at its end."""

    host: GitHost
    name: str
    site: str

    @classmethod
    def of(cls, host: str, name: str, site: str = "") -> Self | None:
        """None where that can be no repository: whoever deploys writes these names."""
        site = site or _SITES.get(host, "")
        if host not in _SITES or not _NAME.fullmatch(name) or not _SITE.fullmatch(site):
            return None
        return cls(GitHost(host), name, site)

    def is_same(self, other: "Repository") -> bool:
        return (self.host, self.name.lower()) == (other.host, other.name.lower())

    def compare_url(self, base: str, head: str) -> str:
        """The page that shows what the commit `head` has and `base` has not."""
        base, head = quote(base, safe=""), quote(head, safe="")
        ways = {
            GitHost.GITHUB: f"compare/{base}...{head}",
            GitHost.GITLAB: f"-/compare/{base}...{head}",
            GitHost.BITBUCKET: f"branches/compare/{head}%0D{base}",  # the newer one comes first there
        }
        return f"{self.site}/{self.name}/{ways[self.host]}"
