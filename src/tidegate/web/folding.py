"""Templates whose fixed parts are drawn once in each language: text, translated words, icons, keys.

Django goes through every node of a template at every request. What stands between the parts that vary is
the same for everybody who reads that language: it is folded into one node when the template is loaded.
"""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from django.template import Context
from django.template.base import FilterExpression, Node, NodeList, Template, TextNode, Variable
from django.template.defaulttags import CommentNode, IfNode, LoadNode
from django.template.library import SimpleNode
from django.template.loaders import base, cached
from django.templatetags.i18n import TranslateNode
from django.utils.translation import get_language

_SILENT = (LoadNode, CommentNode)


def unvarying[F: Callable[..., Any]](tag: F) -> F:
    """Mark a tag that draws the same for the same arguments in one language, whoever asks and whenever."""
    tag.is_unvarying = True  # type: ignore[attr-defined]
    return tag


class _Folding(base.Loader):
    """Folds a template before anybody else has it."""

    def get_template(self, template_name: str, skip: Any = None) -> Template:
        template = super().get_template(template_name, skip)
        _fold(template.nodelist)
        return template


class Loader(cached.Loader, _Folding):
    """Django's cached loader, of folded templates."""


class _Fixed(Node):
    """Neighbouring nodes that vary with the language alone."""

    def __init__(self, nodes: list[Node]) -> None:
        self.nodes = nodes
        self.token = nodes[0].token
        self.origin = nodes[0].origin
        self._drawn: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        """What they draw in the language of the moment."""
        language = get_language()
        drawn = self._drawn.get(language)
        if drawn is None:
            drawn = self._drawn[language] = "".join(node.render(Context()) for node in self.nodes)
        return drawn


def _fold(nodes: NodeList) -> None:
    """Fold a list of nodes, and those within them, in place."""
    for node in nodes:
        for within in _lists_of(node):
            _fold(within)
    loud = [node for node in nodes if not isinstance(node, _SILENT)]
    nodes[:] = [folded for is_fixed, run in groupby(loud, _is_fixed) for folded in _join(is_fixed, list(run))]


def _lists_of(node: Node) -> Iterator[NodeList]:
    if isinstance(node, IfNode):
        yield from (nodes for _condition, nodes in node.conditions_nodelists)
        return
    for name in node.child_nodelists:
        nodes = getattr(node, name, None)
        if nodes:
            yield nodes


def _join(is_fixed: bool, run: list[Node]) -> list[Node]:  # noqa: FBT001  what groupby says of the run
    if not is_fixed or (len(run) == 1 and isinstance(run[0], TextNode)):
        return run
    if all(isinstance(node, TextNode) for node in run):
        text = TextNode("".join(node.s for node in run))  # type: ignore[attr-defined]
        text.token, text.origin = run[0].token, run[0].origin
        return [text]
    return [_Fixed(run)]


def _is_fixed(node: Node) -> bool:
    if isinstance(node, TextNode):
        return True
    if isinstance(node, TranslateNode):
        return not (node.asvar or node.message_context) and _is_constant(node.filter_expression)
    if isinstance(node, SimpleNode):
        given = [*node.args, *node.kwargs.values()]
        is_plain = node.target_var is None and not node.takes_context
        return is_plain and hasattr(node.func, "is_unvarying") and all(map(_is_constant, given))
    return False


def _is_constant(expression: FilterExpression) -> bool:
    """Whether it is a word or number of the template itself, changed by no filter."""
    is_looked_up = isinstance(expression.var, Variable) and expression.var.lookups is not None
    return not (expression.filters or is_looked_up)
