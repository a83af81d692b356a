"""Reading somebody's calendar file in a process of its own, which knows neither the site nor its settings."""
