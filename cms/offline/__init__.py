"""Taking pages onto the device: what a page needs without a line, and how much that is."""
