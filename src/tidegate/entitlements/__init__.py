"""A customer decides who of a provider gets in, for how long, and whether they still need it.

Connected organizations say whose people may ask; catalogs and access packages say for what;
policies say who may ask, who approves and how long it lasts. A request runs through its stages to
an assignment, and delivery writes dated rows into `directory` and `devices`: the gate reads those and
nothing here. Reviews ask again, elevations lift a role for hours. Nobody approves their own request.
"""
