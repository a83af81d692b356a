"""What people type about groups, by subject. Nothing here saves."""
