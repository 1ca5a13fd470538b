"""Every resource kind and every field of it: types, constraints, what a change costs, and where it is in the API.

The models are declarations. `shape` reads them; documents, the API's JSON, checks and documentation follow from it.
"""
