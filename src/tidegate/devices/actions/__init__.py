"""What changes devices and device groups. Each action is one transaction and one event."""
