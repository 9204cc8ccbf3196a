import pytest
from allauth.account.models import EmailAddress

from tidegate.accounts.actions import create_account, find_account, set_home_tenant
from tidegate.accounts.models import Account
from tidegate.core.errors import Conflict, InvalidInput
from tidegate.core.ids import uuid7


def test_created_account_is_found_and_verified() -> None:
    account = create_account(" Ann@Provider.Example", "a long enough one", "Ann")
    assert find_account("ANN@provider.example ") == account
    address = EmailAddress.objects.get()
    assert (address.email, address.primary, address.verified) == ("ann@provider.example", True, True)


def test_account_without_password_has_none_that_works() -> None:
    assert not create_account("a@provider.example", None, "").has_usable_password()


def test_second_account_with_the_address_is_refused(account: Account) -> None:
    with pytest.raises(Conflict):
        create_account("ANN@provider.example", None, "Other")


@pytest.mark.parametrize(
    ("email", "name", "field"),
    [
        ("nowhere", "", "email"),
        ("a@" + "b" * 260 + ".example", "", "email"),
        ("a@b.example", "x\ny", "display_name"),
    ],
)
def test_unusable_input_names_its_field(email: str, name: str, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        create_account(email, None, name)
    assert field in refused.value.fields


def test_home_tenant_is_kept(account: Account) -> None:
    tenant_id = uuid7()
    set_home_tenant(account, tenant_id)
    assert Account.objects.get().home_tenant_id == tenant_id


def test_nobody_is_found() -> None:
    assert find_account("nobody@provider.example") is None
