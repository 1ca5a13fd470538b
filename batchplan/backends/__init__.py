"""Where states are kept: folders, and memory for tests. All pass one contract test."""
