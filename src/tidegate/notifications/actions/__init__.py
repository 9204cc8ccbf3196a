"""What people do with rules, channels, rotas, deliveries and their inbox; the only writers of their rows."""
