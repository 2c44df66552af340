"""Requests to addresses that other people chose: resolved, guarded, bounded in time and size."""
