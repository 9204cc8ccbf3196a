"""Process evidence as a tree: who started whom, on which device."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from tidegate.connectors.records import Json
from tidegate.web.evidence.describing import dig
from tidegate.web.evidence.grouping import Thing
from tidegate.web.inert import show_inert

type Place = tuple[str, str]


@dataclass(slots=True)
class Branch:
    """A process and what it started. A parent that is only mentioned has a name and no verdict."""

    name: str
    pid: str
    command_line: str = ""
    account: str = ""
    verdict: str = ""
    children: list["Branch"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the tree; `depth` counts from 0."""

    depth: int
    branch: Branch


def draw_tree(things: Iterable[Thing]) -> list[Line]:
    """The processes among the evidence, each below the one that started it, as lines from the top."""
    processes = [thing for thing in things if thing.kind == "processEvidence"]
    branches = [_make_branch(thing) for thing in processes]
    known = {
        _place(thing.body, "processId"): branch
        for thing, branch in zip(processes, branches, strict=True)
        if branch.pid
    }
    roots: dict[int, Branch] = {}
    for thing, made in zip(processes, branches, strict=True):
        own = known.get(_place(thing.body, "processId"), made)
        parent = _find_parent(known, thing.body)
        if parent is None or _is_below(own, parent):
            roots[id(own)] = own
        elif not any(child is own for child in parent.children):
            parent.children.append(own)
            if not parent.verdict:
                roots[id(parent)] = parent
    return [line for root in roots.values() for line in _walk(root)]


def _find_parent(known: dict[Place, Branch], body: dict[str, Json]) -> Branch | None:
    """The process that started it: found, or made from what the child says of it."""
    pid = dig(body, "parentProcessId")
    if not pid:
        return None
    name = dig(body, "parentProcessImageFile.fileName")
    place = _place(body, "parentProcessId")
    if place not in known and name:
        known[place] = Branch(show_inert(name), pid)
    return known.get(place)


def _make_branch(thing: Thing) -> Branch:
    body = thing.body
    return Branch(
        name=thing.name,
        pid=dig(body, "processId"),
        command_line=show_inert(dig(body, "processCommandLine")),
        account=show_inert(dig(body, "userAccount.accountName")),
        verdict=thing.verdict,
    )


def _place(body: dict[str, Json], member: str) -> Place:
    return dig(body, "mdeDeviceId"), dig(body, member)


def _is_below(top: Branch, wanted: Branch) -> bool:
    """Whether `wanted` is `top` or hangs below it: sources have been seen to name a circle."""
    waiting = [top]
    while waiting:
        branch = waiting.pop()
        if branch is wanted:
            return True
        waiting += branch.children
    return False


def _walk(root: Branch) -> list[Line]:
    lines: list[Line] = []
    waiting = [Line(0, root)]
    while waiting:
        line = waiting.pop()
        lines.append(line)
        waiting += [Line(line.depth + 1, child) for child in reversed(line.branch.children)]
    return lines
