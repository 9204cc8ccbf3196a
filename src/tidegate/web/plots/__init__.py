"""Plots drawn on the server: numbers in, an accessible SVG and the rows of its table out.

Pure functions. Nothing here reads the database or decides what is counted; colours come from the style sheet
through classes, so that a plot follows light and dark and needs no inline style.
"""
