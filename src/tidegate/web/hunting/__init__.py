"""The page on which people hunt: what was asked, what came of it, and a chart where there is one to draw."""
