"""Who is told what, and whether it arrived."""
