"""Where sign-ins come from. Addresses are from the ranges kept for documentation (RFC 5737)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A city and its country (ISO 3166-1 alpha-2)."""

    city: str
    country: str
    country_name: str
    latitude: float
    longitude: float


ABROAD = (
    Place("Lagos", "NG", "Nigeria", 6.45, 3.39),
    Place("Hanoi", "VN", "Vietnam", 21.03, 105.85),
    Place("Tbilisi", "GE", "Georgia", 41.72, 44.79),
    Place("Recife", "BR", "Brazil", -8.05, -34.9),
    Place("Almaty", "KZ", "Kazakhstan", 43.24, 76.95),
    Place("Casablanca", "MA", "Morocco", 33.59, -7.62),
    Place("Manila", "PH", "Philippines", 14.6, 120.98),
    Place("Winnipeg", "CA", "Canada", 49.9, -97.14),
)
HOME = {
    "veldwacht": Place("Utrecht", "NL", "Netherlands", 52.09, 5.12),
    "orvane": Place("Rotterdam", "NL", "Netherlands", 51.92, 4.48),
    "meridaal": Place("Zwolle", "NL", "Netherlands", 52.51, 6.09),
    "plettenburg": Place("Nieuwegein", "NL", "Netherlands", 52.03, 5.08),
    "brackwell": Place("Hereford", "GB", "United Kingdom", 52.06, -2.72),
    "corvanta": Place("Limerick", "IE", "Ireland", 52.66, -8.63),
    "lindqvale": Place("Linköping", "SE", "Sweden", 58.41, 15.62),
    "tessaline": Place("Lincoln", "GB", "United Kingdom", 53.23, -0.54),
    "dijkerveen": Place("Assen", "NL", "Netherlands", 52.99, 6.56),
    "hoogmade": Place("Leiden", "NL", "Netherlands", 52.16, 4.49),
    "ruysveld": Place("Middelburg", "NL", "Netherlands", 51.5, 3.61),
    "gravendal": Place("Arnhem", "NL", "Netherlands", 51.98, 5.91),
    "quillmark": Place("Norwich", "GB", "United Kingdom", 52.63, 1.29),
    "kestrelmoor": Place("Whitby", "GB", "United Kingdom", 54.49, -0.62),
}
NETWORKS = ("203.0.113", "198.51.100", "192.0.2")
LOOKALIKES = (
    "{slug}-docs.example", "{slug}-portal.example", "login-{slug}.example", "secure-mail-view.example",
    "parcel-desk.example", "cdn-static-assets.example", "sign-in-check.example",
)  # fmt: skip
FAMILIES = ("Kelderluik", "Wespendoek", "Gruntelbot", "Sluisrat", "Hollowpenny", "Marsh Wader", "Tinfiddle")
