"""What compiling one query knows: its engine, its instant, what `let` named, and where tables come from."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from tidegate.hunting.compiling.relations import Relation
from tidegate.hunting.compiling.statements import Statement
from tidegate.hunting.compiling.terms import Term, Terms
from tidegate.hunting.language.tree import Array, Pipeline
from tidegate.hunting.window import Window

type Within = Callable[["Context", Pipeline], Relation]
type Open = Callable[[str, Window, Statement], Relation]


@dataclass(slots=True)
class Context:
    """`tables` are the names that `open_table` opens, within a window of time.

    `compile_within` compiles a query that stands in an expression.

    Where `keeps_tenant`, rows keep the column that says whose they are through whatever is done to them.
    """

    terms: Terms
    now: int
    tables: Collection[str]
    open_table: Open
    window: Window
    keeps_tenant: bool
    compile_within: Within
    statement: Statement = field(default_factory=Statement)
    values: dict[str, Term | Array] = field(default_factory=dict)
    queries: dict[str, Relation] = field(default_factory=dict)
