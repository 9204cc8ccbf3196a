"""A rule is tried out: its mail is shown, and a test is sent on the same way as everything else."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction

from tidegate.audit.actions import record
from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput
from tidegate.notifications.addressing import Addressee, find_addressees
from tidegate.notifications.deliveries import make_deliveries, queue_deliveries
from tidegate.notifications.drafts import RuleDraft, clean_draft, clean_email
from tidegate.notifications.mails import Told, write_told
from tidegate.notifications.models import Delivery, NotificationRule
from tidegate.notifications.parts import write_example
from tidegate.notifications.policy import check_within_sight, find_owner, require_rules
from tidegate.notifications.queries import get_rule
from tidegate.notifications.silence import rule_target
from tidegate.notifications.words import ChannelKind, Purpose

TESTS_IN_AN_HOUR: Final = 100


@dataclass(frozen=True, slots=True)
class Preview:
    """A mail as its reader would see it."""

    subject: str
    text: str
    html: str


def preview_mail(scope: Scope, draft: RuleDraft, *, language: str = "") -> Preview:
    """The mail that a rule would send: about the newest alert that the editor sees, or a made-up one.

    Nothing is written. `language` is the editor's own, for a rule that leaves it to its readers.
    Raises Forbidden, InvalidInput.
    """
    require_rules(scope)
    columns = clean_draft(draft)
    owner = find_owner(scope, draft, None)
    rule = NotificationRule(tenant_id=scope.tenant_id, owner_account=owner, **columns)
    rule.language = rule.language or language
    delivery = Delivery(
        tenant_id=scope.tenant_id,
        kind=ChannelKind.MAIL,
        purpose=Purpose.TEST,
        email=owner.email,
        message_id="preview",
    )
    told = Told((write_example(scope, rule, clock.now()),))
    mail = write_told(delivery, rule, told, sender="")
    return Preview(mail.subject, mail.text, mail.html)


def send_test(scope: Scope, rule_id: uuid.UUID, *, email: str = "") -> list[Delivery]:
    """Send a test of a rule to one address, or to everybody whom it tells at once, through each channel.

    Also of a paused rule. Raises Forbidden, NotFound, InvalidInput, Conflict after very many.
    """
    require_rules(scope)
    with transaction.atomic():
        rule = get_rule(scope, rule_id)
        _check_not_too_many(scope)
        check_within_sight(scope, rule)
        addressees = find_addressees(rule, step=0)
        if email:
            addressees = [Addressee(ChannelKind.MAIL, clean_email(email, "email"))]
        made = make_deliveries(rule, addressees, purpose=Purpose.TEST, part_tenant_id=rule.tenant_id)
        if not made:
            raise InvalidInput(fields={"email": "must be given: the rule tells inboxes alone"})
        queue_deliveries(made)
        details = {"recipients": [one.email or str(one.channel_id) for one in made]}
        record(scope, "notification_rule.tested", rule_target(rule), details=details)
    return made


def _check_not_too_many(scope: Scope) -> None:
    # A test may go to any address: a portal is no way to write to strangers all day.
    rows = Delivery.objects.in_scope(scope).filter(
        purpose=Purpose.TEST, created_at__gt=clock.now() - timedelta(hours=1)
    )
    if rows.count() >= TESTS_IN_AN_HOUR:
        raise Conflict("Too many tests were sent within the last hour. Try again later.")
