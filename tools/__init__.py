"""What keeps the project in order, used by the Makefile and the tests; no part of the product."""
