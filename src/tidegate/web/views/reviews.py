"""Access reviews: the rounds of a tenant, one round and its report, begun and ended by administrators."""

import uuid
from collections.abc import Iterator

from django.http import HttpResponse, HttpResponseBase
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.audit.actions import record
from tidegate.authorization.permissions import Permission
from tidegate.core.paging import SortKey, take_page
from tidegate.entitlements.actions.review_rounds import begin_review_now
from tidegate.entitlements.actions.reviews import stop_review
from tidegate.entitlements.models import AccessReview
from tidegate.entitlements.reviewing import (
    get_review,
    list_decisions,
    require_report,
    review_target,
    reviewable_policies,
    waiting_decisions,
    waiting_first,
)
from tidegate.entitlements.words import ReviewState
from tidegate.web.confirming import ask
from tidegate.web.exports import stream_csv
from tidegate.web.forms.reviews import BeginReviewForm
from tidegate.web.forms.submitting import submit
from tidegate.web.reviews import LISTED, answer_actions, describe_rule, make_row, report_head, report_row
from tidegate.web.views.many_access import REVIEWS
from tidegate.web.visit import Visit, in_tenant

_NEWEST = (SortKey("starts_at"), SortKey("id"))


@require_safe
@in_tenant("reviews", Permission.ENTITLEMENT_READ, many=REVIEWS)
def list_all(visit: Visit) -> HttpResponseBase:
    """The rounds that the visitor may see, those that wait for them first."""
    cursor = visit.request.GET.get("cursor", "")
    waiting, others = waiting_first(visit.scope)
    page = take_page(others, _NEWEST, cursor=cursor)
    visit.note_view("access_reviews.viewed")
    context = {
        "reviews": [*([] if cursor else waiting[:LISTED]), *page.rows],
        "newer_url": visit.link("reviews", cursor=page.previous_cursor) if page.previous_cursor else "",
        "older_url": visit.link("reviews", cursor=page.next_cursor) if page.next_cursor else "",
        "may_manage": visit.scope.allows(Permission.ENTITLEMENT_MANAGE),
    }
    return visit.render("web/reviews/list.html", context)


@require_safe
@in_tenant("reviews", Permission.ENTITLEMENT_READ)
def show(visit: Visit, review_id: uuid.UUID) -> HttpResponseBase:
    """One round: who is asked about, what was recommended and answered, and what came of it."""
    review = get_review(visit.scope, review_id)
    visit.note_view("access_review.viewed", review_target(review))
    return render_review(visit, review)


def render_review(visit: Visit, review: AccessReview, status: int = 200) -> HttpResponse:
    """The page of one round."""
    decisions = list_decisions(visit.scope, review)
    rows = [make_row(visit, review, decision) for decision in decisions[: LISTED + 1]]
    may_read = visit.scope.allows(Permission.ENTITLEMENT_READ)
    first = waiting_decisions(visit.scope, review).first()
    context = {
        "review": review,
        "rows": rows[:LISTED],
        "has_more": len(rows) > LISTED,
        "has_answers": any(not row.is_open for row in rows),
        "rule": describe_rule(visit.scope, review),
        "bulk_actions": answer_actions() if any(row.may_answer for row in rows) else [],
        "is_over": review.state != ReviewState.IN_PROGRESS,
        "first_url": visit.link("review_decision", review.id, first.id) if first else "",
        "may_manage": visit.scope.allows(Permission.ENTITLEMENT_MANAGE),
        "report_url": visit.link("review_report", review.id) if may_read else "",
    }
    return visit.render("web/reviews/show.html", context, status)


@require_safe
@in_tenant("reviews", Permission.ENTITLEMENT_READ)
def report(visit: Visit, review_id: uuid.UUID) -> HttpResponseBase:
    """A round as a table, one line for each person."""
    require_report(visit.scope)
    review = get_review(visit.scope, review_id)
    record(visit.scope, "access_review.exported", review_target(review))
    return stream_csv(
        visit.scope,
        f"review-{review.starts_at:%Y-%m-%d}-{review.id}.csv",
        report_head(),
        _lines(visit, review),
    )


def _lines(visit: Visit, review: AccessReview) -> Iterator[tuple[object, ...]]:
    for decision in list_decisions(visit.scope, review):
        yield report_row(review, decision)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("reviews", Permission.ENTITLEMENT_MANAGE)
def begin(visit: Visit) -> HttpResponseBase:
    """A round at once."""
    policies = list(reviewable_policies(visit.scope))
    form, made = BeginReviewForm(visit.request.POST or None, policies=policies), list[AccessReview]()
    if visit.method == "POST" and submit(
        form, lambda values: made.append(begin_review_now(visit.scope, values["policy"]))
    ):
        visit.tell(_("The review has begun; its reviewers are told by mail."))
        return visit.redirect("review", made[0].id)
    context = {
        "title": _("Begin a review now"),
        "lead": _(
            "Reviews begin by themselves as the policy says. Only policies with reviews, under which "
            "somebody holds access now, are offered here."
        ),
        "form": form,
        "button": _("Begin the review"),
        "back_url": visit.link("reviews"),
        "crumbs": [(_("Reviews"), visit.link("reviews"))],
    }
    return visit.render("web/directory/form.html", context, 400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("reviews", Permission.ENTITLEMENT_MANAGE)
def stop(visit: Visit, review_id: uuid.UUID) -> HttpResponseBase:
    """End a round now and do what it says, after a question."""
    visit.require(Permission.ENTITLEMENT_MANAGE)
    review = get_review(visit.scope, review_id)
    if visit.method == "POST":
        visit.attempt(lambda: stop_review(visit.scope, review_id), _("The review was applied."))
        return visit.redirect("review", review_id)
    names = {"review": review.display_name, "tenant": visit.scope.entry.tenant_name}
    ends = date_format(review.ends_at, "j F Y")
    return ask(
        visit,
        title=_("Apply the review now"),
        sentence=_("End the review “%(review)s” now and do what it says in %(tenant)s?") % names,
        button=_("Apply the review"),
        back_url=visit.link("review", review_id),
        consequences=[
            _("It would go on until %(end)s; nobody can answer after this.") % {"end": ends},
            *describe_rule(visit.scope, review).ends_in,
        ],
    )
