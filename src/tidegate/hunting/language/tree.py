"""The tree of a query: immutable values that say what was written and where, and nothing of tables."""

from dataclasses import dataclass, field

from tidegate.hunting.errors import Place
from tidegate.hunting.kinds import Kind

type Value = str | int | float | bool | None
type Expression = (
    Literal | Array | Name | Path | Call | Negative | Binary | Logical | Membership | Between | Star
)
type Operator = (
    Where | Project | Extend | Drop | Rename | Summarize | Distinct | Sort | Top | Take | Count | Join | Union
)


@dataclass(frozen=True, slots=True)
class Node:
    """Anything in the tree, with its place; two nodes are equal wherever they stand."""

    at: Place = field(compare=False, kw_only=True, default=Place(1, 1))


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """A value as `kinds` keeps it; None for a null of its kind."""

    kind: Kind
    value: Value


@dataclass(frozen=True, slots=True)
class Array(Node):
    """`dynamic(["a", "b"])`: values in a row."""

    items: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A column, a table, or what `let` named."""

    name: str


@dataclass(frozen=True, slots=True)
class Star(Node):
    """`*`, for every column."""


@dataclass(frozen=True, slots=True)
class Path(Node):
    """A step into a dynamic value: `AdditionalFields.host`, `Tags[0]`."""

    whole: Expression
    step: str | int


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function and what it is given."""

    function: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """A minus before a value."""

    operand: Expression


@dataclass(frozen=True, slots=True)
class Binary(Node):
    """Two operands and what stands between them: `+`, `==`, `has`, `!contains`."""

    operator: str
    left: Expression
    right: Expression


@dataclass(frozen=True, slots=True)
class Logical(Node):
    """`and` or `or` over two conditions or more."""

    operator: str
    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Membership(Node):
    """`in`, `!in`, `in~`, `!in~`, `has_any`, `has_all` of values, or of a query's first column."""

    operator: str
    operand: Expression
    values: "tuple[Expression, ...] | Pipeline"


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`between (low .. high)`, both ends included."""

    operand: Expression
    low: Expression
    high: Expression
    is_negated: bool = False


@dataclass(frozen=True, slots=True)
class Named(Node):
    """An expression and the column that it becomes; an empty name where none was written."""

    name: str
    expression: Expression


@dataclass(frozen=True, slots=True)
class Where(Node):
    """Only rows for which the condition is true."""

    condition: Expression


@dataclass(frozen=True, slots=True)
class Project(Node):
    """Exactly these columns."""

    items: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Extend(Node):
    """These columns too; one of the same name is replaced."""

    items: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Drop(Node):
    """`project-away`, or with `is_keep` `project-keep`, of names that may end with `*`."""

    patterns: tuple[Name, ...]
    is_keep: bool = False


@dataclass(frozen=True, slots=True)
class Rename(Node):
    """`project-rename`: new names with the columns that have them from now on."""

    items: tuple[tuple[str, Name], ...]


@dataclass(frozen=True, slots=True)
class Summarize(Node):
    """One row for each value of the keys."""

    aggregates: tuple[Named, ...]
    keys: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Distinct(Node):
    """Each combination of these columns once; of all where there is none."""

    columns: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class SortKey(Node):
    """One thing to sort by."""

    expression: Expression
    is_descending: bool = True
    nulls_first: bool = False


@dataclass(frozen=True, slots=True)
class Sort(Node):
    """Rows in an order."""

    keys: tuple[SortKey, ...]


@dataclass(frozen=True, slots=True)
class Top(Node):
    """The first rows in an order."""

    number: Expression
    keys: tuple[SortKey, ...]


@dataclass(frozen=True, slots=True)
class Take(Node):
    """So many rows."""

    number: Expression


@dataclass(frozen=True, slots=True)
class Count(Node):
    """How many rows."""


@dataclass(frozen=True, slots=True)
class JoinKey(Node):
    """What must be equal: a column left and one right."""

    left: Name
    right: Name


@dataclass(frozen=True, slots=True)
class Join(Node):
    """Rows put beside the rows of another query."""

    kind: str
    other: "Pipeline"
    keys: tuple[JoinKey, ...]


@dataclass(frozen=True, slots=True)
class Union(Node):
    """Rows followed by those of other queries. `source_name` is the column that says whose they are."""

    others: "tuple[Pipeline, ...]"
    kind: str = "outer"
    source_name: str = ""


@dataclass(frozen=True, slots=True)
class Print(Node):
    """One row of these values."""

    items: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Pipeline(Node):
    """Where rows come from, and what is done to them one after the other."""

    source: "Name | Print | Union | Pipeline"
    operators: tuple[Operator, ...] = ()


@dataclass(frozen=True, slots=True)
class Let(Node):
    """A name for a value or a query."""

    name: str
    value: Expression | Pipeline


@dataclass(frozen=True, slots=True)
class Render(Node):
    """How the result is to be drawn."""

    chart: str


@dataclass(frozen=True, slots=True)
class Query(Node):
    """All of it."""

    lets: tuple[Let, ...]
    body: Pipeline
    render: Render | None = None
