"""Views: find, call one action, redirect or render."""
