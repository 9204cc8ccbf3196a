"""Remarks on an alert or incident, in the three spellings that Microsoft's interfaces have used."""

from datetime import datetime

from tidegate.connectors.fields import Fields
from tidegate.connectors.records import CommentRecord


def parse_comments(fields: Fields) -> tuple[CommentRecord, ...]:
    """Read the member `comments`. Raises UnreadableRecord."""
    return tuple(
        _parse_comment(Fields(members, path, fields.limits))
        for path, members in fields.objects("comments", fields.limits.items)
    )


def _parse_comment(fields: Fields) -> CommentRecord:
    return CommentRecord(
        text=fields.text("comment"),
        author=_author(fields),
        created_at=_created_at(fields),
    )


def _author(fields: Fields) -> str:
    limit = fields.limits.title
    return fields.text("createdByDisplayName", limit=limit) or fields.text("createdBy", limit=limit)


def _created_at(fields: Fields) -> datetime | None:
    return fields.time("createdDateTime") or fields.time("createdTime") or fields.time("createTime")
