"""Who of the demo these tests sign in as.

Those who only look share one session; whoever changes how they sign in belongs to one test alone.
"""

from playwright.sync_api import Page

# The provider's analysts: guests of many customers, with access of every kind between them.
INES = "ines.vermaat@veldwacht.example"
JORIS = "joris.haandrik@veldwacht.example"
PRIYA = "priya.talsma@veldwacht.example"
DILARA = "dilara.sonmezer@veldwacht.example"
BRAM = "bram.kuipersloot@veldwacht.example"
AOIFE = "aoife.kinnarney@veldwacht.example"
# The provider's lead, and the administrator of a customer that she may not enter.
FEMKE = "femke.ooijens@veldwacht.example"
IMOGEN = "imogen.tarrant@quillmark.example"
# The largest customer's own administrator and reader; its incidents are only looked at.
ROOS = "roos.bredeveld@orvane.example"
MARIT = "marit.dekkers@orvane.example"
# Administrators: of the customer whose directory is changed, of one in Dutch, and the outsider.
NIAMH = "niamh.corrigane@corvanta.example"
RUTGER = "rutger.boswinkel@meridaal.example"
WREN = "wren.hollister@kestrelmoor.example"


def sign_in(page: Page, address: str, password: str) -> None:
    """Fill the form that the page shows, and send it."""
    page.get_by_label("Email").fill(address)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def open_account_menu(page: Page) -> None:
    page.locator("details.account > summary").click()


def press(page: Page, key: str) -> None:
    """Press a key on a page that may have come up this instant.

    Its words are there before its scripts: a key pressed in between would reach nobody.
    """
    page.wait_for_load_state()
    page.keyboard.press(key)
