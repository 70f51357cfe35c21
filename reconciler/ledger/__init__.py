"""What this repository applied, on record: the ledger, the journal, the lock and the snapshots, one set per service."""
