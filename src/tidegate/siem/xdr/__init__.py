"""The incidents API of Defender XDR: incidents with their alerts (Microsoft, "List incidents API")."""
