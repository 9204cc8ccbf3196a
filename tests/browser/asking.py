"""Asking for access and deciding about it, as people do in their browsers."""

import re

from playwright.sync_api import Page, expect

from tests.browser.portal import Portal

REFUSED = "You cannot enter this directory"
# What stands in a refused page of the account and the moment, and of nothing else.
_OF_THE_MOMENT = re.compile(r'csrfmiddlewaretoken" value="[^"]+|X-CSRFToken[^}]+|<time.*?</time>')


def follow(page: Page, link: str) -> None:
    """A package's link with its fragment, which a script turns into the package's page."""
    page.goto(link)
    page.wait_for_url(lambda url: "#" not in url)


def ask_for(page: Page, why: str, length: str = "") -> None:
    """Send the form of the package's page that is open."""
    page.get_by_label("Why do you need it?").fill(why)
    if length:
        page.get_by_label("For how long").select_option(label=length)
    page.get_by_role("button", name=re.compile("^Request access to")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Pending approval")


def open_waiting(page: Page, *words: str, path: str = "/approvals") -> None:
    """The request whose line in the inbox holds these words."""
    page.goto(path)
    row = page.get_by_role("row")
    for word in words:
        row = row.filter(has_text=word)
    row.get_by_role("link").first.click()
    expect(page.get_by_label("Your reason")).to_be_visible()


def decide(page: Page, why: str, button: str = "Approve") -> None:
    """Approve or deny the request that is open."""
    decided = page.url
    page.get_by_label("Your reason").fill(why)
    page.get_by_role("button", name=re.compile(f"^{button}")).click()
    page.wait_for_url(lambda url: url != decided)


def status_of(page: Page, path: str) -> int:
    response = page.goto(path)
    assert response is not None
    return response.status


def expect_refused(page: Page) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(REFUSED)


def state_of(page: Page, package: str, tenant: str) -> str:
    """What My access says of the last request for a package."""
    page.goto("/myaccess")
    rows = page.get_by_role("table", name="My requests").get_by_role("row")
    return rows.filter(has_text=package).filter(has_text=tenant).first.inner_text()


def forget_sign_in(portal: Portal, address: str) -> None:
    """Make the sessions of somebody believe that they signed in an hour ago."""
    portal.run_code(f"""
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from tidegate.accounts.models import Account
owner = str(Account.objects.get(email={address!r}).pk)
for row in Session.objects.all():
    store = SessionStore(row.session_key)
    if store.get("_auth_user_id") == owner:
        for record in store["account_authentication_methods"]:
            record["at"] -= 3600
        store.save()
""")


def let_time_pass(portal: Portal, tid: str, address: str) -> None:
    """Move what somebody was given in a tenant into the past, so that it ended a moment ago."""
    portal.run_code(f"""
from datetime import timedelta
from tidegate.core import clock
from tidegate.directory.models import GroupMembership, User
from tidegate.entitlements.models import Assignment
now, user = clock.now(), User.objects.of_tenant({tid!r}).get(mail={address!r})
held = Assignment.objects.of_tenant(user.tenant_id).filter(user_id=user.id, ends_at__gt=now).get()
back = held.ends_at - now + timedelta(seconds=1)
for rows in (
    User.objects.of_tenant(user.tenant_id).filter(id=user.id),
    GroupMembership.objects.of_tenant(user.tenant_id).filter(user_id=user.id, ends_at__gt=now),
    Assignment.objects.of_tenant(user.tenant_id).filter(id=held.id),
):
    for row in rows:
        ends = row.ends_at - back
        rows.model.objects.of_tenant(user.tenant_id).filter(pk=row.pk).update(
            starts_at=row.starts_at - back, ends_at=ends
        )
""")


def refused_text(page: Page, path: str, asked: str) -> str:
    """What a path answers that must be refused, without the id asked for, the time, and its tokens."""
    response = page.request.get(path.format(asked))
    assert response.status == 404
    return _OF_THE_MOMENT.sub("", response.text()).replace(asked, "what was asked for")
