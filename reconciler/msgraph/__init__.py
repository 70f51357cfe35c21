"""The Graph client: the only package that knows Microsoft Graph. It imports nothing here: start-up is cheap."""
