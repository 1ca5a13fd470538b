"""Azure through its SDKs: the only importer of them. Reading, calling, credentials, clouds, errors."""
