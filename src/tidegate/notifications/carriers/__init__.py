"""Carriers: one for each kind of channel. Each writes a message from parts and hands it to its channel."""
