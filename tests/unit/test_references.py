import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatbot.domain.references import (
    MAX_LENGTH,
    DashboardPage,
    Kind,
    NothingNamed,
    Reference,
    Unreadable,
    dashboard_page,
    parse_reference,
)
from tests.unit.making import SHA

HOST = "shop-3abc-acme.vercel.app"


@pytest.mark.parametrize(
    ("typed", "kind", "value"),
    [
        ("dpl_8sWY4N2hK", Kind.ID, "dpl_8sWY4N2hK"),
        ("`dpl_8sWY4N2hK`", Kind.ID, "dpl_8sWY4N2hK"),
        ("  dpl_8sWY4N2hK \n", Kind.ID, "dpl_8sWY4N2hK"),
        (HOST, Kind.HOST, HOST),
        (f"https://{HOST}", Kind.HOST, HOST),
        (f"http://{HOST}/", Kind.HOST, HOST),
        (f"HTTPS://{HOST.upper()}/Cart", Kind.HOST, HOST),
        (f"{HOST}/cart/1", Kind.HOST, HOST),
        (f"{HOST}?a=1&b=2", Kind.HOST, HOST),
        (f"{HOST}#top", Kind.HOST, HOST),
        (f"https://{HOST}/cart?a=1#top", Kind.HOST, HOST),
        ("shop.example.com", Kind.HOST, "shop.example.com"),
        ("shop.example.com/", Kind.HOST, "shop.example.com"),
        ("https://shop.example.com.", Kind.HOST, "shop.example.com"),
        ("https://shop.example.com:3000/cart", Kind.HOST, "shop.example.com"),
        (f"{HOST}:443", Kind.HOST, HOST),
        (f"{HOST.upper()}/cart", Kind.HOST, HOST),
        ("Shop.Example.COM", Kind.HOST, "shop.example.com"),
        ("https://shop.example.com/cart", Kind.HOST, "shop.example.com"),
        ("xn--mnchen-3ya.de", Kind.HOST, "xn--mnchen-3ya.de"),
        ("xn--80ak6aa92e.xn--p1ai", Kind.HOST, "xn--80ak6aa92e.xn--p1ai"),
        (f"<https://{HOST}>", Kind.HOST, HOST),
        (f"<https://{HOST}/cart|{HOST}/cart>", Kind.HOST, HOST),
        (f"<http://{HOST}|>", Kind.HOST, HOST),
        (f"`{HOST}`", Kind.HOST, HOST),
        (
            "https://vercel.com/acme/shop/8sWY4N2hKq9RtLm3VbXc7ZpD5fGh",
            Kind.ID,
            "dpl_8sWY4N2hKq9RtLm3VbXc7ZpD5fGh",
        ),
        (
            "<https://vercel.com/acme/shop/8sWY4N2hKq9RtLm3VbXc7ZpD5fGh/logs?a=1>",
            Kind.ID,
            "dpl_8sWY4N2hKq9RtLm3VbXc7ZpD5fGh",
        ),
        (SHA, Kind.SHA, SHA),
        (SHA[:7], Kind.SHA, SHA[:7]),
        (SHA.upper(), Kind.SHA, SHA),
        ("1234567", Kind.SHA, "1234567"),
        ("main", Kind.BRANCH, "main"),
        ("`feature/cart`", Kind.BRANCH, "feature/cart"),
        ("` main `", Kind.BRANCH, "main"),
        ("feature/checkout-v2", Kind.BRANCH, "feature/checkout-v2"),
        ("feature/v1.2.fix", Kind.BRANCH, "feature/v1.2.fix"),
        ("release.candidate/next", Kind.BRANCH, "release.candidate/next"),
        ("Fix-Login", Kind.BRANCH, "Fix-Login"),
        ("release-1.2.x", Kind.BRANCH, "release-1.2.x"),
        ("v1.2.3", Kind.BRANCH, "v1.2.3"),
        ("функция/корзина", Kind.BRANCH, "функция/корзина"),
        ("機能/カート", Kind.BRANCH, "機能/カート"),
        ("ميزة/السلة", Kind.BRANCH, "ميزة/السلة"),
        ("fix-🛒", Kind.BRANCH, "fix-🛒"),
        ("a1b2c3", Kind.BRANCH, "a1b2c3"),
        (SHA + "0", Kind.BRANCH, SHA + "0"),
        ("dpl_", Kind.BRANCH, "dpl_"),
        ("dependabot/npm_and_yarn/@types/node-22", Kind.BRANCH, "dependabot/npm_and_yarn/@types/node-22"),
    ],
)
def test_the_spelling_says_what_x_is(typed: str, kind: Kind, value: str) -> None:
    assert parse_reference(typed) == Reference(kind, value)


@pytest.mark.parametrize("typed", ["", " ", "\n\t ", "\u00a0"])
def test_no_x_names_nothing(typed: str) -> None:
    with pytest.raises(NothingNamed):
        parse_reference(typed)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("a" * (MAX_LENGTH + 1), "length"),
        ("main\x00", "characters"),
        ("ma\u200bin", "characters"),
        ("\u202emain", "characters"),
        ("ma\ud800in", "characters"),
        ("main\u2028x", "characters"),
        ("https://", "characters"),
        ("https://localhost/", "characters"),
        ("https://exa mple.com", "words"),
        ("main please", "words"),
        ("``", "words"),
        ("` `", "words"),
        ("<@U0ANA0001>", "mention"),
        ("<!channel>", "mention"),
        ("<#C0DEPLOYS|deploys>", "mention"),
        ("<https://shop.example.com|x", "mention"),
        ("a<b", "mention"),
        ("<mailto:a@example.com|a>", "mention"),
    ],
)
def test_what_cannot_name_a_deployment_is_refused_with_the_reason(typed: str, why: str) -> None:
    with pytest.raises(Unreadable) as refused:
        parse_reference(typed)
    assert refused.value.why == why


@pytest.mark.parametrize(
    ("typed", "kind"),
    [
        ("Fix.Login", Kind.HOST),
        ("Release.Candidate/", Kind.HOST),
        ("DEADBEEF", Kind.SHA),
        ("Feature/Cart", Kind.BRANCH),
        ("\u0130stanbul.com", Kind.BRANCH),
    ],
)
def test_what_may_also_be_a_branch_keeps_its_case(typed: str, kind: Kind) -> None:
    found = parse_reference(typed)
    assert found.kind is kind
    assert found.as_branch == parse_reference(f"`{typed}`").as_branch == typed


def test_the_longest_x_is_still_read() -> None:
    assert parse_reference("b" * 250 + "/main").value == "b" * 250 + "/main"


_PIECES = st.sampled_from(
    [
        *("<", ">", "|", "`", "https://", "dpl_", "a.vercel.app", "/", "?", "#", "@", "main", SHA[:8]),
        *("\u202e", "\u200d", "\x00", "\ud800", "\n", " ", "é", "語", "\u017f", "\u212a"),
        *("<!channel>", "&amp;", ":3000", "a.example"),
    ]
)
_TEXTS = st.text(max_size=300) | st.lists(_PIECES | st.text(max_size=4), max_size=12).map("".join)


@given(_TEXTS)
def test_any_text_names_something_clean_or_is_refused(text: str) -> None:
    try:
        found = parse_reference(text)
    except (NothingNamed, Unreadable):
        return
    assert found.value
    assert max(len(found.value), len(found.as_branch)) <= MAX_LENGTH
    assert not any(unicodedata.category(c) in {"Cc", "Cf", "Cs", "Zl", "Zp"} for c in found.value)
    assert not set(found.value) & {"<", ">"}


@given(_TEXTS)
def test_a_host_or_a_commit_is_in_lower_case(text: str) -> None:
    try:
        found = parse_reference(text)
    except (NothingNamed, Unreadable):
        return
    if found.kind in {Kind.HOST, Kind.SHA}:
        assert found.value == found.value.lower()
        assert found.value.isascii()


@given(st.from_regex(r"\A[a-z0-9]{1,20}(-[a-z0-9]{1,9}){0,3}\.[a-z]{2,10}\Z"), st.booleans())
def test_a_domain_is_read_alike_with_and_without_its_scheme(host: str, secure: bool) -> None:
    scheme = "https" if secure else "http"
    assert (
        parse_reference(host) == parse_reference(f"{scheme}://{host}/path?x#y") == Reference(Kind.HOST, host)
    )
    assert parse_reference(f"<{scheme}://{host}|{host}>") == Reference(Kind.HOST, host)


@pytest.mark.parametrize(
    ("url", "page"),
    [
        ("https://vercel.com/Acme/shop", DashboardPage("acme", "shop")),
        ("https://www.vercel.com/acme/shop/?a=1", DashboardPage("acme", "shop")),
        ("https://vercel.com/acme/shop/deployments", DashboardPage("acme", "shop")),
        ("https://vercel.com/acme/shop/settings/domains", None),
        ("https://vercel.com/acme", None),
        ("https://vercel.com/acme/shop/deployments/x", None),
        ("https://vercel.com.evil.example/acme/shop", None),
        ("https://shop.vercel.app/acme/shop", None),
    ],
)
def test_pages_of_the_dashboard(url: str, page: DashboardPage | None) -> None:
    assert dashboard_page(url) == page
