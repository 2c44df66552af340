"""Tests call as they like."""

from loading import load

load("prices.txt")
