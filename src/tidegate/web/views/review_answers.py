"""Answering in a review: about one person, or with one reason about many."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from tidegate.authorization.permissions import Permission
from tidegate.core.errors import InvalidInput, NotFound
from tidegate.core.ids import parse_uuid
from tidegate.entitlements.actions.reviews import answer
from tidegate.entitlements.models import AccessReview
from tidegate.entitlements.reviewing import get_review, list_decisions, waiting_decisions
from tidegate.entitlements.words import ReviewResult
from tidegate.web.forms.reviews import AnswerForm
from tidegate.web.forms.submitting import submit
from tidegate.web.reviews import describe_rule, make_row, told_result
from tidegate.web.visit import Visit, in_tenant


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("reviews", Permission.ENTITLEMENT_READ)
def answer_one(visit: Visit, review_id: uuid.UUID, decision_id: uuid.UUID) -> HttpResponseBase:
    """One person of a round: who they are, what is recommended, and the answer."""
    review = get_review(visit.scope, review_id)
    decision = list_decisions(visit.scope, review).filter(id=decision_id).first()
    if decision is None:
        raise NotFound("There is no such review.")
    row = make_row(visit, review, decision)
    form = AnswerForm(
        visit.request.POST or None,
        initial={"justification": decision.justification},
        needs_reason=_needs_reason(visit, review),
    )
    if visit.method == "POST" and _submit(visit, review, form, [decision_id]):
        visit.tell(_("Your answer about %(name)s is kept.") % {"name": row.user.display_name})
        following = waiting_decisions(visit.scope, review).first()
        if following is not None:
            return visit.redirect("review_decision", review.id, following.id)
        return visit.redirect("review", review.id)
    context = {
        "review": review,
        "row": row,
        "form": form if row.may_answer else None,
        "rule": describe_rule(visit.scope, review),
        "left": waiting_decisions(visit.scope, review).count(),
    }
    return visit.render("web/reviews/one.html", context, 400 if form.errors else 200)


@require_POST
@in_tenant("reviews", Permission.ENTITLEMENT_READ)
def answer_many(visit: Visit, review_id: uuid.UUID) -> HttpResponseBase:
    """Without `apply` the page that asks for one reason, with it the answers: all of them, or none."""
    review, sent = get_review(visit.scope, review_id), visit.request.POST
    chosen = _read_ids(sent.getlist("decision"))
    if not chosen:
        visit.complain(_("Select somebody first."))
        return visit.redirect("review", review.id)
    form = AnswerForm(sent if "apply" in sent else None, needs_reason=_needs_reason(visit, review))
    if form.is_bound and _submit(visit, review, form, chosen):
        words = ngettext("%(count)d answer is kept.", "%(count)d answers are kept.", len(chosen))
        visit.tell(words % {"count": len(chosen)})
        return visit.redirect("review", review.id)
    return _ask(visit, review, form, chosen)


def _ask(visit: Visit, review: AccessReview, form: AnswerForm, chosen: list[uuid.UUID]) -> HttpResponse:
    result = _read_result(visit)
    decisions = list_decisions(visit.scope, review).filter(id__in=chosen)
    rows = [make_row(visit, review, decision) for decision in decisions]
    context = {
        "review": review,
        "rows": [row for row in rows if row.may_answer],
        "form": form,
        "rule": describe_rule(visit.scope, review),
        "result": result.value,
        "told": told_result(result),
    }
    return visit.render("web/reviews/many.html", context, 400 if form.errors else 200)


def _submit(visit: Visit, review: AccessReview, form: AnswerForm, chosen: list[uuid.UUID]) -> bool:
    result = _read_result(visit)

    def act(values: Mapping[str, Any]) -> None:
        answer(
            visit.scope.actor,
            visit.scope.tenant_id,
            review.id,
            chosen,
            result=result.value,
            justification=values["justification"],
        )

    return submit(form, act)


def _needs_reason(visit: Visit, review: AccessReview) -> bool:
    """Whoever does not know need not say why."""
    knows = visit.request.POST.get("result") != ReviewResult.DONT_KNOW
    return review.rule.is_justification_required and knows


def _read_result(visit: Visit) -> ReviewResult:
    try:
        return ReviewResult(visit.request.POST.get("result", ""))
    except ValueError:
        raise InvalidInput(fields={"result": "must be approve, deny or don't know"}) from None


def _read_ids(texts: list[str]) -> list[uuid.UUID]:
    found = [parse_uuid(text) for text in texts]
    if None in found:
        raise InvalidInput(fields={"decision": "must be the id that the page gave"})
    return list(dict.fromkeys(one for one in found if one is not None))
