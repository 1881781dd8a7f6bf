"""Every case: importing this package fills `casting.CASES`."""

from tests.conformance.cases import (
    accounts,
    aliases,
    deploying,
    inspecting,
    listing,
    promoting,
    promoting_previews,
    redeploying,
    rolling_back,
    rolling_releases,
    troubles,
    variables,
    webhooks,
)

__all__ = [
    "accounts",
    "aliases",
    "deploying",
    "inspecting",
    "listing",
    "promoting",
    "promoting_previews",
    "redeploying",
    "rolling_back",
    "rolling_releases",
    "troubles",
    "variables",
    "webhooks",
]
