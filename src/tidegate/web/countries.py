"""Names of countries by their ISO 3166-1 code; a code without a name here is shown as it stands."""

from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

COUNTRIES: Final = MappingProxyType[str, Promise](
    {
        "AT": _("Austria"),
        "AU": _("Australia"),
        "BE": _("Belgium"),
        "BG": _("Bulgaria"),
        "BR": _("Brazil"),
        "CA": _("Canada"),
        "CH": _("Switzerland"),
        "CY": _("Cyprus"),
        "CZ": _("Czechia"),
        "DE": _("Germany"),
        "DK": _("Denmark"),
        "EE": _("Estonia"),
        "ES": _("Spain"),
        "FI": _("Finland"),
        "FR": _("France"),
        "GB": _("United Kingdom"),
        "GR": _("Greece"),
        "HR": _("Croatia"),
        "HU": _("Hungary"),
        "IE": _("Ireland"),
        "IN": _("India"),
        "IS": _("Iceland"),
        "IT": _("Italy"),
        "JP": _("Japan"),
        "LT": _("Lithuania"),
        "LU": _("Luxembourg"),
        "LV": _("Latvia"),
        "MT": _("Malta"),
        "NL": _("Netherlands"),
        "NO": _("Norway"),
        "NZ": _("New Zealand"),
        "PL": _("Poland"),
        "PT": _("Portugal"),
        "RO": _("Romania"),
        "SE": _("Sweden"),
        "SG": _("Singapore"),
        "SI": _("Slovenia"),
        "SK": _("Slovakia"),
        "SR": _("Suriname"),
        "TR": _("Turkey"),
        "US": _("United States"),
        "ZA": _("South Africa"),
    }
)


def country_name(code: str) -> Promise | str:
    """The country in the reader's language, or its code."""
    return COUNTRIES.get(code, code)
