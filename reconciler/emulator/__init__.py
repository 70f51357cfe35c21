"""A service that answers as Microsoft Graph does; it imports nothing of the rest of the program."""
