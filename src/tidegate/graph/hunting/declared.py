"""What is declared of this part."""

from typing import Final

from tidegate.graph.model import Operation, Part, Primitive, Property, Structure

_NAMESPACE: Final = "microsoft.graph.security"
_ROW: Final = Structure(f"{_NAMESPACE}.huntingRowResult", is_open=True)
_COLUMN: Final = Structure(
    f"{_NAMESPACE}.singlePropertySchema",
    (Property("name", Primitive.STRING), Property("type", Primitive.STRING)),
)
_RESULTS: Final = Structure(
    f"{_NAMESPACE}.huntingQueryResults",
    (Property("results", _ROW, many=True), Property("schema", _COLUMN, many=True)),
)
_ASKED: Final = Structure(
    f"{_NAMESPACE}.runHuntingQueryRequestBody",
    (Property("query", Primitive.STRING, nullable=False), Property("timespan", Primitive.STRING)),
)

_TID: Final = {"tid": "Another tenant that consented, by id or domain, or `all` for all of them."}
_PATHS: Final = ("/security/runHuntingQuery", f"/security/{_NAMESPACE}.runHuntingQuery")

PART: Final = Part(
    types=(_RESULTS,),
    operations=tuple(
        Operation(
            "POST", path, "Run a query in KQL", ("ThreatHunting.Read.All",), _RESULTS,
            takes=_ASKED, parameters=_TID,
        )
        for path in _PATHS
    ),
)  # fmt: skip
