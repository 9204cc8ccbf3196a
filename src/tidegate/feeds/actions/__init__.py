"""What is written about deliveries."""
