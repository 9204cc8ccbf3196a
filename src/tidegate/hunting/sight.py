"""Evidence that may be seen, in SQL: as `incidents.redaction` shows it on a page, for any number of rows.

Evidence about a hidden device is left out, whether it names it by its key or, having none, by its name beside
others of the same alert. Where nothing is hidden the conditions are not there at all.
"""

from typing import Any, Final

from django.db.models import BooleanField, CharField, Exists, F, Func, OuterRef, Q, QuerySet
from django.db.models.sql.compiler import SQLCompiler

from tidegate.authorization.scope import ManyScope, Scope
from tidegate.core.scoped import ScopedQuerySet
from tidegate.devices.models import Device
from tidegate.devices.visibility import hidden_devices
from tidegate.incidents.models import Evidence
from tidegate.incidents.visibility import seen_evidence

_MEMBERS: Final = (("mde", "mdeDeviceId"), ("aad", "azureAdDeviceId"), ("dns", "deviceDnsName"))
_ICU: Final = 'COLLATE "und-x-icu"'
# In any other collation than theirs, what is compared with columns is found by no index.
_OF_COLUMNS: Final = 'COLLATE "default"'


def shown_evidence(scope: Scope | ManyScope) -> QuerySet[Any]:
    """All evidence of alerts that may be seen, but for what is about hidden devices."""
    rows = seen_evidence(scope)
    if not scope.sight.hides:
        return rows
    own = Q(tenant_id=OuterRef("tenant_id"))
    about = hidden_devices(scope).filter(own, key=DeviceKey(OuterRef("body")))
    beside = Evidence.objects.across_tenants().filter(
        tenant_id=OuterRef(OuterRef("tenant_id")), alert_id=OuterRef(OuterRef("alert_id"))
    )
    about_it = beside.annotate(device_key=DeviceKey(F("body"))).filter(device_key=OuterRef("key"))
    named = _named_in(hidden_devices(scope).filter(own, Exists(about_it)))
    keyless = rows.annotate(device_key=DeviceKey(F("body")))
    return keyless.exclude(Exists(about)).exclude(Q(device_key="") & Q(Exists(named)))


def _named_in(devices: ScopedQuerySet[Device]) -> ScopedQuerySet[Device]:
    """Devices of which the outer row's body has a name."""
    return devices.filter(_HasText(OuterRef("body"), F("dns_name"), F("mde_device_id"), F("aad_device_id")))


class DeviceKey(Func):
    """The key of the device that a body is about, as `devices.keys.device_key` makes it; empty for none."""

    output_field = CharField()

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> tuple[str, Any]:
        """With the function that runs are lent for letter case."""
        return self._case(
            compiler, "coalesce(CAST(json_extract({0}, '$.{1}') AS TEXT), '')", "kql_lower({0})"
        )

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> tuple[str, Any]:
        """With the letter case of Unicode."""
        lower = f"(lower({{0}} {_ICU}) {_OF_COLUMNS})"
        return self._case(compiler, "coalesce({0}::jsonb ->> '{1}', '')", lower)

    def _case(self, compiler: SQLCompiler, member: str, lower: str) -> tuple[str, Any]:
        [body] = self.get_source_expressions()
        sql, params = compiler.compile(body)
        whens, given = [], []
        for prefix, name in _MEMBERS:
            found = member.replace("{0}", sql).replace("{1}", name)
            whens.append(
                f"WHEN {found} <> '' THEN substr('{prefix}:' || {lower.replace('{0}', found)}, 1, 300)"
            )
            given += [*params, *params]
        return f"(CASE {' '.join(whens)} ELSE '' END)", given


class _HasText(Func):
    """Whether any text in a body is, in one letter case, one of the names of a device."""

    output_field = BooleanField()
    conditional = True

    def as_sqlite(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> tuple[str, Any]:
        """By walking the body with json_tree."""
        return self._exists(
            compiler,
            "SELECT 1 FROM json_tree({0}) AS each WHERE each.type = 'text' AND each.atom <> ''"
            " AND kql_lower(each.atom) IN (kql_lower({1}), kql_lower({2}), kql_lower({3}),"
            " kql_lower(substr({1}, 1, instr({1} || '.', '.') - 1)))",
        )

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> tuple[str, Any]:
        """By walking the body with a path that means everything in it."""
        text = "each.found #>> '{}'"
        return self._exists(
            compiler,
            "SELECT 1 FROM jsonb_path_query({0}::jsonb, 'strict $.**') AS each(found)"
            f" WHERE jsonb_typeof(each.found) = 'string' AND {text} <> '' AND lower(({text}) {_ICU}) IN"
            f" (lower({{1}} {_ICU}), lower(split_part({{1}}, '.', 1) {_ICU}),"
            f" lower({{2}} {_ICU}), lower({{3}} {_ICU}))",
        )

    def _exists(self, compiler: SQLCompiler, template: str) -> tuple[str, Any]:
        given: list[Any] = []
        sql = template
        for place, expression in enumerate(self.get_source_expressions()):
            text, params = compiler.compile(expression)
            if params:
                # Columns alone stand here: what is named twice has nothing to be given twice.
                raise ValueError(text)
            sql = sql.replace(f"{{{place}}}", text)
        return f"EXISTS ({sql})", given
