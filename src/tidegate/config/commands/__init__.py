"""The commands of `tidegate`, one file a theme."""
