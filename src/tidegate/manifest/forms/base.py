"""What all parts of a document have in common."""

from typing import Annotated, Literal

from django.db.models import TextChoices
from msgspec import UNSET, Meta, Struct, UnsetType

__all__ = ["UNSET", "Duration", "Email", "Form", "Moment", "State", "UnsetType", "words_of"]


class Form(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """One object of a document."""


type State = Annotated[
    Literal["present", "absent"],
    Meta(description="`absent` removes it. What a document does not name is never removed."),
]
type Moment = Annotated[
    str,
    Meta(
        description="An instant with its time zone, like 2027-01-01T09:00:00Z; or a day, for its first "
        "instant in UTC.",
        examples=["2027-01-01", "2027-01-01T09:00:00Z"],
    ),
]
type Duration = Annotated[
    str,
    Meta(
        description="A time in days, hours and less (ISO 8601); a day is 24 hours.",
        examples=["P365D", "PT8H"],
    ),
]
type Email = Annotated[str, Meta(examples=["ada@organization.example"])]


def words_of(choices: type[TextChoices]) -> Meta:
    """The words of a table's column, which msgspec does not know as an enumeration."""
    return Meta(extra_json_schema={"enum": list(choices.values)})
