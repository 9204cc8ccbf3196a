"""A tree written as a query, with every parenthesis that could matter; and trees made up by chance."""

import re
from typing import Any, Final

from hypothesis import strategies as st

from tidegate.hunting.compiling.aggregates import AGGREGATES
from tidegate.hunting.compiling.functions import FUNCTIONS
from tidegate.hunting.engines.texts import format_instant
from tidegate.hunting.kinds import Kind
from tidegate.hunting.language.tree import (
    Array,
    Between,
    Binary,
    Call,
    Count,
    Distinct,
    Drop,
    Expression,
    Extend,
    Join,
    JoinKey,
    Let,
    Literal,
    Logical,
    Membership,
    Name,
    Named,
    Negative,
    Operator,
    Path,
    Pipeline,
    Print,
    Project,
    Query,
    Rename,
    Render,
    Sort,
    SortKey,
    Star,
    Summarize,
    Take,
    Top,
    Union,
    Where,
)
from tidegate.hunting.language.words import COMPARISONS, MEMBERSHIPS, TEXT_TESTS
from tidegate.hunting.tables import TABLES

_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_ESCAPED: Final = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quote(text: str) -> str:
    return "'" + "".join(_ESCAPED.get(sign, sign) for sign in text) + "'"


def print_name(name: str) -> str:
    return name if name in _NAMES else f"[{quote(name)}]"


def print_expression(found: Expression) -> str:  # noqa: C901, PLR0911  one for each node
    match found:
        case Literal():
            return _print_literal(found)
        case Array(items=items):
            values = (
                str(item.value).lower() if item.kind is Kind.BOOL else _json(item.value) for item in items
            )
            return f"dynamic([{', '.join(values)}])"
        case Name(name=name):
            return print_name(name)
        case Star():
            return "*"
        case Path(whole=whole, step=step):
            return f"({print_expression(whole)})[{step if isinstance(step, int) else quote(step)}]"
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join(map(print_expression, arguments))})"
        case Negative(operand=operand):
            return f"-({print_expression(operand)})"
        case Binary(operator=operator, left=left, right=right):
            return f"({print_expression(left)}) {operator} ({print_expression(right)})"
        case Logical(operator=operator, parts=parts):
            return f" {operator} ".join(f"({print_expression(part)})" for part in parts)
        case Membership(operator=operator, operand=operand, values=Pipeline() as pipeline):
            return f"({print_expression(operand)}) {operator} ({print_pipeline(pipeline)})"
        case Membership(operator=operator, operand=operand, values=values):
            assert isinstance(values, tuple)
            return f"({print_expression(operand)}) {operator} ({', '.join(map(print_expression, values))})"
        case Between(operand=operand, low=low, high=high, is_negated=is_negated):
            ends = f"(({print_expression(low)}) .. ({print_expression(high)}))"
            return f"({print_expression(operand)}) {'!' if is_negated else ''}between {ends}"


def print_pipeline(found: Pipeline) -> str:
    return " | ".join([_print_source(found), *map(print_operator, found.operators)])


def print_query(found: Query) -> str:
    lets = (
        f"let {print_name(each.name)} = "
        + (print_pipeline(each.value) if isinstance(each.value, Pipeline) else print_expression(each.value))
        for each in found.lets
    )
    render = f" | render {found.render.chart}" if found.render else ""
    return ";\n".join([*lets, print_pipeline(found.body) + render])


def print_operator(found: Operator) -> str:  # noqa: C901, PLR0911, PLR0912  one for each operator
    match found:
        case Where(condition=condition):
            return f"where {print_expression(condition)}"
        case Project(items=items):
            return f"project {_print_all(items)}"
        case Extend(items=items):
            return f"extend {_print_all(items)}"
        case Drop(patterns=patterns, is_keep=is_keep):
            names = ", ".join(
                f"{print_name(each.name[:-1])}*" if each.name.endswith("*") else print_name(each.name)
                for each in patterns
            )
            return f"project-{'keep' if is_keep else 'away'} {names}"
        case Rename(items=items):
            return "project-rename " + ", ".join(f"{print_name(n)} = {print_name(o.name)}" for n, o in items)
        case Summarize(aggregates=aggregates, keys=keys):
            return f"summarize {_print_all(aggregates)}{' by ' if keys else ''}{_print_all(keys)}"
        case Distinct(columns=columns):
            return f"distinct {', '.join(print_name(each.name) for each in columns) or '*'}"
        case Sort(keys=keys):
            return f"sort by {', '.join(map(_print_key, keys))}"
        case Top(number=number, keys=keys):
            return f"top {print_expression(number)} by {', '.join(map(_print_key, keys))}"
        case Take(number=number):
            return f"take {print_expression(number)}"
        case Count():
            return "count"
        case Join(kind=kind, other=other, keys=keys):
            pairs = ", ".join(
                f"$left.{print_name(key.left.name)} == $right.{print_name(key.right.name)}" for key in keys
            )
            return f"join kind={kind} ({print_pipeline(other)}) on {pairs}"
        case Union():
            return _print_union(found)


def _print_source(found: Pipeline) -> str:
    match found.source:
        case Name(name=name):
            return name
        case Pipeline() as inner:
            return f"({print_pipeline(inner)})"
        case Print(items=items):
            return f"print {_print_all(items)}"
        case Union() as union:
            return _print_union(union)


def _print_union(found: Union) -> str:
    source = f"withsource={print_name(found.source_name)} " if found.source_name else ""
    others = ", ".join(f"({print_pipeline(each)})" for each in found.others)
    return f"union kind={found.kind} {source}{others}"


def _print_all(items: tuple[Named, ...]) -> str:
    return ", ".join(
        (f"{print_name(item.name)} = " if item.name else "") + print_expression(item.expression)
        for item in items
    )


def _print_key(key: SortKey) -> str:
    direction = "desc" if key.is_descending else "asc"
    return f"{print_expression(key.expression)} {direction} nulls {'first' if key.nulls_first else 'last'}"


def _print_literal(found: Literal) -> str:  # noqa: PLR0911  one for each kind
    if found.value is None:
        return f"{found.kind}(null)"
    match found.kind:
        case Kind.STRING:
            return quote(str(found.value))
        case Kind.DATETIME:
            return f"datetime({format_instant(int(found.value))})"
        case Kind.TIMESPAN:
            return f"{found.value}microseconds"
        case Kind.BOOL:
            return str(found.value).lower()
        case Kind.REAL:
            return f"real({found.value!r})"
        case _:
            return str(found.value)


def _json(value: Any) -> str:
    return (
        '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if isinstance(value, str) else repr(value)
    )


_COLUMNS: Final = sorted({column.name for table in TABLES.values() for column in table.columns})
_NAMES: Final = frozenset({*_COLUMNS, "x", "y", *TABLES})
_TEXT: Final = st.text(
    st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t'\"\\%{}"), max_size=8
)
_NAME: Final = st.one_of(st.sampled_from(_COLUMNS), st.sampled_from("xy"), _TEXT.filter(bool))
_KIND: Final = st.sampled_from([kind for kind in Kind if kind is not Kind.DYNAMIC])
_VALUES: Final = {
    Kind.STRING: _TEXT,
    Kind.LONG: st.integers(0, 2**63 - 1) | st.integers(0, 9),
    Kind.REAL: st.floats(0, 1e9),
    Kind.BOOL: st.booleans(),
    Kind.DATETIME: st.integers(-62135596800000000, 253402300799999999),
    Kind.TIMESPAN: st.integers(0, 10**15),
}
_LITERALS: Final = _KIND.flatmap(lambda kind: st.builds(Literal, st.just(kind), _VALUES[kind]))
_NULLS: Final = _KIND.filter(lambda kind: kind is not Kind.STRING).map(lambda kind: Literal(kind, None))
_ITEMS: Final = st.one_of(
    _TEXT.filter(lambda text: not set(text) & set("\n\t")).map(lambda value: Literal(Kind.STRING, value)),
    st.integers(0, 99).map(lambda value: Literal(Kind.LONG, value)),
)
_LEAVES: Final = st.one_of(_LITERALS, _NULLS, _NAME.map(Name))


def _grow(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    some = st.lists(inner, min_size=1, max_size=3).map(tuple)
    operators = sorted((COMPARISONS - {"<>"}) | TEXT_TESTS | set("+-*/%"))
    return st.one_of(
        st.builds(Call, st.sampled_from(sorted({*FUNCTIONS, *AGGREGATES, "unknown"})), some | st.just(())),
        st.builds(Negative, inner),
        st.builds(Binary, st.sampled_from(operators), inner, inner),
        st.builds(
            Logical, st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3).map(tuple)
        ),
        st.builds(Membership, st.sampled_from(sorted(MEMBERSHIPS)), inner, some),
        st.builds(
            Membership, st.just("in"), inner, st.lists(_ITEMS, max_size=3).map(lambda i: (Array(tuple(i)),))
        ),
        st.builds(Between, inner, inner, inner, st.booleans()),
        st.builds(Path, inner, st.integers(0, 3) | _TEXT.filter(bool)),
    )


expressions: Final = st.recursive(_LEAVES, _grow, max_leaves=6)
_named: Final = st.lists(st.builds(Named, st.just("") | _NAME, expressions), min_size=1, max_size=3).map(
    tuple
)
_columns: Final = st.lists(_NAME.map(Name), min_size=1, max_size=3).map(tuple)
_keys: Final = st.lists(
    st.builds(SortKey, expressions, st.booleans(), st.booleans()), min_size=1, max_size=2
).map(tuple)
_tables: Final = st.sampled_from(sorted(TABLES)).map(lambda name: Pipeline(Name(name)))


def _operators(other: st.SearchStrategy[Pipeline]) -> st.SearchStrategy[Operator]:
    return st.one_of(
        st.builds(Where, expressions),
        st.builds(Project, _named),
        st.builds(Extend, _named),
        st.builds(Drop, _columns, st.booleans()),
        st.builds(Rename, st.lists(st.tuples(_NAME, _NAME.map(Name)), min_size=1, max_size=2).map(tuple)),
        st.builds(Summarize, _named, st.just(()) | _named),
        st.builds(Distinct, st.just(()) | _columns),
        st.builds(Sort, _keys),
        st.builds(Top, st.integers(0, 9).map(lambda n: Literal(Kind.LONG, n)), _keys),
        st.builds(Take, expressions),
        st.builds(Count),
        st.builds(
            Join,
            st.sampled_from(["inner", "innerunique", "leftouter", "leftsemi", "leftanti"]),
            other,
            st.lists(st.builds(JoinKey, _NAME.map(Name), _NAME.map(Name)), min_size=1, max_size=2).map(tuple),
        ),
        st.builds(
            Union, st.lists(other, min_size=1, max_size=2).map(tuple), st.sampled_from(["outer", "inner"]),
            st.just("") | st.just("Whence"),
        ),
    )  # fmt: skip


def _pipelines(other: st.SearchStrategy[Pipeline]) -> st.SearchStrategy[Pipeline]:
    sources = st.one_of(
        st.sampled_from(sorted(TABLES)).map(Name), other, st.builds(Print, _named),
        st.builds(Union, st.lists(other, min_size=1, max_size=2).map(tuple)),
    )  # fmt: skip
    return st.builds(Pipeline, sources, st.lists(_operators(other), max_size=3).map(tuple))


pipelines: Final = st.recursive(_tables, _pipelines, max_leaves=4)
queries: Final = st.builds(
    Query,
    st.lists(st.builds(Let, st.sampled_from("xy"), expressions | pipelines), max_size=2).map(tuple),
    pipelines,
    st.none() | st.builds(Render, st.sampled_from(["timechart", "barchart"])),
)
