"""Who can sign in, and what each is there to show."""

from collections.abc import Iterator
from dataclasses import dataclass

from .chance import number_of
from .groups import ADMINISTRATORS, EVERYBODY, SECURITY_OFFICE, SECURITY_READERS, TIER_1, TIER_2, roles_of
from .organizations import ORGANIZATIONS
from .specs import AccountSpec, GroupSpec
from .words.passwords import NOUNS, PLACES


@dataclass(frozen=True, slots=True)
class _Row:
    slug: str
    name: str
    job_title: str
    group: GroupSpec
    purpose: str
    local_part: str = ""


_ROWS = (
    _Row("veldwacht", "Femke Ooijens", "Head of detection and response", ADMINISTRATORS,
         "Leads the provider and runs its directory; may enter every customer but one."),
    _Row("veldwacht", "Ines Vermaat", "Tier 2 analyst", TIER_2,
         "Tier 2 analyst with most customers; access to two of them ends this week."),
    _Row("veldwacht", "Joris Haandrik", "Tier 2 analyst", TIER_2,
         "Tier 2 analyst whose access to the hospital ended yesterday and to the publisher begins tomorrow."),
    _Row("veldwacht", "Priya Talsma", "Tier 2 analyst", TIER_2,
         "Tier 2 analyst for public bodies; access to the energy company has ended."),
    _Row("veldwacht", "Dilara Sönmezer", "Tier 1 analyst", TIER_1,
         "Tier 1 analyst; access to the logistics company ends in three days.", "dilara.sonmezer"),
    _Row("veldwacht", "Tom Achterberg", "Tier 1 analyst", TIER_1,
         "Tier 1 analyst; access to the shipping company ends in five hours."),
    _Row("veldwacht", "Bram Kuipersloot", "Tier 1 analyst", TIER_1,
         "New tier 1 analyst with few customers; an invitation waits to be redeemed."),
    _Row("veldwacht", "Aoife Kinnarney", "Tier 1 analyst", TIER_1,
         "Tier 1 analyst with many customers; blocked at the polytechnic."),
    _Row("orvane", "Roos Bredeveld", "Head of IT", ADMINISTRATORS,
         "Administrator of the largest customer: decides who of the provider gets in."),
    _Row("orvane", "Casper Eikendal", "Security officer", SECURITY_OFFICE,
         "Security administrator of the shipping company; works incidents beside the provider."),
    _Row("orvane", "Marit Dekkers", "Analyst, night desk", SECURITY_READERS,
         "Reads the shipping company's incidents and can change nothing."),
    _Row("orvane", "Bas Oudkerk", "Planner", EVERYBODY,
         "Works at the shipping company without any role: sees that a role is missing."),
    _Row("meridaal", "Rutger Boswinkel", "Hoofd ICT", ADMINISTRATORS,
         "Administrator of the hospital, in Dutch."),
    _Row("meridaal", "Sanne Weerdenaar", "Informatiebeveiliger", SECURITY_OFFICE,
         "Security administrator of the hospital, in Dutch."),
    _Row("meridaal", "Yasmin el Ghazaly", "Analist", SECURITY_READERS,
         "Reads the hospital's incidents, in Dutch."),
    _Row("meridaal", "Jelle Tiemersma", "Verpleegkundige", EVERYBODY,
         "Works at the hospital without any role."),
    _Row("corvanta", "Niamh Corrigane", "IT director", ADMINISTRATORS,
         "Administrator of the retail company."),
    _Row("corvanta", "Declan Fairhollow", "Security lead", SECURITY_OFFICE,
         "Security administrator of the retail company."),
    _Row("corvanta", "Olu Adebanwo", "Security analyst", SECURITY_READERS,
         "Reads the retail company's incidents."),
    _Row("corvanta", "Grace Pembury", "Shop manager", EVERYBODY,
         "Works at the retail company without any role."),
    _Row("plettenburg", "Lotte Zandwijken", "Systeembeheerder", ADMINISTRATORS,
         "Administrator of the logistics company."),
    _Row("brackwell", "Harriet Oakshott", "OT security manager", ADMINISTRATORS,
         "Administrator of the water authority; an invitation of hers is still open."),
    _Row("lindqvale", "Astrid Holmvall", "Cyber security manager", ADMINISTRATORS,
         "Administrator of the energy company."),
    _Row("tessaline", "Martin Pellowe", "IT manager", ADMINISTRATORS,
         "Administrator of the food company."),
    _Row("dijkerveen", "Geert Noordhuizen", "CISO", ADMINISTRATORS,
         "Administrator of the municipality."),
    _Row("hoogmade", "Wietske Aardenburgh", "Hoofd IT", ADMINISTRATORS,
         "Administrator of the instrument maker."),
    _Row("ruysveld", "Mr. Floris Ruysveld", "Notaris", ADMINISTRATORS,
         "Administrator of the notary, where only the provider's lead may enter.", "floris.ruysveld"),
    _Row("gravendal", "Emre Kocabas", "CERT-coördinator", ADMINISTRATORS,
         "Administrator of the polytechnic; blocked one of the provider's analysts."),
    _Row("quillmark", "Imogen Tarrant", "Operations manager", ADMINISTRATORS,
         "Administrator of the publisher, which keeps the provider's lead out."),
    _Row("kestrelmoor", "Wren Hollister", "Owner", ADMINISTRATORS,
         "The outsider: administrator of a tenant that has nothing to do with the provider."),
)  # fmt: skip


def make_accounts() -> tuple[AccountSpec, ...]:
    """Every account, the provider's first. The same ones in every made-up world."""
    return tuple(_accounts())


def _accounts() -> Iterator[AccountSpec]:
    tenants = {tenant.slug: tenant for tenant in ORGANIZATIONS}
    for row in _ROWS:
        tenant = tenants[row.slug]
        local_part = row.local_part or row.name.lower().replace(" ", ".", 1).replace(" ", "")
        email = f"{local_part}@{tenant.default_domain}"
        groups = _groups_of(row)
        yield AccountSpec(
            email=email,
            password=_password(email),
            display_name=row.name,
            home_slug=row.slug,
            purpose=row.purpose,
            job_title=row.job_title,
            language=tenant.language,
            groups=groups,
            role_names=roles_of(groups),
        )


def _groups_of(row: _Row) -> tuple[str, ...]:
    return tuple(dict.fromkeys((row.group.name, EVERYBODY.name)))


def _password(email: str) -> str:
    """Memorable and different for everybody, such as "harbour-lantern-42-ines"."""
    place = PLACES[number_of(len(PLACES), "place", email)]
    noun = NOUNS[number_of(len(NOUNS), "noun", email)]
    number = 10 + number_of(90, "number", email)
    return f"{place}-{noun}-{number}-{email.partition('.')[0]}"
