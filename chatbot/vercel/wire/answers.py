"""What answers of all kinds have in common."""

from pydantic import BaseModel


class Pagination(BaseModel):
    next: int | str | None = None


class ErrorBody(BaseModel):
    """`{"error": {"code", "message"}}`, on every 4xx and 5xx of the platform itself."""

    class _Error(BaseModel):
        code: str = ""
        message: str = ""

    error: _Error


class Team(BaseModel):
    slug: str


class User(BaseModel):
    class _User(BaseModel):
        username: str = ""

    user: _User
