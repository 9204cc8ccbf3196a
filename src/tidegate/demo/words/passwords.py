"""Words for passwords one can remember and read out over the telephone."""

PLACES = (
    "harbour", "meadow", "orchard", "bridge", "quarry", "lagoon", "terrace", "canyon", "village", "glacier",
    "prairie", "estuary", "plateau", "boulevard", "hillside", "peninsula",
)  # fmt: skip
NOUNS = (
    "lantern", "compass", "kettle", "violin", "blanket", "bicycle", "umbrella", "trumpet", "pumpkin",
    "marble",
    "thimble", "ladder", "saddle", "button", "mitten", "walnut", "hammock", "biscuit",
)  # fmt: skip
