"""The lists of incidents and alerts as pages: what an address asks for, and what stands around the rows."""
