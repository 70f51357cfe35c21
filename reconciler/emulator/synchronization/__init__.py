"""Provisioning of one service principal: templates, jobs, schemas, secrets."""
