"""What is known and how it is said: numbers with their source, claims, findings, formatting."""
