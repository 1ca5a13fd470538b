"""The forms of the wire: requests and replies, api-versions, schemas, OData, paging, ETags, error bodies."""
