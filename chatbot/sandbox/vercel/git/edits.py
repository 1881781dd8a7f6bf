"""Which paths a commit touches: as the table says for its message, or as a commit of its kind would."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from chatbot.sandbox.vercel.git.contents import draft, revise

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable

    from chatbot.sandbox.vercel.git.history import Tree

LAYOUTS: dict[str, tuple[str, ...]] = {
    "nextjs": (
        "README.md",
        "package.json",
        "package-lock.json",
        "next.config.ts",
        "app/layout.tsx",
        "app/page.tsx",
        "app/account/page.tsx",
        "app/category/[slug]/page.tsx",
        "app/product/[id]/page.tsx",
        "app/checkout/page.tsx",
        "app/checkout/address/page.tsx",
        "app/checkout/payment/page.tsx",
        "lib/cart.ts",
        "lib/images.ts",
        "lib/prices.ts",
        "lib/search.ts",
        "db/migrations/20240311090000_create_orders.sql",
    ),
    "astro": (
        "README.md",
        "package.json",
        "package-lock.json",
        "astro.config.mjs",
        "src/layouts/page.astro",
        "src/components/search.astro",
        "src/styles/theme.css",
        "content/quick-start.mdx",
        "content/api-reference.mdx",
        "content/errors.mdx",
    ),
    "hono": (
        "README.md",
        "package.json",
        "package-lock.json",
        "prisma/schema.prisma",
        "prisma/migrations/20240102080000_init/migration.sql",
        "src/index.ts",
        "src/money.ts",
        "src/pool.ts",
        "src/routes/customers.ts",
        "src/routes/orders.ts",
        "test/orders.test.ts",
    ),
}
"""What the first commit of a repository holds, by the project's framework; the first one for any other."""

_VAT = ("db/migrations/{stamp}_add_vat.sql", "lib/vat.ts")
_WISHLISTS = ("db/migrations/{stamp}_add_wishlists.sql", "lib/wishlist.ts", "app/wishlist/page.tsx")
_IDEMPOTENCY = (
    "prisma/migrations/{stamp}_idempotency_keys/migration.sql",
    "prisma/schema.prisma",
    "src/idempotency.ts",
)
_REFUNDS = ("prisma/migrations/{stamp}_refunds/migration.sql", "prisma/schema.prisma")

TOUCHED: dict[str, tuple[str, ...]] = {
    "Move product images to the new CDN (#371)": ("lib/images.ts -> lib/cdn.ts", "next.config.ts"),
    "Wishlist: store it with the account": _WISHLISTS,
    "Wishlists that can be shared (#385)": _WISHLISTS,
    "Gift cards: balance lookup": ("db/migrations/{stamp}_add_gift_cards.sql", "lib/gift-cards.ts"),
    "Gift cards: redeem at checkout": ("lib/gift-cards.ts", "app/checkout/page.tsx"),
    "Checkout v2: one page instead of three (#390)": (
        "app/checkout/page.tsx",
        "- app/checkout/address/page.tsx",
        "- app/checkout/payment/page.tsx",
        "lib/cart.ts",
    ),
    "VAT: use the delivery country": _VAT,
    "Charge VAT by delivery country (#399)": (*_VAT, "lib/cart.ts", "app/checkout/page.tsx"),
    "Dark theme (#94)": ("src/styles/theme.css", "src/layouts/page.astro"),
    "Migration guide to v3": ("content/migration-v3.mdx",),
    "Index orders by customer (#515)": (
        "prisma/migrations/{stamp}_orders_by_customer/migration.sql",
        "prisma/schema.prisma",
    ),
    "Keep idempotency keys in the database": _IDEMPOTENCY,
    "Idempotent order creation (#526)": _IDEMPOTENCY,
    "Add a migration for refunds (#531)": _REFUNDS,
    "Partial refunds (#533)": ("src/refunds.ts", "src/routes/orders.ts", "test/orders.test.ts"),
}
"""By the first line of the message: a path to write, `- path` to remove, `path -> path` to rename."""

_DEPENDENCIES = re.compile(r"^(Upgrade|Bump|Pin|Update dependencies)\b")
_MIGRATION = re.compile(r"^Add a migration(?: for| of)? ?(?P<what>.*)$")


def first_tree(framework: str, chance: random.Random) -> Tree:
    paths = LAYOUTS.get(framework, next(iter(LAYOUTS.values())))
    return {path: draft(path, chance) for path in paths}


def touched_by(message: str, tree: Tree, chance: random.Random) -> tuple[str, ...]:
    """Only who says so touches a migration: the table, or a message that begins with "Add a migration"."""
    line = message.partition("\n")[0]
    if (listed := TOUCHED.get(line)) is not None:
        return listed
    if (migration := _MIGRATION.match(line)) is not None:
        what = re.sub(r"[^a-z0-9]+", "_", migration["what"].lower()).strip("_") or "change"
        return (f"db/migrations/{{stamp}}_{what}.sql",)
    if _DEPENDENCIES.match(line):
        return ("package.json", "package-lock.json")
    ordinary = sorted(path for path in tree if "migration" not in path and not path.startswith("package"))
    return tuple(chance.sample(ordinary, min(len(ordinary), chance.randrange(1, 4))))


def edited(tree: Tree, edits: Iterable[str], at: int, chance: random.Random) -> Tree:
    """The tree after the edits: what is there is revised, what is not is written new."""
    new = dict(tree)
    stamp = datetime.fromtimestamp(at / 1000, UTC).strftime("%Y%m%d%H%M%S")
    for edit in edits:
        path = edit.replace("{stamp}", stamp)
        if path.startswith("- "):
            new.pop(path.removeprefix("- "), None)
        elif " -> " in path and (former := path.partition(" -> ")[0]) in new:
            new[path.partition(" -> ")[2]] = new.pop(former)
        elif path in new:
            new[path] = revise(path, new[path], chance)
        else:
            new[path] = draft(path, chance)
    return new
