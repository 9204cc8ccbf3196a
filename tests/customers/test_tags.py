"""Tags on customers: who puts them there, and who sees them."""

import uuid

import pytest

from tests.cast import Cast, join_as_guest
from tests.customers.making import put_tag, reach_of
from tidegate.audit.models import AuditEvent
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.customers.actions import tags as actions
from tidegate.customers.actions.tags import tag_customer, untag_customer
from tidegate.customers.models import TenantTag
from tidegate.customers.tags import tags_by_tenant
from tidegate.directory.actions.roles import assign_role

pytestmark = pytest.mark.usefixtures("now")


def manage(cast: Cast, who: str = "lead") -> None:
    """Let one of the provider's people manage tenant groups at home."""
    boss = cast.enter("boss", cast.provider)
    role = cast.role("Security Administrator", cast.provider)
    assign_role(boss, role.id, user_id=cast.user(who, cast.provider).id)


def tag(cast: Cast, word: str, who: str = "lead", about: uuid.UUID | None = None) -> TenantTag:
    return tag_customer(
        cast.enter(who, cast.provider),
        reach=reach_of(cast, who),
        about_tenant_id=about or cast.customer.id,
        tag=word,
    )


def seen_by(cast: Cast, who: str) -> dict[uuid.UUID, list[str]]:
    return tags_by_tenant(cast.enter(who, cast.provider), reach_of(cast, who))


def test_a_tag_is_put_on_once_and_taken_off_in_any_letter_case(cast: Cast) -> None:
    manage(cast)
    first = tag(cast, " Bank ")
    assert first.tag == "Bank"
    assert tag(cast, "BANK") == first
    tag(cast, "Aardvark")
    assert seen_by(cast, "lead") == {cast.customer.id: ["Aardvark", "Bank"]}
    untag_customer(
        cast.enter("lead", cast.provider),
        reach=reach_of(cast, "lead"),
        about_tenant_id=cast.customer.id,
        tag="bank",
    )
    assert seen_by(cast, "lead") == {cast.customer.id: ["Aardvark"]}
    rows = AuditEvent.rows.filter(tenant_id=cast.provider.id, tag__startswith="customer.")
    events = list(rows.order_by("sequence").values_list("tag", "target_name"))
    assert events == [("customer.tagged", "Delta Mills")] * 2 + [("customer.untagged", "Delta Mills")]
    assert not AuditEvent.rows.filter(tenant_id=cast.customer.id, tag__startswith="customer.").exists()


def test_a_customer_out_of_reach_cannot_be_tagged_nor_told_from_one_that_is_not_there(cast: Cast) -> None:
    manage(cast)
    put_tag(cast.provider, cast.other, "Secret")
    scope, reach = cast.enter("lead", cast.provider), reach_of(cast, "lead")
    said = set()
    for tenant_id in (cast.other.id, uuid.uuid4()):
        with pytest.raises(NotFound) as refused:
            tag(cast, "Bank", about=tenant_id)
        said.add(refused.value.message)
        with pytest.raises(NotFound) as refused:
            untag_customer(scope, reach=reach, about_tenant_id=tenant_id, tag="Secret")
        said.add(refused.value.message)
    assert said == {"There is no such customer."}
    assert TenantTag.rows.count() == 1


def test_tags_of_customers_out_of_reach_are_not_seen(cast: Cast) -> None:
    put_tag(cast.provider, cast.other, "Secret")
    put_tag(cast.provider, cast.customer, "Bank")
    put_tag(cast.other, cast.customer, "Theirs")
    assert seen_by(cast, "lead") == {cast.customer.id: ["Bank"]}
    assert seen_by(cast, "boss") == {}


def test_it_takes_the_permission_and_to_be_a_member(cast: Cast) -> None:
    with pytest.raises(Forbidden, match=r"tenant_group\.manage"):
        tag(cast, "Bank")
    join_as_guest(cast.enter("boss", cast.provider), cast.accounts["admin"])
    guest, reach = cast.enter("admin", cast.provider), reach_of(cast, "admin")
    put_tag(cast.provider, cast.customer, "Bank")
    with pytest.raises(NotFound):
        tags_by_tenant(guest, reach)
    for act in (tag_customer, untag_customer):
        with pytest.raises(NotFound):
            act(guest, reach=reach, about_tenant_id=cast.customer.id, tag="Bank")


@pytest.mark.parametrize("word", ["", " ", "x" * 65, "a\nb"])
def test_a_tag_is_one_short_line(cast: Cast, word: str) -> None:
    manage(cast)
    with pytest.raises(InvalidInput) as refused:
        tag(cast, word)
    assert set(refused.value.fields) == {"tag"}


def test_a_customer_has_only_so_many(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    manage(cast)
    monkeypatch.setattr(actions, "TAGS_AT_MOST", 1)
    tag(cast, "Bank")
    assert tag(cast, "bank").tag == "Bank"
    with pytest.raises(Conflict, match="at most fifty"):
        tag(cast, "Second")
