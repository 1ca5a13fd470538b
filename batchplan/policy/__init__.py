"""Policy: what is known to be wise, checked before anything changes.

Rules are pure functions over a saved context: the documents, the changes, the steps and what is live. Nothing here
reads a file, asks a service or looks at a clock. What belongs here: rules, the engine that runs them, how findings are
suppressed, overridden and compared with a baseline. What does not: gathering live facts (`ops`), and how findings look
(`report`).
"""
