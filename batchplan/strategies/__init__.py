"""Changes to steps: how an object that must be replaced is replaced."""
