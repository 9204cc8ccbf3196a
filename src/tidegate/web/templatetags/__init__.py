"""The components' template tags. `{% load tidegate %}` brings all of them; see docs/pages.md."""
