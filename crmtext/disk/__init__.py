"""Files written safely and read with care."""
