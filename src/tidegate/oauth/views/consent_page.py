"""The page that asks for consent: who asks, for what in plain words, for whom, until when."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tidegate.accounts.actors import actor_of
from tidegate.authorization.api_permissions import IDENTIFIERS, ApiPermission, GrantKind, Resource
from tidegate.directory.publishers import find_publisher
from tidegate.oauth.consent import SPANS, Question, end_after, end_for_oneself


@dataclass(frozen=True, slots=True)
class Line:
    """One permission, as the page lists it."""

    value: str
    by_itself: bool
    needs_administrator: bool


@dataclass(frozen=True, slots=True)
class Part:
    """What is asked of one API."""

    display_name: str
    lines: tuple[Line, ...]


def show_question(
    request: HttpRequest, question: Question, *, status: int = 200, **more: Any
) -> HttpResponse:
    """The page; its form leads back to the address that shows it."""
    application = question.entered.application
    context = {
        "application": application,
        "publisher": find_publisher(application),
        "tenant": question.entered.user.tenant,
        "question": question,
        "parts": list_parts(question.shown),
        "actor": actor_of(request),
        "ends_at": end_for_oneself(),
        "spans": [(days, end_after(days)) for days in SPANS],
        **more,
    }
    template = "oauth/consent.html" if question.may_answer else "oauth/needs_administrator.html"
    return render(request, template, context, status=status)


def list_parts(permissions: Iterable[ApiPermission]) -> list[Part]:
    """What is asked, API by API."""
    return [
        Part(
            IDENTIFIERS[Resource(resource)].display_name,
            tuple(
                Line(each.value, each.kind == GrantKind.APPLICATION, each.needs_administrator)
                for each in group
            ),
        )
        for resource, group in groupby(permissions, key=lambda each: each.resource)
    ]
