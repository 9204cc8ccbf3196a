"""Who of one person's own users may enter is the same asked of the person and of everybody."""

import uuid
from datetime import datetime

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.cast import NOW, START, Cast, days, make_cast
from tidegate.core.clock import standing_at
from tidegate.directory.models import EmergencyStop, User

moments = st.sampled_from([START - days(1), START + days(1), START + days(2), NOW - days(1), NOW + days(1)])
maybe = st.one_of(st.none(), st.none(), moments)
members = st.fixed_dictionaries(
    {"created_at": moments, "removed_at": maybe, "blocked_at": maybe, "ends_at": maybe}
)
stops = st.lists(st.sampled_from([*EmergencyStop.Covers, "domain"]), max_size=2)


class TestEnteringAs(TestCase):
    @settings(
        max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), phases=(Phase.generate,)
    )
    @given(
        home=members, second=st.one_of(st.none(), members), guest=members, stopped=stops, lifted=st.booleans()
    )
    def test_it_is_the_same_as_asking_everybody(
        self,
        home: dict[str, datetime],
        second: dict[str, datetime] | None,
        guest: dict[str, datetime],
        stopped: list[str],
        *,
        lifted: bool,
    ) -> None:
        with standing_at(START):
            cast = make_cast()
        own = cast.user("analyst", cast.provider)
        guests = User.rows.filter(account=cast.accounts["analyst"], user_type=User.UserType.GUEST)
        guests.update(**guest)
        User.rows.filter(pk=own.pk).update(**home)
        if second:
            _join_second(cast, second)
        for covers in stopped:
            _stop(cast, covers, NOW if lifted else None)
        for name in ("analyst", "lead", "admin", "outsider"):
            account_id = cast.accounts[name].id
            everybody = User.objects.across_tenants().entering(NOW).filter(account_id=account_id)
            asked = User.objects.across_tenants().entering_as(account_id, NOW)
            assert set(asked.values_list("pk")) == set(everybody.values_list("pk")), name


def _join_second(cast: Cast, dates: dict[str, datetime]) -> None:
    """The analyst is, or was, a member of another tenant as well."""
    made = User.rows.create(
        tenant=cast.other,
        account=cast.accounts["analyst"],
        user_type=User.UserType.MEMBER,
        user_principal_name="second@other.example",
        display_name="Second",
        mail="second@other.example",
        created_at=START,
        starts_at=START,
    )
    User.rows.filter(pk=made.pk).update(**dates)


def _stop(cast: Cast, covers: str, lifted_at: datetime | None) -> None:
    kinds = EmergencyStop.Covers
    is_domain = covers == "domain"
    EmergencyStop.rows.create(
        tenant=cast.customer,
        covers=kinds.ORGANIZATION if is_domain else covers,
        user_id=_guest_id(cast) if covers == kinds.GUEST else None,
        home_tenant_id=cast.provider.id if covers == kinds.ORGANIZATION else None,
        home_domain="provider.example" if is_domain else "",
        name="A stop",
        reason="A test",
        started_at=START + days(1),
        started_by="Admin",
        lifted_at=lifted_at,
    )


def _guest_id(cast: Cast) -> uuid.UUID:
    rows = User.rows.filter(tenant=cast.customer, account=cast.accounts["analyst"])
    found: uuid.UUID = rows.values_list("id", flat=True).get()
    return found
