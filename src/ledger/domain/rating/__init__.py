"""From connections to started hours to money."""
