"""From an alert to a mail in the hands of an SMTP server."""

import pytest

from tests.cast import Cast, import_all
from tests.connectors.samples import graph_alert
from tests.notifications.post_office import PostOffice, text_of
from tests.notifications.ruling import READER, make_rule, work
from tidegate.notifications.models import Delivery

pytestmark = pytest.mark.usefixtures("now")


def test_an_alert_becomes_one_mail(cast: Cast, office: PostOffice) -> None:
    make_rule(cast.enter("admin"))
    import_all(cast.customer, [graph_alert()])
    work()
    work()

    [mail] = office.mails()
    assert office.recipients() == [READER]
    assert mail["Subject"] == "[Medium] Delta Mills: Odd sign-in"
    assert f"/alerts/da1?tid={cast.customer.id}" in text_of(mail)
    assert f"/alerts/da1?tid={cast.customer.id}" in text_of(mail, "html")
    delivery = Delivery.rows.get()
    assert (delivery.state, delivery.attempts, delivery.last_answer) == ("sent", 1, "250 Taken")
    assert mail["Message-ID"] == f"<{delivery.message_id}>"
