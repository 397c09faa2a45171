"""Why a call is denied: what can be read of each side, judged, and what mends it."""
