"""Reading KQL: text to tokens to a tree. Knows the grammar, and neither tables nor functions."""
