"""Refresh tokens are taken back on the pages of who holds them, after a question that names the tenant."""

import json
from collections.abc import Callable

import pytest

from tests.cast import Cast
from tests.oauth.asking import Flow, make_flow
from tests.web.conftest import Visitor, text_of
from tests.web.programs import principal_of
from tidegate.audit.models import AuditEvent
from tidegate.oauth.models import RefreshToken

type Visit = Callable[..., Visitor]


@pytest.fixture
def flow(cast: Cast) -> Flow:
    """The member lets a program act for them and it holds a refresh token."""
    flow = make_flow(cast, "member")
    wished = "openid offline_access"
    assert flow.redeem(flow.get_code(scope=wished), scope=wished).status_code == 200
    return flow


@pytest.mark.parametrize("of", ["application", "user"])
def test_tokens_are_taken_back_after_a_question_that_names_the_tenant(
    visit: Visit, cast: Cast, flow: Flow, of: str
) -> None:
    principal = principal_of(flow.program, cast.customer)
    page = (
        f"/service-principals/{principal.id}" if of == "application" else f"/users/{cast.user('member').id}"
    )
    name = principal.display_name if of == "application" else "Member"
    address, admin = f"{page}/refresh-tokens/revoke", visit("admin")
    assert f'href="{address}?tid={cast.customer.id}"' in admin.get(page).content.decode()
    asked = text_of(admin.get(address))
    assert f"Take back the refresh tokens of {name}?" in asked
    assert "at Delta Mills" in asked
    assert not RefreshToken.rows.filter(revoked_at__isnull=False).exists()
    done = admin.post(address)
    assert done.url == f"{page}?tid={cast.customer.id}"
    assert "1 refresh token taken back." in admin.get(page).content.decode()
    assert not RefreshToken.rows.filter(revoked_at__isnull=True).exists()
    event = AuditEvent.rows.get(tag="refresh_tokens.revoked")
    assert (event.tenant_id, event.target_name, json.loads(event.details)["tokens"]) == (
        cast.customer.id,
        name,
        1,
    )


@pytest.mark.parametrize("who", ["reader", "outsider"])
def test_nobody_else_is_offered_it(visit: Visit, cast: Cast, flow: Flow, who: str) -> None:
    tenant = cast.other if who == "outsider" else None
    for page in (
        f"/service-principals/{principal_of(flow.program, cast.customer).id}",
        f"/users/{cast.user('member').id}",
    ):
        visitor = visit(who, tenant)
        assert "refresh-tokens" not in visitor.get(page).content.decode()
        assert visitor.post(f"{page}/refresh-tokens/revoke").status_code == (404 if tenant else 403)
    assert not RefreshToken.rows.filter(revoked_at__isnull=False).exists()
