"""Records as the official API shows them. Which fields are required: the official OpenAPI file."""
