from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chatbot.sandbox.vercel.records import Team, User


def user_body(user: User) -> dict[str, Any]:
    """`version: northstar` with a default team makes the official CLI work in that team unasked."""
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "username": user.username,
        "avatar": None,
        "defaultTeamId": user.default_team_id,
        "createdAt": user.created_at,
        "billing": None,
        "softBlock": None,
        "stagingPrefix": user.username,
        "hasTrialAvailable": False,
        "resourceConfig": {},
        "version": "northstar",
    }


def team_body(team: Team, seen_by: User) -> dict[str, Any]:
    return {
        "id": team.id,
        "slug": team.slug,
        "name": team.name,
        "avatar": None,
        "creatorId": team.creator_id,
        "createdAt": team.created_at,
        "updatedAt": team.created_at,
        "description": None,
        "stagingPrefix": team.slug,
        "resourceConfig": {},
        "billing": {"plan": team.plan},
        "membership": {
            "role": team.members[seen_by.id],
            "confirmed": True,
            "uid": seen_by.id,
            "teamId": team.id,
            "created": team.created_at,
            "createdAt": team.created_at,
        },
    }
