"""The use cases, each readable as sentences; `edges` alone opens files, sockets and clocks and hands them in."""
