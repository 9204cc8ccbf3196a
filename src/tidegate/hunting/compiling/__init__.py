"""From a tree to one SQL statement: types are checked, names are looked up, and values become parameters."""
