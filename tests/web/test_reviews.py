"""The pages of access reviews: answered by reviewers, from a phone or in bulk; read by administrators."""

import csv
import io
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast, days
from tests.entitlements.offering import offer_to_provider
from tests.web.conftest import Visitor, text_of
from tidegate.audit.models import AuditEvent
from tidegate.core.clock import standing_at
from tidegate.directory.models import User
from tidegate.entitlements.actions.requests import request_access
from tidegate.entitlements.actions.review_rounds import begin_review_now
from tidegate.entitlements.jobs import apply_ended_reviews
from tidegate.entitlements.models import AccessReview, AssignmentPolicy, ReviewDecision
from tidegate.entitlements.rules import Approver, ReviewRule
from tidegate.entitlements.words import ApproverKind, WithoutAnswer

type Visit = Callable[..., Visitor]


def prepare(
    cast: Cast, *holders: str, reviewer: str | None = "member", name: str = "Tier 2 access", **rule: Any
) -> AssignmentPolicy:
    reviewers = (Approver(ApproverKind.USER, cast.user(reviewer).id),) if reviewer else ()
    held = ReviewRule(starts_at=NOW + days(90), reviewers=reviewers, **rule)
    policy = offer_to_provider(cast, name=name, review_json=held.write())
    for holder in holders:
        request_access(cast.actor(holder), policy.tenant_id, policy.package_id, policy.id)
    return policy


def hold(cast: Cast, *holders: str, **fields: Any) -> AccessReview:
    policy = prepare(cast, *holders, **fields)
    return begin_review_now(cast.enter("admin"), policy.id)


def ids(review: AccessReview) -> dict[str, UUID]:
    rows = ReviewDecision.objects.of_tenant(review.tenant_id).filter(review_id=review.id)
    return {
        row.assignment.account.email.split("@")[0]: row.id
        for row in rows.select_related("assignment__account")
        if row.assignment.account
    }


def answers(review: AccessReview) -> dict[str, str]:
    rows = ReviewDecision.objects.of_tenant(review.tenant_id).filter(review_id=review.id)
    found = {row.id: row.result for row in rows}
    return {name: found[decision_id] for name, decision_id in ids(review).items()}


def test_a_reviewer_answers_one_after_the_other(cast: Cast, visit: Visit) -> None:
    review = hold(cast, "boss", "helper")
    member = visit("member")
    page = member.get(f"/reviews/{review.id}")
    assert "Answer one by one" in text_of(page)
    assert "They have had this access for less than 30 days." in text_of(page)

    first = ids(review)["boss"]
    one = member.get(f"/reviews/{review.id}/decisions/{first}")
    assert "Does Boss still need access to Delta Mills?" in text_of(one)
    answered = member.post(
        f"/reviews/{review.id}/decisions/{first}", {"result": "Deny", "justification": "Left the team."}
    )
    following = f"/reviews/{review.id}/decisions/{ids(review)['helper']}?tid={member.tid}"
    assert (answered.status_code, answered.headers["Location"]) == (302, following)
    last = member.client.post(following, {"result": "Approve", "justification": "On call."})
    assert last.headers["Location"] == f"/reviews/{review.id}?tid={member.tid}"
    assert answers(review) == {"boss": "Deny", "helper": "Approve"}
    assert "Left the team." in text_of(member.get(f"/reviews/{review.id}"))


def test_an_answer_without_a_reason_stays_on_the_page_and_says_so(cast: Cast, visit: Visit) -> None:
    review = hold(cast, "boss")
    address = f"/reviews/{review.id}/decisions/{ids(review)['boss']}"
    page = visit("member").post(address, {"result": "Deny", "justification": ""})
    assert page.status_code == 400
    assert "must not be empty" in text_of(page)
    assert answers(review) == {"boss": "NotReviewed"}


def test_many_are_answered_with_one_reason(cast: Cast, visit: Visit) -> None:
    review = hold(cast, "boss", "helper", "lead")
    chosen = [str(ids(review)[name]) for name in ("boss", "helper")]
    member, address = visit("member"), f"/reviews/{review.id}/answers"
    asked = member.post(address, {"result": "Deny", "decision": chosen})
    assert (asked.status_code, answers(review)["boss"]) == (200, "NotReviewed")
    assert "Boss" in text_of(asked)
    assert "Lead" not in text_of(asked)

    empty = member.post(address, {"result": "Deny", "decision": chosen, "apply": "1", "justification": ""})
    assert empty.status_code == 400
    done = member.post(
        address, {"result": "Deny", "decision": chosen, "apply": "1", "justification": "Project over."}
    )
    assert done.status_code == 302
    assert answers(review) == {"boss": "Deny", "helper": "Deny", "lead": "NotReviewed"}


def test_nothing_selected_is_said(cast: Cast, visit: Visit) -> None:
    review = hold(cast, "boss")
    member = visit("member")
    back = member.post(f"/reviews/{review.id}/answers", {"result": "Deny"})
    assert back.status_code == 302
    assert "Select somebody first." in member.client.get(back.headers["Location"]).content.decode()


@pytest.mark.parametrize("sent", [{"result": "Maybe"}, {"decision": "rubbish"}, {"result": ""}])
def test_what_the_page_did_not_give_is_refused_by_its_name(
    cast: Cast, visit: Visit, sent: dict[str, str]
) -> None:
    review = hold(cast, "boss")
    good = {"result": "Deny", "decision": str(ids(review)["boss"]), "apply": "1", "justification": "x"}
    page = visit("member").post(f"/reviews/{review.id}/answers", {**good, **sent})
    assert page.status_code == 400
    assert next(iter(sent)) in text_of(page).lower()


def test_in_a_self_review_people_see_and_answer_their_own(cast: Cast, visit: Visit) -> None:
    review = hold(cast, "boss", "helper", reviewer=None)
    page = visit("helper").get(f"/reviews/{review.id}")
    assert page.status_code == 200
    assert "Boss" not in text_of(page)
    address = f"/reviews/{review.id}/decisions/"
    good = {"result": "Deny", "justification": "I have moved on."}
    assert visit("helper").post(f"{address}{ids(review)['boss']}", good).status_code == 404
    assert visit("helper").post(f"{address}{ids(review)['helper']}", good).status_code == 302
    assert answers(review) == {"boss": "NotReviewed", "helper": "Deny"}


def test_an_administrator_reads_but_does_not_answer(cast: Cast, visit: Visit) -> None:
    review = hold(cast, "boss")
    admin = visit("admin")
    page = admin.get(f"/reviews/{review.id}")
    assert "Report as CSV" in text_of(page)
    assert "Answer one by one" not in text_of(page)
    address = f"/reviews/{review.id}/decisions/{ids(review)['boss']}"
    assert "Your reason" not in text_of(admin.get(address))
    assert admin.post(address, {"result": "Deny", "justification": "x"}).status_code == 404


def test_the_list_shows_what_waits_first(cast: Cast, visit: Visit) -> None:
    hold(cast, "boss", name="Alpha")
    hold(cast, "helper", name="Beta", reviewer="reader")
    names = {
        name: [one for one in ("Alpha", "Beta") if one in text_of(visit(name).get("/reviews"))]
        for name in ("admin", "member", "reader", "lead")
    }
    assert names == {"admin": ["Alpha", "Beta"], "member": ["Alpha"], "reader": ["Alpha", "Beta"], "lead": []}
    mine = text_of(visit("reader").get("/reviews"))
    assert mine.index("Beta") < mine.index("Alpha")
    assert "1 waits for you" in mine


def test_a_list_is_turned_page_by_page(cast: Cast, visit: Visit) -> None:
    policy = prepare(cast, "boss")
    for number in range(60):
        AccessReview.rows.create(
            tenant_id=cast.customer.id,
            policy_id=policy.id,
            display_name=f"Round {number:02}",
            state="applied",
            rule_json=policy.review_json,
            starts_at=NOW - days(number),
            ends_at=NOW,
        )
    admin, address, seen = visit("admin"), f"/reviews?tid={cast.customer.id}", list[str]()
    while address:
        page = admin.client.get(address)
        seen += [review.display_name for review in page.context["reviews"]]
        address = page.context["older_url"]
    assert seen == [f"Round {number:02}" for number in range(60)]


def test_the_report_says_who_answered_what_when_and_why(cast: Cast, visit: Visit) -> None:
    review = hold(cast, "boss", "helper", without_answer=WithoutAnswer.KEEP)
    visit("member").post(
        f"/reviews/{review.id}/decisions/{ids(review)['boss']}",
        {"result": "Deny", "justification": "=cmd|'/C calc'!A0"},
    )
    with standing_at(review.ends_at):
        apply_ended_reviews()
    sent = visit("admin").get(f"/reviews/{review.id}/report.csv")
    rows = list(csv.reader(io.StringIO(sent.getvalue().decode("utf-8-sig"))))
    by_name = {row[0]: row for row in rows[1:]}
    assert len(rows) == 3
    assert by_name["Boss"][7:9] == ["Remove", "Member"]
    assert by_name["Boss"][10:] == ["'=cmd|'/C calc'!A0", "Removed"]
    assert by_name["Helper"][7:] == ["No answer yet", "", "", "", "Kept"]
    page = text_of(visit("member").get(f"/reviews/{review.id}"))
    assert "Removed" in page
    assert visit("member").get(f"/reviews/{review.id}/report.csv").status_code == 403
    assert AuditEvent.objects.across_tenants().filter(tag="access_review.exported").count() == 1


def test_an_administrator_begins_and_applies_a_round(cast: Cast, visit: Visit) -> None:
    policy = prepare(cast, "boss", without_answer=WithoutAnswer.REMOVE)
    admin = visit("admin")
    assert "Tier 2 access: Requests" in text_of(admin.get("/reviews/begin"))
    begun = admin.post("/reviews/begin", {"policy": str(policy.id)})
    assert begun.status_code == 302
    review = AccessReview.objects.of_tenant(cast.customer.id).get()
    assert "Tier 2 access: Requests" not in text_of(admin.get("/reviews/begin"))

    question = text_of(admin.get(f"/reviews/{review.id}/apply"))
    assert "and do what it says in Delta Mills?" in question
    assert "1 person has no answer yet." in question
    assert "Access is removed" in question
    assert admin.post(f"/reviews/{review.id}/apply").status_code == 302
    review.refresh_from_db()
    assert (review.state, review.applied_at) == ("applied", NOW)
    again = admin.post(f"/reviews/{review.id}/apply")
    assert "This review is over." in admin.client.get(again.headers["Location"]).content.decode()


def test_a_round_without_a_policy_is_not_begun(cast: Cast, visit: Visit) -> None:
    for policy in ("", "rubbish", str(uuid4())):
        assert visit("admin").post("/reviews/begin", {"policy": policy}).status_code == 400


@pytest.mark.parametrize("name", ["member", "reader", "lead", "helper"])
def test_others_do_not_begin_or_apply(cast: Cast, visit: Visit, name: str) -> None:
    review = hold(cast, "boss")
    visitor = visit(name)
    for method in (visitor.get, visitor.post):
        assert method("/reviews/begin").status_code == 403
        assert method(f"/reviews/{review.id}/apply").status_code == 403


def test_the_outsider_gets_nothing(cast: Cast, visit: Visit) -> None:
    review = hold(cast, "boss")
    decision = ids(review)["boss"]
    pages = (
        f"/reviews/{review.id}",
        f"/reviews/{review.id}/decisions/{decision}",
        f"/reviews/{review.id}/report.csv",
        f"/reviews/{review.id}/apply",
    )
    changes = (*pages[1:2], f"/reviews/{review.id}/answers", pages[3])
    sent = {"result": "Deny", "justification": "x", "decision": str(decision), "apply": "1"}
    for tenant in (cast.customer, cast.other):
        outsider = visit("outsider", tenant)
        for page in pages:
            other = str(uuid4())
            absent = outsider.get(page.replace(str(review.id), other))
            found = outsider.get(page)
            assert (found.status_code, absent.status_code) == (404, 404)
            assert text_of(found) == text_of(absent).replace(other, str(review.id))
        for change in changes:
            assert outsider.post(change, sent).status_code == 404
    assert "Boss" not in text_of(visit("outsider", cast.other).get("/reviews"))
    assert answers(review) == {"boss": "NotReviewed"}


def test_a_page_costs_the_same_for_one_person_as_for_three(cast: Cast, visit: Visit) -> None:
    numbers = []
    for holders in (("boss",), ("boss", "helper", "lead")):
        review = hold(cast, *holders, name=f"For {len(holders)}")
        member = visit("member")
        member.get("/reviews")
        with CaptureQueriesContext(connection) as asked:
            assert member.get(f"/reviews/{review.id}").status_code == 200
        numbers.append(len(asked))
    assert numbers[0] == numbers[1]


def test_names_from_outside_stay_text(cast: Cast, visit: Visit) -> None:
    review = hold(cast, "boss")
    User.objects.of_tenant(cast.customer.id).filter(account=cast.accounts["boss"]).update(
        display_name="<script>alert(1)</script>\u202e"
    )
    for path in (f"/reviews/{review.id}", f"/reviews/{review.id}/decisions/{ids(review)['boss']}"):
        content = visit("member").get(path).content.decode()
        assert "<script>alert" not in content
        assert "\u202e" not in content


def test_reviewing_is_told_to_the_tenant_when_a_guest_looks(cast: Cast, visit: Visit) -> None:
    review = hold(cast, "boss", reviewer=None)
    visit("boss").get(f"/reviews/{review.id}")
    assert AuditEvent.objects.across_tenants().filter(tag="access_review.viewed").count() == 1
