"""Directory > Properties: the page of the four steps, and its edit form."""

import re
from collections.abc import Callable

import pytest

from tests.cast import Cast
from tests.web.conftest import Visitor, text_of
from tidegate.audit.models import AuditEvent
from tidegate.directory.models import Tenant

type Visit = Callable[..., Visitor]


@pytest.mark.parametrize("name", ["admin", "member", "analyst", "helper"])
def test_everyone_inside_sees_the_directory_id(visit: Visit, cast: Cast, name: str) -> None:
    response = visit(name).get("/properties")
    page = response.content.decode()
    assert response.status_code == 200
    assert '<dt id="directory-id">Directory ID</dt>' in page
    assert re.search(rf'aria-labelledby="directory-id"[^>]*>{cast.customer.id}<', page)
    assert re.search(rf'aria-labelledby="tenant-link"[^>]*>[^<]*/\?tid={cast.customer.id}<', page)
    assert "Copy Directory ID" in text_of(response)
    assert "Copy Tenant-specific link" in text_of(response)


def test_guest_is_told_so_and_may_not_edit(visit: Visit) -> None:
    words = text_of(visit("analyst").get("/properties"))
    assert "You are a guest" in words
    assert "Only a directory administrator of Delta Mills can change these." in words
    assert "Edit" not in words.split()


def test_guest_is_followed_and_member_is_not(visit: Visit, cast: Cast) -> None:
    visit("analyst").get("/properties")
    visit("member").get("/properties")
    seen = AuditEvent.objects.of_tenant(cast.customer.id).filter(tag="properties.viewed")
    assert [event.actor_email for event in seen] == ["analyst@provider.example"]


def test_domain_leads_to_the_same_page(visit: Visit, cast: Cast) -> None:
    response = visit("analyst").get("/properties", tid="customer.example")
    assert str(cast.customer.id) in response.content.decode()


def test_edit_saves_and_says_where(visit: Visit, cast: Cast) -> None:
    visitor = visit("admin")
    data = {"display_name": "Delta Mills BV", "country": "nl", "data_location": "EU", "technical_contact": ""}
    response = visitor.post("/properties/edit", data)
    assert (response.status_code, response.url) == (302, f"/properties?tid={visitor.tid}")
    saved = Tenant.objects.get(id=cast.customer.id)
    assert (saved.display_name, saved.country, saved.data_location) == ("Delta Mills BV", "NL", "EU")
    page = visitor.get("/properties")
    assert "Properties saved. (Delta Mills" in page.content.decode()
    assert "Netherlands" in text_of(page)


def test_edit_names_each_bad_field_and_keeps_what_was_typed(visit: Visit, cast: Cast) -> None:
    data = {"display_name": "Delta <b>Mills</b>", "country": "Holland", "technical_contact": "nobody"}
    response = visit("admin").post("/properties/edit", data)
    assert response.status_code == 400
    assert "Country: must be a two-letter code (ISO 3166-1), like NL" in text_of(response)
    assert 'value="Holland"' in response.content.decode()
    assert 'value="Delta &lt;b&gt;Mills&lt;/b&gt;"' in response.content.decode()
    assert Tenant.objects.get(id=cast.customer.id).country == ""


def test_html_in_a_name_is_shown_inert(visit: Visit, cast: Cast) -> None:
    Tenant.objects.filter(id=cast.customer.id).update(display_name="<script>alert(1)</script>")
    page = visit("analyst").get("/properties").content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_organization_is_found_by_others_only_when_it_says_so(visit: Visit, cast: Cast) -> None:
    visitor = visit("admin")
    assert "Found by others No" in text_of(visitor.get("/properties"))
    visitor.post("/properties/edit", {"display_name": "Delta Mills", "is_discoverable": "on"})
    assert Tenant.objects.get(id=cast.customer.id).is_discoverable
    assert "Found by others Yes" in text_of(visitor.get("/properties"))
    visitor.post("/properties/edit", {"display_name": "Delta Mills"})
    assert not Tenant.objects.get(id=cast.customer.id).is_discoverable
    event = AuditEvent.objects.of_tenant(cast.customer.id).filter(tag="tenant.updated").last()
    assert event is not None
    assert '"is_discoverable":[true,false]' in event.details.replace(" ", "")
