"""A school goes into its next year: what would happen (planning), asked on screen (forms)."""
