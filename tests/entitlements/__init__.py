"""Tests of who is let in, by whom, and for how long."""
