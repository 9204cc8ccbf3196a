"""UserInfo, for tokens that ask for it."""

import pytest
from django.test import Client

from tests.applications import let_in, make_program
from tests.cast import Cast
from tests.oauth.asking import claims_of, make_flow
from tidegate.authorization.api_permissions import Resource
from tidegate.core import clock
from tidegate.directory.models import User


@pytest.mark.parametrize("path", ["/oidc/userinfo", "/{tid}/oidc/userinfo", "/{tid}/openid/userinfo"])
def test_token_tells_who_its_person_is(cast: Cast, path: str) -> None:
    flow = make_flow(cast)
    body = flow.redeem(flow.get_code(scope="openid profile email")).json()
    header = {"Authorization": f"Bearer {body['access_token']}"}

    answer = Client().get(path.format(tid=cast.customer.id), headers=header)

    assert answer.json() == {
        "sub": claims_of(body["id_token"])["sub"],
        "name": "Member",
        "email": "member@customer.example",
    }


def test_less_is_told_to_who_asks_for_less(cast: Cast) -> None:
    flow = make_flow(cast)
    token = flow.redeem(flow.get_code(scope="openid")).json()["access_token"]

    answer = Client().get("/oidc/userinfo", headers={"Authorization": f"Bearer {token}"})

    assert set(answer.json()) == {"sub"}


@pytest.mark.parametrize("what", ["nothing", "application", "other tenant", "no openid", "removed"])
def test_other_tokens_tell_nothing(cast: Cast, what: str) -> None:
    program = make_program(cast)
    let_in(program, cast.customer)
    user = cast.user("member")
    header = program.header(cast.customer, Resource.GRAPH, "openid", user=user)
    path = "/oidc/userinfo"
    if what == "nothing":
        header = {}
    elif what == "application":
        header = program.header(cast.customer, Resource.GRAPH, "openid")
    elif what == "other tenant":
        path = f"/{cast.other.id}/oidc/userinfo"
    elif what == "no openid":
        header = program.header(cast.customer, Resource.GRAPH, "User.Read", user=user)
    else:
        User.objects.of_tenant(cast.customer.id).filter(id=user.id).update(removed_at=clock.now())

    answer = Client().get(path, headers=header)

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")
    assert answer.headers["WWW-Authenticate"].startswith('Bearer error="invalid_token"')
