"""A document is applied: everything in it or nothing, once, in words."""

from datetime import UTC, datetime

import pytest

from tests.cast import Cast, actor_of_account
from tests.entitlements.asking import ask
from tests.entitlements.elevations import let, take_up
from tests.entitlements.offering import offer_to_provider
from tests.manifest.making import CLIENT, CUSTOMER, EXAMPLE, PROVIDER, apply_example, apply_text
from tidegate.accounts.models import Account
from tidegate.audit.models import AuditEvent
from tidegate.audit.verify import chain_ids, verify_chain
from tidegate.authorization.api_permissions import Resource
from tidegate.core import clock
from tidegate.directory.applications import find_principal, grants_in_force
from tidegate.directory.models import (
    Application,
    Credential,
    Group,
    GroupMembership,
    Role,
    RoleAssignment,
    Tenant,
    User,
)
from tidegate.entitlements.models import Activation, Assignment
from tidegate.entitlements.words import ActivationState
from tidegate.gate.opening import open as open_gate
from tidegate.manifest.applying import apply
from tidegate.manifest.desk import MadeKind
from tidegate.manifest.places import Misfit
from tidegate.manifest.reading import read_document

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]

DELTA = "- domains: [customer.example]"


def refusal(text: str) -> str:
    with pytest.raises(Misfit) as error:
        apply_text(text)
    return error.value.message


def test_example_is_applied_and_then_changes_nothing() -> None:
    first = apply_example()
    events = AuditEvent.rows.count()
    again = apply_example()

    assert (again.changes, again.made) == ([], [])
    assert AuditEvent.rows.count() == events
    assert [fault for tenant_id in chain_ids() for fault in verify_chain(tenant_id).faults] == []
    assert [(made.kind, made.name) for made in first.made] == [(MadeKind.SECRET, "collector")]
    assert {str(one.id) for one in Tenant.objects.all()} > {PROVIDER, CUSTOMER}
    assert {one.actor_name for one in AuditEvent.rows.all()} == {"Operator, on the command line"}


def test_example_lets_its_people_and_programs_in() -> None:
    apply_example()

    tom = Account.objects.get(email="tom@harbour.example")
    scope = open_gate(actor_of_account(tom), "delta.example")
    principal = find_principal(scope.tenant_id, Application.rows.get(client_id=CLIENT).client_id)

    assert tom.check_password("a-bollard-for-the-harbour-23")
    assert scope.entry.role_names == ("Night watch",)
    assert principal is not None
    assert grants_in_force(principal, clock.now()).filter(resource=Resource.SIEM).count() == 1


def test_dry_run_says_the_same_and_writes_nothing() -> None:
    document = read_document(EXAMPLE.read_text())

    told = apply(document, dry_run=True).changes

    assert (Tenant.objects.count(), Account.objects.count(), AuditEvent.rows.count()) == (0, 0, 0)
    assert told == apply(document).changes
    assert "create group Night desk in Delta Mills" in told
    assert told[-1] == "create policy A quarter at a time of access package Night desk in Delta Mills"


def test_error_at_the_end_undoes_everything_and_says_where(cast: Cast) -> None:
    words = refusal(
        """
        - domains: [customer.example]
          country: BE
          groups:
            - display_name: Night
              roles: [Tier 1 Analyst, Teir 2 Analyst]
        """
    )

    assert words == (
        'tenants[0].groups[0].roles[1]: there is no role "Teir 2 Analyst"; did you mean "Tier 2 Analyst"?'
    )
    assert Tenant.objects.get(id=cast.customer.id).country == ""
    assert not Group.objects.of_tenant(cast.customer.id).filter(display_name="Night").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "- display_name: New",
            "tenants[0]: a tenant needs an id or a domain, by which it is found",
        ),
        (
            "- {display_name: New, domains: [new.example]}",
            (
                "tenants[0].users: must hold a member with the role Global Administrator, "
                "for a tenant that is not there yet"
            ),
        ),
        (
            "- domains: [customer.example]\n- domains: [customer.example]",
            "tenants[1]: this tenant stands at tenants[0] already",
        ),
        ("- domains: [customer.example, other.example]", "tenants[0].domains: belong to two tenants"),
        (
            f"{DELTA}\n  users: [{{email: new@elsewhere.example}}]",
            "tenants[0].users[0].email: must be under a verified domain of this tenant",
        ),
        (
            f"{DELTA}\n  users: [{{email: new@customer.example, password: short}}]",
            (
                "tenants[0].users[0].password: This password is too short. "
                "It must contain at least 12 characters."
            ),
        ),
        (
            f"{DELTA}\n  users: [{{email: lead@provider.example, user_type: member}}]",
            "tenants[0].users[0]: lead@provider.example is a guest of Delta Mills, which cannot be changed",
        ),
        (
            f"{DELTA}\n  users: [{{email: new@else.example, user_type: guest, ends_at: null}}]",
            "tenants[0].users[0].endless_reason: is needed when access from outside has no end",
        ),
        (
            f"{DELTA}\n  consents: [{{application: Harbor}}]",
            'tenants[0].consents[0]: there is no application "Harbor"',
        ),
        (
            f"{DELTA}\n  applications: [{{display_name: A, required_permissions: [graph/User.Raed]}}]",
            (
                "tenants[0].applications[0].required_permissions: "
                'there is no permission "graph/User.Raed"; did you mean "graph/User.Read"?'
            ),
        ),
        (
            f"{DELTA}\n  applications: [{{display_name: A, redirect_uris: [http://a.example]}}]",
            (
                "tenants[0].applications[0].redirect_uris: must begin with https://, or http://localhost, "
                "with no fragment, blank or wildcard"
            ),
        ),
        (
            f"{DELTA}\n  users: [{{email: admin@customer.example, state: absent}}]",
            (
                "tenants[0].users[0]: A tenant must keep at least one Global Administrator of its own "
                "whose access has no end."
            ),
        ),
        (
            (
                f"{DELTA}\n  groups: [{{display_name: Tier 1, members: [{{user: lead@provider.example, "
                "ends_at: 2026-01-01}]}]"
            ),
            "tenants[0].groups[0].members[0].ends_at: must lie in the future",
        ),
    ],
)
def test_what_is_refused_is_said_with_its_place(cast: Cast, text: str, words: str) -> None:
    assert refusal(text) == words


def test_changes_are_said_in_words(cast: Cast) -> None:
    apply_text(f"{DELTA}\n  country: NL")

    run = apply_text(
        """
        - domains: [customer.example]
          country: be
          groups:
            - display_name: Tier 1
              description: At night.
              members:
                - {user: analyst@provider.example, ends_at: 2026-05-01}
                - {user: Helper@Provider.example, ends_at: 2026-05-01T12:00:00+02:00}
              roles: [{role: Security Reader, ends_at: 2026-04-01}]
          users:
            - {email: lead@provider.example, is_blocked: true}
            - {email: member@customer.example, manager: reader@customer.example}
        """
    )

    assert run.changes == [
        "change tenant Delta Mills: country NL -> BE",
        "block lead@provider.example in Delta Mills",
        "make reader@customer.example the manager of member@customer.example in Delta Mills",
        'change group Tier 1 in Delta Mills: description nothing -> "At night."',
        "give role Security Reader to group Tier 1 in Delta Mills until 2026-04-01",
        (
            "change analyst@provider.example in group Tier 1 in Delta Mills: "
            "end 2026-06-01T09:00:00Z -> 2026-05-01"
        ),
        "put helper@provider.example in group Tier 1 in Delta Mills until 2026-05-01T10:00:00Z",
    ]


def test_end_of_a_role_is_moved_without_taking_it_away(cast: Cast) -> None:
    text = f"{DELTA}\n  groups: [{{display_name: Tier 1, roles: [{{role: Tier 1 Analyst, ends_at: %s}}]}}]"
    before = RoleAssignment.objects.of_tenant(cast.customer.id).get(group__display_name="Tier 1")

    apply_text(text % "2026-07-01")
    moved = RoleAssignment.objects.of_tenant(cast.customer.id).get(group__display_name="Tier 1")
    apply_text(text % "null")

    assert (moved.id, moved.ends_at) == (before.id, datetime(2026, 7, 1, tzinfo=UTC))
    assert RoleAssignment.objects.of_tenant(cast.customer.id).get(id=before.id).ends_at is None


def test_only_what_is_absent_is_removed(cast: Cast) -> None:
    run = apply_text(
        """
        - domains: [customer.example]
          users: [{email: member@customer.example, state: absent}]
          groups:
            - {display_name: Tier 2, state: absent}
            - {display_name: Never there, state: absent}
            - display_name: Tier 1
              roles: [{role: Tier 1 Analyst, state: absent}]
              members: [{user: analyst@provider.example, state: absent}, {user: g@x.example, state: absent}]
        """
    )
    groups = Group.objects.of_tenant(cast.customer.id)

    assert run.changes == [
        "delete group Tier 2 in Delta Mills",
        "take analyst@provider.example out of group Tier 1 in Delta Mills",
        "take role Tier 1 Analyst from group Tier 1 in Delta Mills",
        "remove member@customer.example from Delta Mills",
    ]
    assert list(groups.values_list("display_name", flat=True)) == ["Tier 1"]
    assert User.objects.of_tenant(cast.customer.id).present().filter(mail="helper@provider.example").exists()


def test_who_is_absent_loses_what_rested_on_it(cast: Cast) -> None:
    take_up(cast, let(cast, user_id=None, group_id=cast.group("Tier 1").id), "analyst")
    ask(cast, "helper", offer_to_provider(cast))

    apply_text(
        f"""
        {DELTA}
          users: [{{email: helper@provider.example, state: absent}}]
          groups:
            - display_name: Tier 1
              members: [{{user: analyst@provider.example, state: absent}}]
        """
    )

    assert Activation.objects.of_tenant(cast.customer.id).get().state == ActivationState.DEACTIVATED
    assert Assignment.objects.of_tenant(cast.customer.id).get().ends_at == clock.now()


def test_role_is_made_changed_and_deleted_with_those_who_hold_it(cast: Cast) -> None:
    night = "display_name: Night watch, role_permissions: [%s]"
    lines = "view_data.security_operations"
    held = "groups: [{display_name: Tier 1, roles: [%s]}]"

    made = apply_text(f"{DELTA}\n  roles: [{{{night % lines}}}]\n  {held % 'Night watch'}")
    changed = apply_text(f"{DELTA}\n  roles: [{{{night % f'{lines}, alerts_investigation'}}}]")
    gone = apply_text(
        f"{DELTA}\n  roles: [{{display_name: night watch, state: absent}}]\n"
        f"  {held % '{role: Night watch, state: absent}'}"
    )

    assert made.changes[0] == "create role Night watch in Delta Mills"
    more = f"(alerts_investigation, {lines})"
    assert changed.changes == [
        f"change role Night watch in Delta Mills: role_permissions ({lines}) -> {more}"
    ]
    assert gone.changes[-1] == "delete role Night watch in Delta Mills"
    assert not Role.objects.of_tenant(cast.customer.id).filter(display_name="Night watch").exists()


def test_account_that_exists_keeps_its_password(cast: Cast) -> None:
    account = cast.accounts["stranger"]
    account.set_password("what they chose themselves")
    account.save()

    run = apply_text(
        f"{DELTA}\n  users: [{{email: stranger@nowhere.example, user_type: guest, password: another-17}}]"
    )

    assert Account.objects.get(id=account.id).check_password("what they chose themselves")
    assert run.made == []
    assert len(run.changes) == 1


def test_guest_without_account_is_invited_or_gets_one(cast: Cast) -> None:
    run = apply_text(
        """
        - domains: [customer.example]
          users:
            - {email: a@new.example, user_type: guest}
            - {email: b@new.example, user_type: guest, password: a-ferry-at-dawn-17, ends_at: 2026-09-01}
            - {email: c@new.example, user_type: guest, ends_at: null, endless_reason: Agreed}
        """
    )
    users = {user.mail: user for user in User.objects.of_tenant(cast.customer.id).filter(user_type="guest")}

    assert [(made.kind, made.whose) for made in run.made] == [
        (MadeKind.INVITATION, "a@new.example"),
        (MadeKind.INVITATION, "c@new.example"),
    ]
    assert users["a@new.example"].ends_at == datetime(2036, 3, 17, 9, tzinfo=UTC)
    assert users["b@new.example"].external_user_state == "Accepted"
    assert users["c@new.example"].ends_at is None
    assert apply_text(f"{DELTA}\n  users: [{{email: a@new.example, user_type: guest}}]").changes == []


def test_membership_that_a_package_gave_is_left_to_it(cast: Cast) -> None:
    lead = cast.user("lead")
    apply_text(f"{DELTA}\n  groups: [{{display_name: Tier 2, members: [{{user: {lead.mail}}}]}}]")

    rows = GroupMembership.objects.of_tenant(cast.customer.id).filter(user_id=lead.id)

    assert rows.count() == 1


def test_secret_is_kept_replaced_and_never_stretched(cast: Cast) -> None:
    app = f"{DELTA}\n  applications: [{{display_name: A, secrets: [{{%s}}]}}]"

    made = apply_text(app % "display_name: s").made
    kept = apply_text(app % "display_name: s")
    given = apply_text(app % "display_name: s, text: a-text-of-our-own-1").changes
    again = apply_text(app % "display_name: S, text: a-text-of-our-own-1").changes

    assert len(made[0].text) == 40
    assert (kept.changes, kept.made, again) == ([], [], [])
    assert given == ["take from application A the secret s", "give application A the secret s"]
    assert Credential.rows.filter(removed_at__isnull=True).count() == 1
    assert refusal(app % "display_name: s, ends_at: 2026-09-01") == (
        "tenants[0].applications[0].secrets[0]: the end of a secret cannot be moved: "
        "give the new one another name"
    )
