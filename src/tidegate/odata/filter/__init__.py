"""`$filter`: text to tokens, tokens to an immutable tree. Knows no resource, so it refuses only bad grammar.

The grammar is that of section 5.1.1 without arithmetic; where old clients are known to write it
otherwise, what they write is read too, and the place in the code says who does.
"""
