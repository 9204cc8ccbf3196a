"""Configuration as code: a world described in a file, compared with what is there, and made so.

`reading` takes YAML or JSON and gives a `Document` of `forms`, or says what is wrong and where.
`applying` brings the database to it: one transaction over everything, through the same actions as
everybody's, by the operator, so that each tenant's chain tells it. What is there and is not in the file
is left alone: only `state: absent` removes. `exporting` writes the same form, without secrets.

Each kind of thing is a `Section` of `sections`: how it is made so, how it is removed, how it is described.
A new kind is one form, one section and one line in their registry. Alerts are no part of it: they are
imported.
"""
