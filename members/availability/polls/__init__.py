"""Polls: when can people meet, where a typical week does not say it."""
