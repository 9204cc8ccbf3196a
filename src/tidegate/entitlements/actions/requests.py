"""Somebody asks: for a package, for more time, or to be rid of it; and thinks better of it."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from tidegate.accounts.models import Account
from tidegate.authorization.scope import Actor
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput, NotFound
from tidegate.core.text import clean_block
from tidegate.directory.models import Tenant
from tidegate.directory.policy import lock_directory
from tidegate.entitlements.acting import note, request_target, system_scope
from tidegate.entitlements.actions.assignments import end_assignment
from tidegate.entitlements.actions.delivery import deliver
from tidegate.entitlements.actions.stages import begin_stages, close_stages
from tidegate.entitlements.apart import find_incompatible
from tidegate.entitlements.asking_again import check_not_too_often
from tidegate.entitlements.models import (
    AccessPackage,
    Assignment,
    AssignmentPolicy,
    AssignmentRequest,
    WriteUp,
)
from tidegate.entitlements.offers import Offer, find_offers
from tidegate.entitlements.own import get_own_assignment, get_own_request, own_assignments
from tidegate.entitlements.rules import Question
from tidegate.entitlements.transitions import move
from tidegate.entitlements.words import ExpirationType, RequestState, RequestType

LONGEST_JUSTIFICATION: Final = 2000
_NO_ANSWERS: Final[Mapping[str, str]] = MappingProxyType({})


def request_access(  # noqa: PLR0913  what a form asks, each by name
    actor: Actor,
    tenant_id: uuid.UUID,
    package_id: uuid.UUID,
    policy_id: uuid.UUID,
    *,
    justification: str = "",
    answers: Mapping[str, str] = _NO_ANSWERS,
    duration: timedelta | None = None,
    starts_at: datetime | None = None,
) -> AssignmentRequest:
    """Ask for a package under a policy that is offered to the actor. Without stages it is delivered now.

    `duration` may only shorten what the policy gives. Raises NotFound for what is not offered,
    InvalidInput naming the field, Conflict for what is held, asked for already, or incompatible.
    """
    with transaction.atomic():
        offer = _find_offer(actor, tenant_id, package_id, policy_id)
        lock_directory(system_scope(tenant_id))
        offer = _find_offer(actor, tenant_id, package_id, policy_id)
        _check_may_hold(actor, offer)
        request = _new_request(actor, offer.tenant, offer.policy, RequestType.USER_ADD)
        request.organization_id = offer.organization.id if offer.organization else None
        request.user_id = offer.user.id if offer.user else None
        request.justification = _clean_justification(justification, offer.policy)
        request.answers = _clean_answers(answers, offer.policy.questions)
        request.asked_duration = _clean_duration(duration, offer.policy)
        request.asked_starts_at = _clean_start(starts_at)
        _check_end(request)
        _submit(request, actor, offer.policy, needs_approval=bool(offer.policy.stages))
    return request


def request_extension(
    actor: Actor,
    tenant_id: uuid.UUID,
    assignment_id: uuid.UUID,
    *,
    justification: str = "",
    duration: timedelta | None = None,
) -> AssignmentRequest:
    """Ask to keep for longer what one holds, counted from the moment it is approved.

    Raises NotFound, InvalidInput, Conflict when it is over, the policy does not extend, its holder may
    no longer ask for it, or it was asked already.
    """
    with transaction.atomic():
        assignment = get_own_assignment(actor, tenant_id, assignment_id)
        lock_directory(system_scope(tenant_id))
        assignment = get_own_assignment(actor, tenant_id, assignment_id)
        policy = assignment.policy
        _check_extendable(actor, assignment)
        request = _new_request(actor, assignment.tenant, policy, RequestType.USER_EXTEND)
        request.assignment_id, request.user_id = assignment.id, assignment.user_id
        request.organization_id = assignment.organization_id
        request.justification = _clean_justification(justification, policy)
        request.asked_duration = _clean_duration(duration, policy)
        end = _check_end(request)
        if end is not None and assignment.ends_at is not None and end <= assignment.ends_at:
            raise InvalidInput(fields={"duration": "must end after the access that is held"})
        needed = policy.extension_needs_approval and bool(policy.stages)
        _submit(request, actor, policy, needs_approval=needed)
    return request


def cancel_request(actor: Actor, tenant_id: uuid.UUID, request_id: uuid.UUID) -> AssignmentRequest:
    """Take back a request of one's own that nobody has decided. Raises NotFound, Conflict."""
    with transaction.atomic():
        get_own_request(actor, tenant_id, request_id)
        lock_directory(system_scope(tenant_id))
        request = get_own_request(actor, tenant_id, request_id)
        if request.state == RequestState.SCHEDULED:
            raise Conflict("This request was approved already.")
        close_stages(request)
        move(request, RequestState.CANCELED, actor)
    return request


def give_up(
    actor: Actor, tenant_id: uuid.UUID, assignment_id: uuid.UUID, *, justification: str = ""
) -> AssignmentRequest:
    """End what one holds, now. Raises NotFound, Conflict when it is over already."""
    words = clean_block(justification, "justification", longest=LONGEST_JUSTIFICATION, required=False)
    with transaction.atomic():
        get_own_assignment(actor, tenant_id, assignment_id)
        scope = system_scope(tenant_id)
        lock_directory(scope)
        assignment = get_own_assignment(actor, tenant_id, assignment_id)
        return end_assignment(
            scope,
            assignment,
            because=words or "Given up by its holder.",
            request_type=RequestType.USER_REMOVE,
            actor=actor,
        )


def _find_offer(actor: Actor, tenant_id: uuid.UUID, package_id: uuid.UUID, policy_id: uuid.UUID) -> Offer:
    for offer in find_offers(actor, tenant_id, package_id):
        if offer.policy.id == policy_id:
            return offer
    raise NotFound("There is no such access package, or it is not offered to you.")


def _new_request(
    actor: Actor, tenant: Tenant, policy: AssignmentPolicy, request_type: RequestType
) -> AssignmentRequest:
    home = Tenant.objects.filter(id=actor.home_tenant_id).first() if actor.home_tenant_id else None
    return AssignmentRequest(
        tenant_id=tenant.id,
        package_id=policy.package_id,
        policy_id=policy.id,
        request_type=request_type,
        state=RequestState.SUBMITTED,
        requestor=Account.objects.get(Q(id=actor.account_id)),
        requestor_name=actor.display_name[:256],
        requestor_email=actor.email,
        requestor_tenant_id=home.id if home else None,
        requestor_tenant_name=home.display_name if home else "",
        expiration_json=policy.expiration_json,
        created_at=clock.now(),
    )


def _submit(
    request: AssignmentRequest, actor: Actor, policy: AssignmentPolicy, *, needs_approval: bool
) -> None:
    request.save(force_insert=True)
    details: dict[str, Any] = {
        "request_type": request.request_type,
        "justification": request.justification,
        "duration": request.asked_duration,
    }
    tag = "access_request.submitted"
    note(request.tenant_id, actor, tag, request_target(request), details=details)
    if needs_approval:
        move(request, RequestState.PENDING_APPROVAL, actor, justification=request.justification)
        begin_stages(request, policy.stages)
    else:
        deliver(request, actor)


def _check_may_hold(actor: Actor, offer: Offer) -> None:
    """Raise Conflict for what is held, pending, kept apart from what is held, or owed."""
    now, tenant_id = clock.now(), offer.tenant.id
    held = own_assignments(actor, tenant_id).exclude(ends_at__lte=now)
    if held.filter(package_id=offer.package.id).exists():
        raise Conflict("You have this access already; you may ask to extend it.")
    _check_none_pending(actor, tenant_id, offer.package)
    other = find_incompatible(tenant_id, offer.package.id, held)
    if other:
        message = f"This access cannot be held together with {other}."
        raise Conflict(message)
    owed = WriteUp.objects.of_tenant(tenant_id).filter(
        Q(account_id=actor.account_id), written_at__isnull=True, assignment__ends_at__lte=now
    )
    if owed.exists():
        raise Conflict("You still owe this tenant the write-up of an emergency entry.")


def _check_none_pending(actor: Actor, tenant_id: uuid.UUID, package: AccessPackage) -> None:
    pending = AssignmentRequest.objects.of_tenant(tenant_id).filter(
        requestor_id=actor.account_id, package_id=package.id, state=RequestState.PENDING_APPROVAL
    )
    if pending.exists():
        raise Conflict("You have asked for this already; the request waits for approval.")
    check_not_too_often(actor, package)


def _check_extendable(actor: Actor, assignment: Assignment) -> None:
    if assignment.is_over(clock.now()):
        raise Conflict("This access has ended; it can be asked for again, not extended.")
    if assignment.ends_at is None:
        raise Conflict("This access has no end.")
    if not assignment.policy.allows_extension:
        raise Conflict("This access cannot be extended.")
    _check_none_pending(actor, assignment.tenant_id, assignment.package)
    # Whoever has left the organization, or whose organization was taken out of the policy, stays no longer.
    try:
        _find_offer(actor, assignment.tenant_id, assignment.package_id, assignment.policy_id)
    except NotFound as error:
        raise Conflict("This access is no longer offered to you, so it cannot be extended.") from error


def _clean_justification(text: str, policy: AssignmentPolicy) -> str:
    return clean_block(
        text, "justification", longest=LONGEST_JUSTIFICATION, required=policy.is_justification_required
    )


def _clean_answers(given: Mapping[str, str], questions: Sequence[Question]) -> list[dict[str, str]]:
    """The answers beside their questions, as they read when they were asked. Raises InvalidInput."""
    answers, problems = [], {}
    for question in questions:
        name = f"answer_{question.id}"
        try:
            text = clean_block(given.get(question.id, ""), name, longest=2000, required=question.is_required)
        except InvalidInput as error:
            problems.update(error.fields)
            continue
        if text and question.choices and text not in question.choices:
            problems[name] = "must be one of the choices"
        answers.append({"id": question.id, "question": question.text, "answer": text})
    if problems:
        raise InvalidInput(fields=problems)
    return answers


def _clean_duration(duration: timedelta | None, policy: AssignmentPolicy) -> timedelta | None:
    if duration is not None and not policy.allows_custom_duration:
        if policy.expiration.type == ExpirationType.AFTER_DURATION and duration == policy.expiration.duration:
            return None
        raise InvalidInput(fields={"duration": "cannot be chosen under this policy"})
    return duration


def _clean_start(starts_at: datetime | None) -> datetime | None:
    now = clock.now()
    if starts_at is None or starts_at <= now:
        return None
    if starts_at > now + timedelta(days=365):
        raise InvalidInput(fields={"starts_at": "must lie within a year"})
    return starts_at


def _check_end(request: AssignmentRequest) -> datetime | None:
    starts_at = request.asked_starts_at or clock.now()
    return request.expiration.end_of(starts_at, request.asked_duration)
