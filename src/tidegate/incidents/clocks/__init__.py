"""When incidents are due by what was agreed with their tenants: kept as they change, read in that order.

`keeping` writes the clocks, in the transaction of whatever moves them; `waits` keeps when an incident waited
for the customer; `reading` says whose clocks somebody sees, `pages` lists incidents by them. A change of a
service level leaves a note (`customers.LevelChange`) from which `clock_jobs` sets the clocks of one customer
after the other.
"""
