"""Settings: `base` holds everything, the others what differs where the product runs."""
