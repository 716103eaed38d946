"""What `make bench-province` is made of: a province kept on disk, its servers, the cases and what they must reach."""
