"""Addresses of the pages about access reviews."""

from django.urls import URLPattern, path

from tidegate.web.views import review_answers, reviews

urlpatterns: list[URLPattern] = [
    path("reviews", reviews.list_all, name="reviews"),
    path("reviews/begin", reviews.begin, name="review_begin"),
    path("reviews/<uuid:review_id>", reviews.show, name="review"),
    path("reviews/<uuid:review_id>/report.csv", reviews.report, name="review_report"),
    path("reviews/<uuid:review_id>/apply", reviews.stop, name="review_apply"),
    path("reviews/<uuid:review_id>/answers", review_answers.answer_many, name="review_answers"),
    path(
        "reviews/<uuid:review_id>/decisions/<uuid:decision_id>",
        review_answers.answer_one,
        name="review_decision",
    ),
]
