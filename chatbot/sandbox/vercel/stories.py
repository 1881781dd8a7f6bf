"""The seeded projects as plain data: who built what, on which branch, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from chatbot.sandbox.vercel.records import Cron, EnvType, Target

Ending = Literal["live", "staged", "preview", "failed", "canceled", "expired"]
"""`live` became Current in its time; `expired` did too and has been deleted by retention since."""

BOTH: tuple[Target, ...] = ("production", "preview")
ALL: tuple[Target, ...] = ("production", "preview", "development")
PRODUCTION: tuple[Target, ...] = ("production",)
PREVIEW: tuple[Target, ...] = ("preview",)


@dataclass(frozen=True, slots=True)
class Step:
    ending: Ending
    author: str
    branch: str
    message: str


@dataclass(frozen=True, slots=True)
class Variable:
    key: str
    type: EnvType
    target: tuple[Target, ...]
    changed_hours_ago: float
    branch: str | None = None


@dataclass(frozen=True, slots=True)
class Site:
    name: str
    redirect: str | None = None
    branch: str | None = None


@dataclass(frozen=True, slots=True)
class Story:
    project: str
    framework: str
    auto_assign: bool
    sites: tuple[Site, ...]
    variables: tuple[Variable, ...]
    steps: tuple[Step, ...]
    """Oldest first; the newest was pushed `newest_minutes_ago`."""
    newest_minutes_ago: int = 40
    crons: tuple[tuple[str, tuple[Cron, ...]], ...] = ()
    """The message of a production build, and the cron jobs that builds define from it on."""


SHOP = Story(
    project="shop",
    framework="nextjs",
    auto_assign=False,
    sites=(
        Site("shop.example.com"),
        Site("www.shop.example.com", redirect="shop.example.com"),
        Site("checkout.shop.example.com"),
        Site("eu.shop.example.com"),
        Site("shop-acme.vercel.app"),
        Site("staging.shop.example.com", branch="staging"),
    ),
    variables=(
        Variable("NEXT_PUBLIC_SITE_NAME", "plain", ALL, 4100),
        Variable("SENTRY_DSN", "encrypted", BOTH, 3900),
        Variable("FEATURE_FLAGS_URL", "encrypted", BOTH, 2200),
        Variable("DATABASE_URL", "sensitive", PRODUCTION, 1800),
        Variable("DATABASE_URL", "sensitive", PREVIEW, 1790),
        Variable("STRIPE_SECRET_KEY", "sensitive", PRODUCTION, 0.3),
        Variable("STRIPE_SECRET_KEY", "sensitive", PREVIEW, 2600),
        Variable("API_URL", "plain", PRODUCTION, 2500),
        Variable("API_URL", "plain", PREVIEW, 2500),
        Variable("ANALYTICS_WRITE_KEY", "encrypted", PRODUCTION, 2000),
        Variable("CDN_PURGE_TOKEN", "sensitive", PRODUCTION, 900),
        Variable("MOCK_PAYMENTS", "plain", PREVIEW, 2400),
        Variable("DEBUG_TOOLBAR", "plain", ("preview", "development"), 2400),
        Variable("DATABASE_URL", "sensitive", PREVIEW, 90, branch="feat/gift-cards"),
        Variable("GIFT_CARDS_SANDBOX_KEY", "encrypted", PREVIEW, 88, branch="feat/gift-cards"),
    ),
    steps=(
        Step("expired", "ana", "main", "Move product images to the new CDN (#371)"),
        Step("live", "bob", "main", "Cache category pages for five minutes (#374)"),
        Step("preview", "dee", "fix/cart-rounding", "Round line totals once, at the end"),
        Step("failed", "dee", "fix/cart-rounding", "Add the total to the cart type"),
        Step("preview", "dee", "fix/cart-rounding", "Cart: total is a string of cents"),
        Step("live", "dee", "main", "Fix rounding of discounted carts (#378)"),
        Step("preview", "cy", "chore/next-15", "Upgrade to Next 15"),
        Step("canceled", "cy", "chore/next-15", "Codemod: async request APIs"),
        Step("preview", "cy", "chore/next-15", "Codemod: await params everywhere"),
        Step("failed", "cy", "main", "Upgrade to Next 15 (#380)"),
        Step("live", "cy", "main", "Pin React 19 for Next 15 (#381)"),
        Step("preview", "emi", "feat/wishlist", "Wishlist: store it with the account"),
        Step("preview", "emi", "feat/wishlist", "Wishlist: share by link"),
        Step("live", "emi", "main", "Wishlists that can be shared (#385)"),
        Step("live", "bob", "main", "Escape <b> & quotes in product titles (#386)"),
        Step("preview", "ana", "staging", "Try the new search ranking"),
        Step(
            "live",
            "ana",
            "main",
            "Search: rank by availability first (#388)\n\nSold-out products came first for many brands.",
        ),
        Step("preview", "bob", "feat/gift-cards", "Gift cards: balance lookup"),
        Step("live", "dee", "main", "Checkout: remember the delivery address (#391)"),
        Step("preview", "bob", "feat/gift-cards", "Gift cards: redeem at checkout"),
        Step("live", "cy", "main", "Bump the payment SDK to 14.2 (#392)"),
        Step("preview", "ana", "staging", "Search: synonyms for sizes"),
        Step("live", "emi", "main", "Faster product pages: stream the reviews (#395)"),
        Step("preview", "bob", "feat/gift-cards", "Gift cards: show the remaining balance"),
        Step("live", "bob", "main", "Show stock per shop on the product page (#396)"),
        Step("staged", "dee", "main", "Checkout v2: one page instead of three (#390)"),
        Step("preview", "emi", "fix/eu-vat", "VAT: use the delivery country"),
        Step("preview", "bob", "feat/gift-cards", "Gift cards: e-mail delivery"),
        Step("staged", "emi", "main", "Charge VAT by delivery country (#399)"),
        Step("preview", "cy", "feat/dark-mode", "Dark mode for account pages"),
    ),
)

DOCS = Story(
    project="docs",
    framework="astro",
    auto_assign=True,
    sites=(Site("docs.example.com"), Site("docs-acme.vercel.app")),
    variables=(
        Variable("SEARCH_APP_ID", "plain", ALL, 5000),
        Variable("SEARCH_API_KEY", "encrypted", BOTH, 5000),
        Variable("FEEDBACK_WEBHOOK", "sensitive", PRODUCTION, 700),
        Variable("DRAFTS_VISIBLE", "plain", PREVIEW, 4000),
        Variable("CONTENT_TOKEN", "sensitive", PRODUCTION, 1500),
        Variable("CONTENT_TOKEN", "sensitive", PREVIEW, 1500),
    ),
    newest_minutes_ago=95,
    steps=(
        Step("live", "emi", "main", "Getting started in five minutes"),
        Step("preview", "ana", "docs/webhooks", "Webhooks: draft"),
        Step("live", "ana", "main", "Document webhooks and their signatures (#88)"),
        Step("live", "bob", "main", "Fix broken links to the API reference (#90)"),
        Step("preview", "dee", "docs/errors", "A page for each error code"),
        Step("failed", "dee", "docs/errors", "Generate error pages from the source"),
        Step("preview", "dee", "docs/errors", "Generate error pages at build time"),
        Step("live", "dee", "main", "A page for each error code (#93)"),
        Step("live", "emi", "main", "Dark theme (#94)"),
        Step("preview", "cy", "chore/astro-6", "Upgrade to Astro 6"),
        Step("live", "cy", "main", "Upgrade to Astro 6 (#97)"),
        Step("live", "ana", "main", "Search: index code samples (#99)"),
        Step("preview", "bob", "docs/rate-limits", "Explain rate limits"),
        Step("live", "bob", "main", "Explain rate limits (#101)"),
        Step("live", "emi", "main", "Typo in the quick start (#102)"),
        Step("preview", "emi", "docs/migration-v3", "Migration guide to v3"),
    ),
)

SETTLE = Cron("/jobs/settle-orders", "*/15 * * * *")
EXPIRE = Cron("/jobs/expire-carts", "0 3 * * *")
API = Story(
    project="api",
    framework="hono",
    auto_assign=True,
    sites=(
        Site("api.example.com"),
        Site("v2.api.example.com"),
        Site("eu.api.example.com"),
        Site("hooks.example.com"),
        Site("status-feed.example.com"),
        Site("api-acme.vercel.app"),
    ),
    variables=(
        Variable("LOG_LEVEL", "plain", PRODUCTION, 3000),
        Variable("LOG_LEVEL", "plain", PREVIEW, 3000),
        Variable("SENTRY_DSN", "encrypted", BOTH, 3900),
        Variable("DATABASE_URL", "sensitive", PRODUCTION, 1700),
        Variable("DATABASE_URL", "sensitive", PREVIEW, 1700),
        Variable("QUEUE_URL", "encrypted", BOTH, 1200),
        Variable("WEBHOOK_SIGNING_KEY", "sensitive", PRODUCTION, 60),
        Variable("FAKE_CLOCK", "plain", PREVIEW, 2100),
    ),
    newest_minutes_ago=150,
    crons=(
        ("Read the order total from the ledger (#512)", (SETTLE,)),
        ("Fewer, longer-lived database connections (#530)", (SETTLE, EXPIRE)),
    ),
    steps=(
        Step("expired", "cy", "main", "Read the order total from the ledger (#512)"),
        Step("live", "cy", "main", "Index orders by customer (#515)"),
        Step("preview", "bob", "feat/bulk-orders", "Bulk orders: accept up to 500 lines"),
        Step("live", "dee", "main", "Reject negative quantities (#517)"),
        Step("preview", "bob", "feat/bulk-orders", "Bulk orders: answer line by line"),
        Step("live", "bob", "main", "Bulk orders (#519)"),
        Step("failed", "ana", "main", "Stricter types for money (#520)"),
        Step("live", "ana", "main", "Stricter types for money, second try (#521)"),
        Step("preview", "emi", "feat/v2-pagination", "Cursor pagination for v2"),
        Step("live", "emi", "main", "Cursor pagination for v2 (#524)"),
        Step("preview", "cy", "fix/idempotency", "Keep idempotency keys for a day"),
        Step("canceled", "cy", "fix/idempotency", "Keep idempotency keys in the database"),
        Step("live", "cy", "main", "Idempotent order creation (#526)"),
        Step("live", "dee", "main", "Answer 422 where we answered 500 (#527)"),
        Step("preview", "ana", "perf/connection-pool", "Pool: fewer, longer-lived connections"),
        Step("live", "ana", "main", "Fewer, longer-lived database connections (#530)"),
        Step("live", "bob", "main", "Add a migration for refunds (#531)"),
        Step("preview", "dee", "feat/refunds", "Refunds: partial amounts"),
        Step("live", "dee", "main", "Partial refunds (#533)"),
        Step("preview", "emi", "feat/webhook-retries", "Retry webhooks with backoff"),
    ),
)

PORTAL = Story(
    project="portal",
    framework="nextjs",
    auto_assign=True,
    sites=(Site("portal.example.com"),),
    variables=(),
    steps=(Step("live", "gus", "main", "Customer portal, first version"),),
)
"""Of another team, to which none of our tokens has access."""

NOTES = Story(
    project="notes",
    framework="astro",
    auto_assign=True,
    sites=(Site("notes.example.org"), Site("notes-ana.vercel.app")),
    variables=(),
    newest_minutes_ago=3000,
    steps=(
        Step("live", "ana", "main", "A place for notes"),
        Step("live", "ana", "main", "Notes about gardening"),
        Step("live", "ana", "main", "A calmer font"),
    ),
)
"""Ana's own, in her personal scope: on the Hobby plan."""

STORIES = (SHOP, DOCS, API)

PUSHES = (
    "Fix the flaky date formatting",
    "Update dependencies",
    "Show a skeleton while prices load",
    "Retry failed uploads twice",
    "Remove the feature flag of the old menu",
    "Log slow queries",
    "Make focus outlines visible again",
    "Compress hero images",
    "Handle an empty search result",
    "Speed up the first paint",
)
"""Messages for commits that are pushed without one."""
