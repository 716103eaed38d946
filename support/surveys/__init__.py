"""What a survey asks, what may be told of its answers, and its files. No request."""
