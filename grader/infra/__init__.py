"""Tools that several packages need: broker, rate counters, logs, private files, processes."""
