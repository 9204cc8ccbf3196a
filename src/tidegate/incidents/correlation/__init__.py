"""Which incident an alert belongs to, where its source says nothing of one.

`keys` says by what an alert is recognised, `matching` beside which other one it belongs: both are pure.
`stored` asks for what is there, `rules` is what a tenant wants, `reasons` tells people why. An intake
decides once, when an alert is new, and inside one tenant only; what people place afterwards is theirs.
"""
