"""The statement of a query: subqueries one after the other, each reduced to what those after it use.

Most columns of a table are read out of JSON, and engines that keep a subquery would read them all. Names in
the statement are given once, so that whatever is not named by a later subquery is not needed by any.
"""

import re
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Final

from tidegate.hunting.errors import QueryTooCostly
from tidegate.hunting.fragments import LONGEST_SQL, Sql

_NAMES: Final = re.compile(r"\b[cofr][0-9]+\b")

type Used = AbstractSet[str]


@dataclass(frozen=True, slots=True)
class Select:
    """`SELECT` of these columns by their names, `FROM` and what follows.

    With `passes_all` also of all columns there were. With `keeps_all` none is left out: they decide how many
    rows there are.
    """

    outputs: tuple[tuple[str, Sql], ...]
    rest: Sql
    passes_all: bool = False
    keeps_all: bool = False
    is_distinct: bool = False

    def write(self, used: Used) -> tuple[str, Sql]:
        """No list of columns, and the SQL of those that are used."""
        kept = [(name, sql) for name, sql in self.outputs if self.keeps_all or name in used]
        columns = [Sql("*")] if self.passes_all else []
        columns += [Sql.join("", [sql, Sql(f" AS {name}")]) for name, sql in kept]
        word = "SELECT DISTINCT " if self.is_distinct else "SELECT "
        return "", Sql.join("", [Sql(word), Sql.join(", ", columns or [Sql("1")]), Sql(" "), self.rest])


@dataclass(frozen=True, slots=True)
class Fields:
    """Rows of a table in scope: fields by their names in the statement, and how some of them are selected.

    `unpack` makes of that select, and of the names of its columns, one whose JSON is read.
    """

    names: Mapping[str, str]
    select: Callable[[tuple[str, ...]], Sql]
    unpack: Callable[[Sql, Mapping[str, str]], Sql]

    def write(self, used: Used) -> tuple[str, Sql]:
        """The list of those that are used, and their SQL."""
        kept = [each for each in self.names if self.names[each] in used] or list(self.names)[:1]
        named = {each: self.names[each] for each in kept}
        return f"({', '.join(named.values())})", self.unpack(self.select(tuple(kept)), named)


@dataclass(frozen=True, slots=True)
class UnionAll:
    """Rows after rows: in each branch, what stands for each of the columns, and where it comes from."""

    columns: tuple[str, ...]
    branches: tuple[tuple[tuple[Sql, ...], str], ...]

    def write(self, used: Used) -> tuple[str, Sql]:
        """The list of those that are used, and their SQL."""
        places = [place for place, name in enumerate(self.columns) if name in used] or [0]
        selects = [
            Sql.join("", [Sql("SELECT "), Sql.join(", ", [terms[p] for p in places]), Sql(f" FROM {source}")])
            for terms, source in self.branches
        ]
        head = ", ".join(self.columns[place] for place in places)
        return f"({head})", Sql.join(" UNION ALL ", selects)


type Body = Select | Fields | UnionAll


@dataclass(slots=True)
class Statement:
    """The subqueries made so far, each under a name of its own."""

    _parts: dict[str, Body] = field(default_factory=dict)
    _stored: set[str] = field(default_factory=set)
    _numbers: int = 0

    def name(self, prefix: str) -> str:
        """A name that nothing else in the statement has."""
        self._numbers += 1
        return f"{prefix}{self._numbers}"

    def add(self, body: Body) -> str:
        """Name a subquery."""
        name = self.name("t")
        self._parts[name] = body
        return name

    def store(self, name: str) -> None:
        """Let a subquery be worked out once and kept, where the engine would do it for each row."""
        self._stored.add(name)

    def finish(self, select: Sql) -> Sql:
        """The whole statement, which ends with this. Raises QueryTooCostly."""
        used = set(_NAMES.findall(select.text))
        written: list[Sql] = []
        for name, body in reversed(self._parts.items()):
            head, sql = body.write(used)
            used.update(_NAMES.findall(sql.text))
            how = "MATERIALIZED" if name in self._stored else "NOT MATERIALIZED"
            written.insert(0, Sql.join("", [Sql(f"{name}{head} AS {how} ("), sql, Sql(")")]))
        parts = [Sql("WITH "), Sql.join(", ", written), Sql(" ")] if written else []
        whole = Sql.join("", [*parts, select])
        if len(whole.text) > LONGEST_SQL:
            raise QueryTooCostly("The query is too large: its expressions repeat each other too often.")
        return whole
