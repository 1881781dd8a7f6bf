"""The methods users.* and usergroups.*: people, and the groups that may be mentioned."""

from chatbot.sandbox.slack import seed
from chatbot.sandbox.slack.records import Group, Json, Member
from chatbot.sandbox.slack.webapi.calling import Call, Refused


def _shape(call: Call, person: Member) -> Json:
    profile: Json = {
        "real_name": person.real_name,
        "real_name_normalized": person.real_name,
        "display_name": person.name,
        "display_name_normalized": person.name,
        "team": seed.TEAM_ID,
    }
    if "users:read.email" in call.backend.app.scopes and not person.is_bot:
        profile["email"] = person.email
    return {
        "id": person.id,
        "team_id": seed.TEAM_ID,
        "name": person.name,
        "real_name": person.real_name,
        "deleted": person.deactivated,
        "tz": "Europe/Lisbon",
        "tz_label": "Western European Time",
        "tz_offset": 0,
        "profile": profile,
        "is_admin": person.is_admin,
        "is_owner": False,
        "is_primary_owner": False,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 0,
    }


async def info(call: Call) -> Json:
    person = call.backend.state.person(call.text("user"))
    if person is None:
        raise Refused("user_not_found")
    return {"user": _shape(call, person)}


async def lookup_by_email(call: Call) -> Json:
    """Whatever the case of the letters; nobody who was deactivated."""
    wanted = call.text("email").strip().lower()
    people = [each for each in call.backend.state.people.values() if not (each.is_bot or each.deactivated)]
    person = next((each for each in people if each.email.lower() == wanted), None)
    if person is None:
        raise Refused("users_not_found")
    return {"user": _shape(call, person)}


async def listing(call: Call) -> Json:
    found = [_shape(call, person) for person in call.backend.state.people.values()]
    page, metadata = call.page(found)
    return {"members": page, "cache_ts": int(call.backend.clock()), "response_metadata": metadata}


def _group(group: Group, *, with_users: bool, with_count: bool) -> Json:
    shape: Json = {
        "id": group.id,
        "team_id": seed.TEAM_ID,
        "is_usergroup": True,
        "name": group.name,
        "description": "",
        "handle": group.handle,
        "is_external": False,
        "date_create": 0,
        "date_update": 0,
        "date_delete": 0,
        "auto_type": None,
        "created_by": seed.ANA,
        "updated_by": seed.ANA,
        "deleted_by": None,
        "prefs": {"channels": [], "groups": []},
    }
    if with_users:
        shape["users"] = list(group.users)
    if with_count:
        shape["user_count"] = len(group.users)
    return shape


async def groups(call: Call) -> Json:
    with_users, with_count = call.flag("include_users"), call.flag("include_count")
    found = call.backend.state.groups.values()
    return {"usergroups": [_group(g, with_users=with_users, with_count=with_count) for g in found]}


async def group_users(call: Call) -> Json:
    group = call.backend.state.groups.get(call.text("usergroup"))
    if group is None:
        raise Refused("no_such_subteam")
    return {"users": list(group.users)}
