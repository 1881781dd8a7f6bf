import pytest

from storage import mentions
from storage.database import Database
from storage.mentions import Wish
from storage.models import Mention, Quiet
from tests.storage.rows import NOW, SECOND


@pytest.mark.parametrize("wish", [Mention, Quiet])
async def test_nobody_has_a_wish_who_did_not_say_it_and_who_did_may_change_their_mind(
    db: Database, wish: Wish
) -> None:
    other: Wish = Quiet if wish is Mention else Mention
    async with db.write() as session:
        assert not await mentions.is_on(session, wish, "U0ANA0001")
        await mentions.switch_on(session, wish, "U0ANA0001", NOW)
        await mentions.switch_on(session, wish, "U0ANA0001", NOW + SECOND)  # the second time changes nothing
        assert await mentions.is_on(session, wish, "U0ANA0001")
        assert not await mentions.is_on(session, wish, "U0BOB0002")
        assert not await mentions.is_on(session, other, "U0ANA0001")
    async with db.write() as session:
        await mentions.switch_off(session, wish, "U0ANA0001")
        await mentions.switch_off(session, wish, "U0ANA0001")
        assert not await mentions.is_on(session, wish, "U0ANA0001")
