"""Opening a table within a statement: its rows in scope, and each of its columns made of them."""

from dataclasses import dataclass, field

from tidegate.authorization.scope import ManyScope, Scope
from tidegate.hunting.compiling.relations import Relation, project
from tidegate.hunting.compiling.statements import Fields, Statement
from tidegate.hunting.compiling.terms import Terms
from tidegate.hunting.fragments import Sql
from tidegate.hunting.tables import TABLES
from tidegate.hunting.tables.table import TENANT
from tidegate.hunting.window import Window


@dataclass(slots=True)
class Opening:
    """Opens tables for one run. The same table over the same time is opened once."""

    scope: Scope | ManyScope
    terms: Terms
    keeps_tenant: bool
    _opened: dict[tuple[str, Window], Relation] = field(default_factory=dict)

    def open(self, name: str, window: Window, statement: Statement) -> Relation:
        """The table's rows that the scope lets see."""
        known = self._opened.get((name, window))
        if known is None:
            known = self._opened[name, window] = self._open(name, window, statement)
        return known

    def _open(self, name: str, window: Window, statement: Statement) -> Relation:
        table = TABLES[name]
        names = {each: statement.name("f") for each in table.fields}
        source = statement.add(
            Fields(
                names,
                lambda fields: table.select(self.scope, window, fields),
                lambda select, named: self.terms.engine.unpack(select, named, table.documents),
            )
        )
        fields = {each: Sql(ident) for each, ident in names.items()}
        made = [(column.name, column.make(self.terms, fields)) for column in table.columns]
        return project(statement, Relation(source, (), (), TENANT if self.keeps_tenant else ""), made)
