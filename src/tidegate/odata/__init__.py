"""OData's query options as values and pure functions: `$filter` to a condition, the rest to a `Query`.

A surface declares what each of its resources supports (`resource.Resource`), hands the raw parameters
to `options.parse_options`, and applies what it gets:

    query = parse_options(request.GET.lists(), ALERT)
    rows = alerts.filter(query.condition).order_by(*query.order)[query.skip : query.skip + query.top]
    value = [select_members(document(row), query) for row in rows]

Knows neither HTTP, nor tables, nor tenants: the caller's queryset is in its scope already, and a condition
only ever narrows it. Sections named are those of OData Version 4.01, Part 2: URL Conventions.
"""
