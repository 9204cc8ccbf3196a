"""Refresh tokens: as Entra for those who keep a secret, rotating for those who cannot."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.applications import delegated_permissions, let_in, make_program, operator_of
from tests.cast import Cast, days
from tests.oauth.asking import (
    GRAPH,
    Flow,
    claims_of,
    code_of,
    disable_everywhere,
    give_secret,
    make_flow,
    sign_in,
)
from tidegate.accounts.actions import end_sessions
from tidegate.authorization.api_permissions import Resource
from tidegate.authorization.permissions import Permission
from tidegate.core import clock
from tidegate.core.clock import standing_at
from tidegate.core.errors import Forbidden
from tidegate.directory.actions.applications import Redirect
from tidegate.directory.models import EmergencyStop, Grant, ServicePrincipal, User
from tidegate.oauth.actions.refresh_tokens import (
    revoke_tokens_of_application,
    revoke_tokens_of_user,
)
from tidegate.oauth.models import RefreshToken

LOOPBACK = {"redirect_uri": "http://localhost/cb"}


@pytest.fixture
def flow(cast: Cast) -> Flow:
    flow = make_flow(cast)
    let_in(flow.program, cast.customer, *delegated_permissions(Resource.GRAPH, "User.Read"))
    return flow


@pytest.fixture
def public(cast: Cast) -> Flow:
    flow = make_flow(cast, redirects=(Redirect("http://localhost/cb", "publicClient"),))
    let_in(flow.program, cast.customer, *delegated_permissions(Resource.GRAPH, "User.Read"))
    return Flow(flow.program, "", flow.tenant, flow.browser)


def _first(flow: Flow, **changes: str) -> str:
    token: str = flow.redeem(flow.get_code(**changes), **changes).json()["refresh_token"]
    return token


def test_each_use_gives_a_new_one_and_the_old_stays_good(flow: Flow) -> None:
    first = _first(flow)

    bodies = [flow.refresh(first).json() for _ in range(3)]

    assert len({body["refresh_token"] for body in bodies} | {first}) == 4
    assert len({claims_of(body["access_token"])["uti"] for body in bodies}) == 3
    assert flow.refresh(bodies[0]["refresh_token"]).status_code == 200


def test_each_holds_for_ninety_days_of_its_own(flow: Flow) -> None:
    first, begin = _first(flow), clock.now()
    end = RefreshToken.objects.of_tenant(flow.tenant.id).get().ends_at

    with standing_at(end - timedelta(seconds=1)):
        second = flow.refresh(first).json()["refresh_token"]
    with standing_at(end):
        assert code_of(flow.refresh(first)) == 700082
    with standing_at(end + days(89)):
        assert flow.refresh(second).status_code == 200
    assert days(89.9) < end - begin <= days(90.1)


def test_tokens_are_kept_as_hashes(flow: Flow) -> None:
    first = _first(flow)

    row = RefreshToken.objects.of_tenant(flow.tenant.id).get()
    assert first not in str(vars(row))
    assert len(row.token_hash) == 64


def test_public_one_is_good_once_and_its_second_use_ends_the_family(public: Flow) -> None:
    first = _first(public, **LOOPBACK)
    second = public.refresh(first).json()["refresh_token"]

    assert code_of(public.refresh(first)) == 50173
    assert code_of(public.refresh(second)) == 50173


def test_public_ones_may_follow_each_other(public: Flow) -> None:
    token = _first(public, **LOOPBACK)
    for _ in range(3):
        token = public.refresh(token).json()["refresh_token"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"refresh_token": "0.AXwrong"}, 70000),
        ({"refresh_token": "1.AAAAAAAAAAAAAAAAAAAAAA.x"}, 700005),
        ({"refresh_token": ""}, 900144),
        ({"client_secret": ""}, 7000218),
        ({"client_secret": "another secret"}, 7000215),
        ({"scope": f"{GRAPH}/User.Invite.All"}, 65001),
        ({"scope": "https://elsewhere.example/.default"}, 500011),
    ],
)
def test_wrong_use_is_refused(flow: Flow, changes: dict[str, str], code: int) -> None:
    rest = {name: value for name, value in changes.items() if name != "refresh_token"}
    answer = flow.refresh(changes.get("refresh_token", _first(flow)), **rest)

    assert code_of(answer) == code


def test_refresh_token_of_another_application_is_none(cast: Cast, flow: Flow) -> None:
    other = make_program(cast)
    let_in(other, cast.customer)
    answer = flow.refresh(
        _first(flow), client_id=str(other.application.client_id), client_secret=give_secret(other)
    )

    assert code_of(answer) == 70000


def test_refresh_token_at_another_tenant_is_told_so(cast: Cast, flow: Flow) -> None:
    first = _first(flow)
    let_in(flow.program, cast.other)

    assert code_of(flow.refresh(first, place=cast.other)) == 700005
    assert flow.refresh(first, place="common").status_code == 200


def test_fewer_scopes_may_be_asked_for_and_another_api(cast: Cast, flow: Flow) -> None:
    let_in(flow.program, cast.customer, *delegated_permissions(Resource.DEFENDER, "Alert.Read"))
    flow = Flow(flow.program, flow.secret, cast.customer, sign_in(cast.accounts["reader"]))
    first = _first(flow)

    fewer = flow.refresh(first, scope="openid offline_access").json()
    another = flow.refresh(first, scope="https://api.securitycenter.microsoft.com/.default").json()

    assert fewer["scope"] == "User.Read openid"
    assert claims_of(another["access_token"])["scp"] == "Alert.Read"


def test_version_1_may_ask_for_another_resource(cast: Cast, flow: Flow) -> None:
    let_in(flow.program, cast.customer, *delegated_permissions(Resource.SIEM, "Alerts.Fetch"))
    flow = Flow(flow.program, flow.secret, cast.customer, sign_in(cast.accounts["reader"]))

    body = flow.refresh(_first(flow), "1.0", resource="https://graph.windows.net").json()

    claims = claims_of(body["access_token"])
    assert (claims["aud"], claims["scp"]) == ("https://graph.windows.net", "Alerts.Fetch openid profile")


def _stop_everything(cast: Cast, _flow: Flow) -> None:
    EmergencyStop.rows.create(
        tenant=cast.customer, covers="all", name="all", reason="Now", started_at=clock.now(), started_by="A"
    )


def _users(cast: Cast) -> Any:
    return User.objects.of_tenant(cast.customer.id).filter(account=cast.accounts["member"])


ENDS: dict[str, tuple[Callable[[Cast, Flow], object], int]] = {
    "consent": (lambda cast, _: Grant.objects.of_tenant(cast.customer.id).update(ends_at=clock.now()), 65001),
    "application": (lambda _, flow: disable_everywhere(flow.program), 7000112),
    "principal": (
        lambda cast, _: ServicePrincipal.objects.of_tenant(cast.customer.id).update(disabled_at=clock.now()),
        7000112,
    ),
    "principal removed": (
        lambda cast, _: ServicePrincipal.objects.of_tenant(cast.customer.id).update(removed_at=clock.now()),
        700016,
    ),
    "stop": (_stop_everything, 7000112),
    "blocked": (lambda cast, _: _users(cast).update(blocked_at=clock.now()), 50057),
    "removed": (lambda cast, _: _users(cast).update(removed_at=clock.now()), 50057),
    "ended": (lambda cast, _: _users(cast).update(ends_at=clock.now()), 50057),
    "signed out everywhere": (lambda cast, _: end_sessions(cast.accounts["member"]), 50173),
}


@pytest.mark.parametrize("what", ENDS)
def test_next_use_fails_once_what_it_rests_on_is_gone(cast: Cast, flow: Flow, what: str) -> None:
    first = _first(flow)
    end, code = ENDS[what]
    end(cast, flow)

    assert code_of(flow.refresh(first)) == code


def test_password_change_ends_them(cast: Cast, flow: Flow) -> None:
    first, account = _first(flow), cast.accounts["member"]
    account.set_password("another good password")
    account.save()

    assert code_of(flow.refresh(first)) == 50173


def test_guest_loses_theirs_at_the_second_when_access_ends(cast: Cast, now: None) -> None:
    flow = make_flow(cast, "analyst")
    first = _first(flow, scope="openid offline_access")
    end = cast.user("analyst").ends_at
    assert end is not None

    with standing_at(end - timedelta(seconds=1)):
        assert flow.refresh(first).status_code == 200
    with standing_at(end):
        assert code_of(flow.refresh(first)) == 50057


@pytest.mark.parametrize("which", ["application", "user"])
def test_administrator_takes_them_back(cast: Cast, flow: Flow, which: str) -> None:
    first = _first(flow)
    if which == "application":
        scope = operator_of(cast.customer, Permission.CONSENT_GRANT)
        count = revoke_tokens_of_application(scope, flow.program.application.client_id, "SIEM")
    else:
        scope = operator_of(cast.customer, Permission.USER_UPDATE)
        count = revoke_tokens_of_user(scope, cast.user("member").id, "Member")

    assert count == 1
    assert code_of(flow.refresh(first)) == 50173


def test_nobody_else_takes_them_back(cast: Cast, flow: Flow) -> None:
    first, client_id = _first(flow), flow.program.application.client_id
    for name in ("member", "reader"):
        with pytest.raises(Forbidden):
            revoke_tokens_of_application(cast.enter(name), client_id, "SIEM")
    elsewhere = operator_of(cast.other, Permission.CONSENT_GRANT, Permission.USER_UPDATE)

    assert revoke_tokens_of_application(elsewhere, client_id, "SIEM") == 0
    assert revoke_tokens_of_user(elsewhere, cast.user("member").id, "Member") == 0
    assert flow.refresh(first).status_code == 200
