"""The kinds of things in a tenant's form, each a Section; see `registry` for their order."""
