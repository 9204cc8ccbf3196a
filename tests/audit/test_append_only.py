"""No code of ours changes or removes an event."""

import ast
from pathlib import Path

import tidegate

SOURCE = Path(tidegate.__file__).parent
WRITES = {
    "update",
    "delete",
    "bulk_update",
    "rewrite",
    "bulk_create",
    "update_or_create",
    "get_or_create",
    "create",
}


def calls_on_events(tree: ast.AST) -> list[str]:
    """The methods that end a chain of calls which began with AuditEvent."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            inner: ast.AST = node.func.value
            while isinstance(inner, ast.Attribute | ast.Call):
                inner = inner.value if isinstance(inner, ast.Attribute) else inner.func
            if isinstance(inner, ast.Name) and inner.id == "AuditEvent":
                found.append(node.func.attr)
    return found


def test_the_search_finds_what_it_looks_for() -> None:
    assert calls_on_events(ast.parse("AuditEvent.objects.of_tenant(t).filter(a=1).update(b=2)")) == ["update"]


def test_only_append_writes_events() -> None:
    for path in SOURCE.rglob("*.py"):
        text = path.read_text()
        assert calls_on_events(ast.parse(text)) == [], path
        if path.name not in {"models.py", "0001_initial.py"} or "audit" not in path.parts:
            assert "AuditEvent.rows" not in text, path
    made = [path for path in SOURCE.rglob("*.py") if "AuditEvent(" in path.read_text()]
    assert {path.relative_to(SOURCE).as_posix() for path in made} == {"audit/actions.py", "audit/models.py"}
