"""Who is who among those that the platform's answers name. In memory only: mail addresses are kept nowhere."""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

_MOST = 5_000


@dataclass(frozen=True)
class Acquaintance:
    """`logins` are the same person's names at git hosts, as the platform says: no other name there proves anything."""

    name: str
    mail: str | None
    logins: frozenset[str] = frozenset()


class Acquaintances:
    def __init__(self) -> None:
        self._by_id: OrderedDict[str, Acquaintance] = OrderedDict()

    def learn(
        self, user_id: str, name: str | None, mail: str | None, logins: Iterable[str | None] = ()
    ) -> None:
        """Some answers tell the mail address and the logins, some do not."""
        if not user_id or not name:
            return
        known = self._by_id.pop(user_id, None)
        told = frozenset(login for login in logins if login)
        self._by_id[user_id] = Acquaintance(
            name, mail or (known.mail if known else None), told or (known.logins if known else frozenset())
        )
        if len(self._by_id) > _MOST:
            self._by_id.popitem(last=False)

    def name_of(self, user_id: str) -> str | None:
        known = self._by_id.get(user_id)
        return known.name if known else None

    def mail_of(self, name: str) -> str | None:
        """`name` is the platform's."""
        return next((one.mail for one in self._by_id.values() if one.name == name), None)

    def mail_of_author(self, login: str) -> str | None:
        """`login` is a git host's: somebody else may have the same name at the platform."""
        return next((one.mail for one in self._by_id.values() if login in one.logins), None)
